import * as z from 'zod';
import type { CrmHttp, ReadProblem } from '../http/crm-http.ts';
import { found, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import { type Conditions, encodeQuery, keepMatches } from './query.ts';
import { type Row, row } from './row.ts';

const rows = z.object({ result: z.array(row) }).transform(({ result }) => result);
/** `link` names the next page (`rel="next"`), `x-total-count` the rows before rights are applied. */
const page = z.object({
  body: rows,
  headers: z.object({ link: z.string().optional(), 'x-total-count': z.coerce.number().optional() }),
});
const oneRow = z.object({ result: row }).transform(({ result }) => result);
const record = z.object({ result: z.object({ sys_id: z.string().min(1) }) }).transform(({ result }) => result.sys_id);
// Failures have status 200 too, with `FAILURE` here.
const voiceInteraction = z
  .object({ result: z.object({ status: z.literal('SUCCESS'), sysId: z.string().min(1) }) })
  .transform(({ result }) => result.sysId);

export type Question = {
  table: string;
  where: Conditions;
  order?: string;
  fields: string[];
  /** Rows of a page. ServiceNow removes rows that the user may not read after it cut the page. */
  limit: number;
  /** 1 by default. */
  maxPages?: number;
  /** Lets ServiceNow count the rows, and so name the next page. Only for columns with an index. */
  isCounted?: boolean;
};

/** `isCut`: there are further pages. */
export type Rows = { rows: Row[]; isCut: boolean };

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

/** More than one, because the first may be a row that the user may not read. */
const sampleSize = 10;

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
  const listRows = (table: string, query: Record<string, string | number>) =>
    crm.request({ path: records(table), query, headers, withHeaders: ['link', 'x-total-count'] }, page);

  const uncounted = { sysparm_no_count: 'true' };

  /** Pages until the last one or `maxPages`, as one list. */
  async function readPages(query: string, question: Question): Promise<Outcome<Rows>> {
    const { table, fields, limit, maxPages = 1, isCounted = false } = question;
    const all: Row[] = [];
    let isCut = true;
    for (let index = 0; isCut && index < maxPages; index += 1) {
      const answer = await listRows(table, {
        sysparm_query: query,
        ...selecting(fields),
        sysparm_limit: limit,
        ...(index > 0 && { sysparm_offset: index * limit }),
        ...(!isCounted && uncounted),
      });
      if (answer.kind !== 'found') return answer;
      const { body, headers: answered } = answer.value;
      all.push(...body);
      isCut = body.length >= limit || /rel="?next"?/.test(answered.link ?? '');
      // A full page may be the last one; a count says so.
      if (answered['x-total-count'] !== undefined) isCut = answered['x-total-count'] > (index + 1) * limit;
    }
    return found({ rows: all, isCut });
  }

  /**
   * Rows that match every condition, verified on the rows themselves, so `fields` must include the conditions'
   * fields. A rejected value finds nothing without a request.
   */
  async function listPages(question: Question): Promise<Outcome<Rows>> {
    const query = encodeQuery(question.where, question.order);
    if (query === undefined) return notFound;
    const pages = await readPages(query, question);
    if (pages.kind !== 'found') return pages;
    const { rows: all, isCut } = pages.value;
    return mapFound(keepMatches(found(all), question.where), (matching) => ({ rows: matching, isCut }));
  }

  return {
    listPages,

    list: async (question: Question): Promise<Outcome<Row[]>> =>
      mapFound(await listPages(question), (pages) => pages.rows),

    /** Any few rows, to see which fields exist. */
    sample: async (table: string, fields: string[]): Promise<Outcome<Row[]>> =>
      mapFound(
        await listRows(table, { ...selecting(fields), sysparm_limit: sampleSize, ...uncounted }),
        ({ body }) => body,
      ),

    /** How many rows the table has, readable or not; undefined if ServiceNow does not say. */
    count: async (table: string): Promise<Outcome<number | undefined>> =>
      mapFound(
        await listRows(table, { ...selecting(['sys_id']), sysparm_limit: 1 }),
        ({ headers: answered }) => answered['x-total-count'],
      ),

    /** Whether a condition on an unknown column empties the answer: `glide.invalid_query.returns_no_rows`. */
    refusesColumn: async (table: string, column: string): Promise<Outcome<boolean>> =>
      mapFound(
        await listRows(table, {
          sysparm_query: `sys_idISNOTEMPTY^OR${column}ISNOTEMPTY`,
          ...selecting(['sys_id']),
          sysparm_limit: sampleSize,
          ...uncounted,
        }),
        ({ body }) => body.length === 0,
      ),

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

const tooBroad = { kind: 'unavailable', reason: 'search-too-broad' } as const;

const problemBody = z.object({ error: z.union([z.string(), z.object({ message: z.string().nullish() })]) });

/**
 * A query that times out is cut off after status 200 was sent: some rows, followed by an error. It counts as failed.
 */
export const readProblem: ReadProblem = ({ status, json }) => {
  const { data } = problemBody.safeParse(json);
  if (data === undefined || status >= 300) return undefined;
  const message = typeof data.error === 'string' ? data.error : (data.error.message ?? '');
  return /cancel|execution time|time.?out/i.test(message) ? tooBroad : 'invalid';
};
