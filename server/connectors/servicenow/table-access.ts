/**
 * Distinguishes "there is none" from "it cannot be read" when a query returns no rows. ServiceNow answers both alike:
 *
 *   - rows that the user may not read are removed after the query
 *     (support.servicenow.com/kb?id=kb_article_view&sysparm_article=KB3047115);
 *   - with glide.invalid_query.returns_no_rows, one unknown column empties the whole answer
 *     (servicenow.com/docs, Table API, sysparm_query).
 *
 * An empty answer is believed if the table shows a row with the columns of the query, or has no rows at all.
 * Otherwise it becomes a failure. Not guaranteed: single unreadable rows of a readable table are not noticed.
 */
import type { Clock } from '../../platform/clock.ts';
import { createTtlCache } from '../port/answer-cache.ts';
import { type Failure, found, isFailure, notFound, type Outcome } from '../port/outcome.ts';
import type { Api, Question, Rows } from './api.ts';
import { type Conditions, encodeQuery } from './query.ts';

/** ms. Rights and columns change rarely; a refusal is checked again soon, because an admin may have changed it. */
const ttl = { readable: 600_000, unreadable: 60_000 };

const columnUnknown = { kind: 'invalid', reason: 'column-unknown' } as const;

export type TableAccess = {
  /** Undefined: there is none. */
  explainEmpty(question: Question, api: Api): Promise<Failure | undefined>;
};

export function createTableAccess(clock: Clock): TableAccess {
  const known = createTtlCache<{ failure: Failure | undefined }>(clock);
  return {
    async explainEmpty({ table, where }, api) {
      const key = JSON.stringify([table, where.map((some) => [...new Set(some.map(({ field }) => field))])]);
      const cached = known.get(key);
      if (cached) return cached.failure;
      const outcome = await explain(table, where, api);
      const failure = isFailure(outcome) ? outcome : undefined;
      const isLasting = failure === undefined || failure.kind === 'forbidden' || failure === columnUnknown;
      if (isLasting) known.set(key, { failure }, failure ? ttl.unreadable : ttl.readable);
      return failure;
    },
  };
}

/** Pages of a query whose emptiness was explained. A rejected value finds nothing without a request. */
export async function listReadable(
  question: Question,
  { api, access }: { api: Api; access: TableAccess },
): Promise<Outcome<Rows>> {
  if (encodeQuery(question.where) === undefined) return notFound;
  const pages = await api.listPages(question);
  if (pages.kind !== 'not-found') return pages;
  return (await access.explainEmpty(question, api)) ?? pages;
}

/** `found`: the answer may be believed. */
async function explain(table: string, where: Conditions, api: Api): Promise<Outcome<true>> {
  const columns = [...new Set(where.flat().map(({ field }) => field))];
  const sample = await api.sample(table, ['sys_id', ...columns.map(ownColumn)]);
  if (sample.kind !== 'found') return sample;
  if (sample.value.length === 0) {
    const total = await api.count(table);
    if (total.kind !== 'found') return total;
    return total.value === 0 ? found(true) : { kind: 'forbidden' };
  }
  const isKnown = (column: string) => sample.value.some((row) => row.has(ownColumn(column)));
  if (where.some((some) => !some.some(({ field }) => isKnown(field)))) return columnUnknown;
  // The other columns of a group of alternatives were searched, unless ServiceNow refuses the whole query. Whether a
  // column behind a reference shows in a row whose reference is empty is not documented, so it is tried.
  const doubtful = columns.find((column) => !isKnown(column) || column !== ownColumn(column));
  if (doubtful === undefined) return found(true);
  const refuses = await api.refusesColumn(table, doubtful);
  if (refuses.kind !== 'found') return refuses;
  return refuses.value ? columnUnknown : found(true);
}

/** `account` of `account.number`. */
function ownColumn(path: string): string {
  return path.replace(/\..*$/, '');
}
