import * as z from 'zod';
import { type CrmHttp, type CrmRequest, maxSchemaBytes, type ReadProblem } from '../http/crm-http.ts';
import { type Failure, found, notFound, type Outcome } from '../port/outcome.ts';

/** Its fields depend on the query; `readText` reads one at a time. */
const record = z.looseObject({ attributes: z.object({ type: z.string() }) });
export type SalesforceRecord = z.infer<typeof record>;

const searchAnswer = z.object({ searchRecords: z.array(record) }).transform((answer) => answer.searchRecords);
/** Salesforce decides how many records a batch has; the others are behind `nextRecordsUrl`, whatever the LIMIT. */
const queryAnswer = z.object({ records: z.array(record), nextRecordsUrl: z.string().nullish() });
type QueryAnswer = z.infer<typeof queryAnswer>;

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

/** The parts of a composite answer. A part that was not requested is `not-found`. */
type Answers = { records(name: string): Outcome<SalesforceRecord[]> };

/** Batches of one query that are read. */
const maxBatches = 5;

const batchesLeft = { kind: 'invalid', reason: 'list-cut' } as const;

/** The only file that knows Salesforce's URLs. */
export function createApi(crm: CrmHttp, version: string) {
  const base = `/services/data/${version}`;

  /** All records of a query, over its batches. A partial list would look complete. */
  async function readBatches(first: Outcome<QueryAnswer>): Promise<Outcome<SalesforceRecord[]>> {
    const all: SalesforceRecord[] = [];
    let batch = first;
    for (let index = 1; ; index += 1) {
      if (batch.kind !== 'found') return batch;
      const { records, nextRecordsUrl } = batch.value;
      all.push(...records);
      if (nextRecordsUrl == null) return found(all);
      if (index === maxBatches || !nextRecordsUrl.startsWith(`${base}/query/`)) return batchesLeft;
      batch = await crm.request({ path: nextRecordsUrl }, queryAnswer);
    }
  }

  return {
    search: (sosl: string) => crm.request({ path: `${base}/search`, query: { q: sosl } }, searchAnswer),

    query: async (soql: string) =>
      readBatches(await crm.request({ path: `${base}/query`, query: { q: soql } }, queryAnswer)),

    pathOfQuery: (soql: string) => `${base}/query?q=${encodeURIComponent(soql)}`,

    /** About 3.5 kB for each field. */
    describeTask: () =>
      crm.request({ path: `${base}/sobjects/Task/describe`, maxBytes: maxSchemaBytes, kind: 'schema' }, description),

    /**
     * One composite request, which counts as one against the quota: at most five queries. If the request fails, every
     * part reports that failure.
     */
    async readTogether(
      paths: Record<string, string>,
      options: Pick<CrmRequest, 'limit' | 'deadlineMs'> = {},
    ): Promise<Answers> {
      const compositeRequest = Object.entries(paths).map(([referenceId, url]) => ({ method: 'GET', url, referenceId }));
      const whole = await crm.request(
        { ...options, method: 'POST', path: `${base}/composite`, json: { allOrNone: false, compositeRequest } },
        compositeAnswer,
      );
      const lists = await Promise.all(
        Object.keys(paths).map(async (name) => [name, await readBatches(readPart(whole, name, queryAnswer))] as const),
      );
      const byName = new Map(lists);
      return { records: (name) => byName.get(name) ?? notFound };
    },

    createTask: (task: object) => crm.request({ method: 'POST', path: `${base}/sobjects/Task`, json: task }, saved),

    /** `not-found`: several Tasks have this key already, and nothing was written. */
    upsertTask: (field: string, key: string, task: object) =>
      crm.request(
        {
          method: 'PATCH',
          path: `${base}/sobjects/Task/${field}/${encodeURIComponent(key)}`,
          json: task,
          notFoundStatuses: [300],
        },
        saved,
      ),

    readLimits: () => crm.request({ path: `${base}/limits` }, limits),
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

/** Error bodies are arrays; the first entry decides. */
const problems = z.array(z.object({ errorCode: z.string(), message: z.string().nullish() })).min(1);

/** Says nothing about other requests. */
const tooBroad = { kind: 'unavailable', reason: 'search-too-broad' } as const;

/** Error codes whose HTTP status alone would mislead. */
const meanings: Record<string, 'rate-limited' | 'forbidden' | 'unavailable' | typeof tooBroad> = {
  // Status 403, like a missing right: the organization's quota of 24 hours is used up.
  REQUEST_LIMIT_EXCEEDED: 'rate-limited',
  // Status 400: a standard object that the user may not see "is not supported".
  INVALID_TYPE: 'forbidden',
  INSUFFICIENT_ACCESS: 'forbidden',
  INSUFFICIENT_ACCESS_OR_READONLY: 'forbidden',
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: 'forbidden',
  // Status 400: this query takes more than two minutes, or has too many rows to share out.
  QUERY_TIMEOUT: tooBroad,
  OPERATION_TOO_LARGE: tooBroad,
  // Status 400, but temporary.
  UNABLE_TO_LOCK_ROW: 'unavailable',
};

export const readProblem: ReadProblem = ({ status, json }) => readMeaning(status, json);

function readMeaning(status: number, json: unknown) {
  const body = status < 400 ? undefined : problems.safeParse(json).data;
  return meanings[body?.[0]?.errorCode ?? ''];
}

/** One part of a composite answer. Rate limits apply to the whole request, so a limited part counts as unavailable. */
function readPartFailure(status: number, json: unknown): Failure {
  const kind = readMeaning(status, json) ?? kindOf(status);
  if (typeof kind === 'object') return kind;
  if (kind === 'unauthenticated' || kind === 'forbidden') return { kind };
  return { kind: kind === 'rate-limited' ? 'unavailable' : kind, reason: `part-http-${status}` };
}

function kindOf(status: number) {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  return status >= 500 ? 'unavailable' : 'invalid';
}
