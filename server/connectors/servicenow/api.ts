import * as z from 'zod';
import type { CrmHttp, ReadProblem } from '../http/crm-http.ts';
import { notFound, type Outcome } from '../port/outcome.ts';
import { type Conditions, encodeQuery, keepMatches } from './query.ts';
import { type Row, row } from './row.ts';

const rows = z.object({ result: z.array(row) }).transform(({ result }) => result);
const oneRow = z.object({ result: row }).transform(({ result }) => result);
const record = z.object({ result: z.object({ sys_id: z.string().min(1) }) }).transform(({ result }) => result.sys_id);
// Failures have status 200 too, with `FAILURE` here.
const voiceInteraction = z
  .object({ result: z.object({ status: z.literal('SUCCESS'), sysId: z.string().min(1) }) })
  .transform(({ result }) => result.sysId);

type Question = { table: string; where: Conditions; order?: string; fields: string[]; limit: number };

/** A record's columns. Notes go to `work_notes`, never to `comments`, which customers can read. */
export type Values = Record<string, string> & { comments?: never };

export type VoiceInteraction = {
  interaction: {
    userPhoneNumber: string;
    clientSessionId: string;
    callbackPhoneNumber: string;
    additionalParams: Values;
  };
  interactionContext: Record<string, string>;
  phoneLogs: Record<string, string>[];
  relatedRecords: { documentTable: string; documentId: string }[];
};

/** ServiceNow requires both on every request, including GET. */
const headers = { accept: 'application/json', 'content-type': 'application/json' };

const records = (table: string) => `/api/now/table/${encodeURIComponent(table)}`;

function selecting(fields: string[]) {
  return {
    sysparm_fields: [...new Set(fields)].join(','),
    sysparm_display_value: 'all',
    sysparm_exclude_reference_link: 'true',
  };
}

/** The only file that knows ServiceNow's URLs. */
export function createApi(crm: CrmHttp) {
  const listRows = (table: string, query: Record<string, string | number>): Promise<Outcome<Row[]>> =>
    crm.request({ path: records(table), query: { ...query, sysparm_no_count: 'true' }, headers }, rows);

  return {
    /**
     * Rows that match every condition, verified on the rows themselves, so `fields` must include the conditions'
     * fields. A rejected value finds nothing without a request.
     */
    async list({ table, where, order, fields, limit }: Question): Promise<Outcome<Row[]>> {
      const query = encodeQuery(where, order);
      if (query === undefined) return notFound;
      const outcome = await listRows(table, { sysparm_query: query, ...selecting(fields), sysparm_limit: limit });
      return keepMatches(outcome, where);
    },

    /** Any one row, to see which fields exist. */
    sample: (table: string, fields: string[]) => listRows(table, { ...selecting(fields), sysparm_limit: 1 }),

    /** All notes of a record as one display text. */
    readWorkNotes: (table: string, id: string) =>
      crm.request(
        {
          path: `${records(table)}/${encodeURIComponent(id)}`,
          query: selecting(['sys_id', 'work_notes']),
          headers,
          notFoundStatuses: [404],
        },
        oneRow,
      ),

    create: (table: string, values: Values) =>
      crm.request(
        { method: 'POST', path: records(table), query: { sysparm_fields: 'sys_id' }, headers, json: values },
        record,
      ),

    update: (table: string, id: string, values: Values) =>
      crm.request(
        {
          method: 'PATCH',
          path: `${records(table)}/${encodeURIComponent(id)}`,
          json: values,
          query: { sysparm_fields: 'sys_id' },
          headers,
          notFoundStatuses: [404],
        },
        record,
      ),

    createVoiceInteraction: (body: VoiceInteraction) =>
      crm.request(
        { method: 'POST', path: '/api/now/openframe/voice-interaction', headers, json: body },
        voiceInteraction,
      ),
  };
}

export type Api = ReturnType<typeof createApi>;

const problemBody = z.object({ error: z.union([z.string(), z.object({ message: z.string().nullish() })]) });

/**
 * A query that times out is cut off after status 200 was sent: some rows, followed by an error. It counts as failed.
 */
export const readProblem: ReadProblem = ({ status, json }) => {
  const { data } = problemBody.safeParse(json);
  if (data === undefined || status >= 300) return undefined;
  const message = typeof data.error === 'string' ? data.error : (data.error.message ?? '');
  return /cancel|execution time|time.?out/i.test(message) ? 'unavailable' : 'invalid';
};
