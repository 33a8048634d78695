import * as z from 'zod';
import type { CrmHttp, CrmRequest } from '../http/crm-http.ts';
import { found, notFound, type Outcome } from '../port/outcome.ts';
import { readPartFailure } from './problem.ts';

/** What it holds depends on what was selected: `readText` looks at one field at a time. */
const record = z.looseObject({ attributes: z.object({ type: z.string() }) });
export type SalesforceRecord = z.infer<typeof record>;

const searchAnswer = z.object({ searchRecords: z.array(record) }).transform((answer) => answer.searchRecords);
const queryAnswer = z.object({ records: z.array(record) }).transform(({ records }) => records);

const description = z.object({
  fields: z.array(z.object({ name: z.string(), createable: z.boolean().nullish(), externalId: z.boolean().nullish() })),
  createable: z.boolean().nullish(),
});
export type Description = z.infer<typeof description>;

const saved = z.object({ id: z.string(), created: z.boolean().nullish() });

const compositeAnswer = z.object({
  compositeResponse: z.array(z.object({ referenceId: z.string(), httpStatusCode: z.int(), body: z.unknown() })),
});

const limits = z.object({ DailyApiRequests: z.object({ Max: z.number(), Remaining: z.number() }) });

/** Each part of a request for several, answered for itself; what was not asked for is none. */
export type Answers = {
  records(name: string): Outcome<SalesforceRecord[]>;
  description(name: string): Outcome<Description>;
};

/** The one file that knows Salesforce's addresses. */
export function createApi(crm: CrmHttp, version: string) {
  const base = `/services/data/${version}`;

  return {
    search: (sosl: string) => crm.ask({ path: `${base}/search`, query: { q: sosl } }, searchAnswer),

    query: (soql: string) => crm.ask({ path: `${base}/query`, query: { q: soql } }, queryAnswer),

    pathOfQuery: (soql: string) => `${base}/query?q=${encodeURIComponent(soql)}`,

    pathOfDescription: (object: string) => `${base}/sobjects/${object}/describe`,

    /**
     * One request, counted as one; at most five of its parts may be queries, and 25 there may be in all. When the whole
     * fails, every part has failed so.
     */
    async together(
      paths: Record<string, string>,
      options: Pick<CrmRequest, 'limit' | 'deadlineMs'> = {},
    ): Promise<Answers> {
      const compositeRequest = Object.entries(paths).map(([referenceId, url]) => ({ method: 'GET', url, referenceId }));
      const whole = await crm.ask(
        { ...options, method: 'POST', path: `${base}/composite`, json: { allOrNone: false, compositeRequest } },
        compositeAnswer,
      );
      const read = <Schema extends z.ZodType>(name: string, schema: Schema) =>
        Object.hasOwn(paths, name) ? readPart(whole, name, schema) : notFound;
      return {
        records: (name) => read(name, queryAnswer),
        description: (name) => read(name, description),
      };
    },

    createTask: (task: object) => crm.ask({ method: 'POST', path: `${base}/sobjects/Task`, json: task }, saved),

    /** `not-found`: several have this key already, and nothing was written. */
    upsertTask: (field: string, key: string, task: object) =>
      crm.ask(
        {
          method: 'PATCH',
          path: `${base}/sobjects/Task/${field}/${encodeURIComponent(key)}`,
          json: task,
          notFoundStatuses: [300],
        },
        saved,
      ),

    readLimits: () => crm.ask({ path: `${base}/limits` }, limits),
  };
}

export type Api = ReturnType<typeof createApi>;

function readPart<Schema extends z.ZodType>(
  whole: Outcome<z.infer<typeof compositeAnswer>>,
  name: string,
  schema: Schema,
): Outcome<z.infer<Schema>> {
  if (whole.kind !== 'found') return whole;
  const part = whole.value.compositeResponse.find(({ referenceId }) => referenceId === name);
  if (!part) return { kind: 'invalid', reason: 'part-missing' };
  const { httpStatusCode: status, body } = part;
  if (status < 200 || status > 299) return readPartFailure(status, body);
  const parsed = schema.safeParse(body);
  return parsed.success ? found(parsed.data) : { kind: 'invalid', reason: 'part-shape' };
}
