import type { IdentifierKind, SearchAnswer } from '#contract/customers.ts';
import type { SourceState, SourceStatus } from '#contract/sources.ts';
import type { Clock } from '../platform/clock.ts';
import { withDeadline } from '../platform/timing/deadline.ts';
import { toCustomerId } from './customer-id.ts';
import type { CustomerSource, SourceAnswer } from './customer-source.ts';
import { normalizeEmail } from './identifiers/email.ts';
import { normalizeCaseNumber } from './identifiers/number.ts';
import { parseCallerNumber } from './identifiers/phone.ts';
import { type MergedCustomer, mergeRecords, type SourcedRecord } from './merge.ts';
import type { OwnNumbers } from './own-numbers.ts';
import { readCustomersInBatches } from './read-customers-in-batches.ts';

type SearchResult = Omit<SearchAnswer, 'customers'> & { customers: MergedCustomer[] };

type Parts = {
  sources: readonly CustomerSource[];
  clock: Clock;
  reportFailure(error: unknown): void;
  /** Of one query to one source. */
  deadlineMs?: number;
};

/** The answer of one source to one kind of query. */
type SourceHits = { source: CustomerSource; ids: string[]; status: SourceStatus };

const maxCustomers = 20;

/**
 * Reads the query as what it looks most like: with `@` the beginning of an e-mail; else a phone, a case number or words
 * of a name, in this order. Phones and case numbers are found by their whole value only: by a prefix an agent could
 * enumerate all of them. A phone that no customer has is searched as a case number too, but not as a name; so is an own
 * number, which is not searched as a phone.
 *
 * Each kind of query goes to all sources in parallel. A source that does not answer is named.
 */
export function createSearch(parts: Parts): (query: string, ownNumbers: OwnNumbers) => Promise<SearchResult> {
  const { sources, clock, reportFailure, deadlineMs = 5_000 } = parts;

  async function guard<Result>(work: Promise<SourceAnswer<Result>>): Promise<SourceAnswer<Result>> {
    const answer = await withDeadline(
      deadlineMs,
      () => work.catch(reportFailure),
      () => undefined,
    );
    return answer ?? { kind: 'unavailable', fetchedAt: clock() };
  }

  function queryAll(query: (source: CustomerSource) => Promise<SourceAnswer<string[]>>): Promise<SourceHits[]> {
    return Promise.all(
      sources.map(async (source) => {
        const answer = await guard(query(source));
        const ids = answer.kind === 'found' ? answer.value : [];
        return { source, ids, status: toStatus(source, answer, ids.length > 0 ? 'found' : 'not-found') };
      }),
    );
  }

  function findExactly(kind: IdentifierKind, value: string): Promise<SourceHits[]> {
    return queryAll(async (source) => {
      const answer = await source.find(kind, value, maxCustomers + 1);
      if (answer.kind !== 'found') return answer;
      return { ...answer, value: [...new Set(answer.value.hits.map(({ customerId }) => customerId))] };
    });
  }

  async function compose(
    understoodAs: SearchResult['understoodAs'],
    answers: SourceHits[],
    ownNumbers: OwnNumbers,
  ): Promise<SearchResult> {
    const read = await Promise.all(
      answers.map(async ({ source, ids, status }) => {
        const shown = ids.slice(0, maxCustomers);
        if (shown.length === 0) return { records: [], status };
        const found = await guard(readCustomersInBatches(source, shown));
        if (found.kind !== 'found') return { records: [], status: toStatus(source, found, 'not-found') };
        const origin = { id: source.id, label: source.label, fetchedAt: found.fetchedAt };
        const records = found.value.map((record): SourcedRecord => {
          return { id: toCustomerId(source.id, record.id), source: origin, sensitive: source.sensitive, record };
        });
        return { records, status };
      }),
    );
    const customers = mergeRecords(
      read.flatMap(({ records }) => records),
      ownNumbers.has,
    );
    return {
      understoodAs,
      customers: customers.slice(0, maxCustomers),
      more: customers.length > maxCustomers || answers.some(({ ids }) => ids.length > maxCustomers),
      sources: read.map(({ status }) => status),
    };
  }

  const hasFound = (answers: SourceHits[]) => answers.some(({ ids }) => ids.length > 0);

  return async (query, ownNumbers) => {
    const answer = (understoodAs: SearchResult['understoodAs'], answers: SourceHits[]) =>
      compose(understoodAs, answers, ownNumbers);
    const text = query
      .normalize('NFKC')
      .replace(/\p{Cf}/gu, '')
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim();
    if (!/[\p{L}\p{N}]/u.test(text)) return answer('nothing', []);
    if (text.includes('@')) {
      const email = normalizeEmail(text);
      return answer('email', email === null ? [] : await findExactly('email', email));
    }

    const phone = parseCallerNumber(text, await findCountry());
    const isOwn = phone.kind === 'phone' && ownNumbers.has(phone.e164);
    const byPhone = phone.kind === 'phone' && !isOwn ? await findExactly('phone', phone.e164) : [];
    if (hasFound(byPhone)) return answer('phone', byPhone);
    const number = normalizeCaseNumber(text);
    const byCase = number === null ? [] : await findExactly('case', number);
    if (hasFound(byCase)) return answer('case', byCase);
    if (isOwn) return answer('own-number', byCase);
    if (phone.kind === 'phone') return answer('phone', byPhone);
    return answer('name', await queryAll((source) => source.search({ kind: 'name', text }, maxCustomers + 1)));
  };

  async function findCountry(): Promise<string | undefined> {
    const countries = await Promise.all(
      sources.map((source) =>
        withDeadline(
          deadlineMs,
          () => source.defaultCountry().catch(reportFailure),
          () => undefined,
        ),
      ),
    );
    return countries.find((country) => typeof country === 'string');
  }
}

function toStatus({ id, label }: CustomerSource, answer: SourceAnswer<unknown>, answered: SourceState): SourceStatus {
  const hasAnswered = answer.kind === 'found' || answer.kind === 'not-found';
  return {
    id,
    label,
    state: hasAnswered ? answered : answer.kind,
    fetchedAt: hasAnswered ? answer.fetchedAt : null,
    ...(answer.kind === 'rate-limited' && { retryAt: answer.retryAt }),
  };
}
