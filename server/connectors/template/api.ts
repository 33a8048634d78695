import * as z from 'zod';
import type { CrmHttp, ReadProblem } from '../http/crm-http.ts';

// Decide: be lenient. What may be absent or null will be, and a field that you do not need does not belong here.
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

/** What a customer is asked for by. `phone`: digits, in a row, anywhere in a stored number, whatever stands between. */
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

/** The one file that knows this system's addresses. */
export function createTemplateApi(crm: CrmHttp) {
  return {
    findCustomers: (filter: CustomerFilter, limit: number) =>
      crm.ask({ path: '/customers', query: { ...filter, limit }, limit: 'search' }, listOf(customerRecord)),

    findCases: (number: string, limit: number) =>
      crm.ask({ path: '/cases', query: { number, expand: 'customer', limit }, limit: 'search' }, listOf(foundCase)),

    readCustomers: (ids: string[]) =>
      crm.ask({ path: '/customers', query: { ids: ids.join(',') } }, listOf(customerRecord)),

    listOpenCases: (customerIds: string[]) =>
      crm.ask({ path: '/cases', query: { customers: customerIds.join(','), status: 'open' } }, listOf(caseRecord)),

    listInteractions: (customerIds: string[]) =>
      crm.ask({ path: '/interactions', query: { customers: customerIds.join(',') } }, listOf(interactionRecord)),

    // Decide: PUT under a name that we choose is written once however often it is tried. Without such a thing, look
    // whether the key is there before you write, and say in `unverified` what a crash in between can do.
    writeActivity: (key: string, body: ActivityBody) =>
      crm.ask(
        { method: 'PUT', path: `/activities/${encodeURIComponent(key)}`, json: body, notFoundStatuses: [404] },
        writtenActivity,
      ),

    readGrants: () => crm.ask({ path: '/me' }, grants),
  };
}

const problemBody = z.object({ error: z.string() });

/** A quota that is used up is told as 403, as a missing right is. */
export const readProblem: ReadProblem = ({ status, json }) => {
  const body = problemBody.safeParse(json);
  return status === 403 && body.data?.error === 'quota_exceeded' ? 'rate-limited' : undefined;
};
