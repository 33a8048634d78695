import * as z from 'zod';
import type { CrmHttp, ReadProblem } from '../http/crm-http.ts';

// Decide: which fields are needed, and which of them may be absent or null? Leave out all others.
const address = z.object({ value: z.string() });
const customerRecord = z.object({
  id: z.string(),
  name: z.string(),
  company: z.string().nullish(),
  phones: z.array(address).nullish(),
  emails: z.array(address).nullish(),
  accountNumber: z.string().nullish(),
  owner: z.object({ name: z.string() }).nullish(),
  custom: z.record(z.string(), z.unknown()).nullish(),
});
export type CustomerRecord = z.infer<typeof customerRecord>;

const caseRecord = z.object({
  number: z.string(),
  customerId: z.string(),
  subject: z.string(),
  status: z.string().nullish(),
  priority: z.string().nullish(),
  updatedAt: z.string().nullish(),
});
export type CaseRecord = z.infer<typeof caseRecord>;

const interactionRecord = z.object({
  customerId: z.string(),
  at: z.string(),
  channel: z.string().nullish(),
  summary: z.string().nullish(),
  agent: z.string().nullish(),
});
export type InteractionRecord = z.infer<typeof interactionRecord>;

const foundCase = caseRecord.extend({ customer: customerRecord });
const writtenActivity = z.object({ id: z.string(), created: z.boolean() });
const grants = z.object({ scopes: z.array(z.string()), customFields: z.array(z.string()) });

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item) }).transform(({ items }) => items);

/** `phone`: consecutive digits anywhere in a stored number, whatever separates them. */
export type CustomerFilter = Partial<Record<'phone' | 'email' | 'account' | 'name' | 'emailPrefix', string>>;

export type ActivityBody = {
  customerId: string;
  caseNumber?: string;
  channel: string;
  direction: string;
  startedAt: string;
  seconds: number;
  subject: string;
  notes: string;
  agentEmail: string;
  visibility: 'internal';
};

/** Every path, query and answer of this system. */
export function createApi(crm: CrmHttp) {
  return {
    findCustomers: (filter: CustomerFilter, limit: number) =>
      crm.request({ path: '/customers', query: { ...filter, limit }, limit: 'search' }, listOf(customerRecord)),

    findCases: (number: string, limit: number) =>
      crm.request({ path: '/cases', query: { number, expand: 'customer', limit }, limit: 'search' }, listOf(foundCase)),

    readCustomers: (ids: string[]) =>
      crm.request({ path: '/customers', query: { ids: ids.join(',') } }, listOf(customerRecord)),

    listOpenCases: (customerIds: string[]) =>
      crm.request({ path: '/cases', query: { customers: customerIds.join(','), status: 'open' } }, listOf(caseRecord)),

    listInteractions: (customerIds: string[]) =>
      crm.request({ path: '/interactions', query: { customers: customerIds.join(',') } }, listOf(interactionRecord)),

    // Decide: how is a retried write recognized? Here a PUT to a key of ours is idempotent. Otherwise search for the
    // key before writing, and describe in `unverified` what a crash in between can do.
    writeActivity: (key: string, body: ActivityBody) =>
      crm.request(
        { method: 'PUT', path: `/activities/${encodeURIComponent(key)}`, json: body, notFoundStatuses: [404] },
        writtenActivity,
      ),

    readGrants: () => crm.request({ path: '/me' }, grants),
  };
}

const problemBody = z.object({ error: z.string() });

/** The system answers 403 to an exceeded quota, as it does to a missing right. */
export const readProblem: ReadProblem = ({ status, json }) => {
  const body = problemBody.safeParse(json);
  return status === 403 && body.data?.error === 'quota_exceeded' ? 'rate-limited' : undefined;
};
