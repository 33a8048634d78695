import type { IdentifierKind, SearchAnswer } from '#contract/customers.ts';
import type { SourceState, SourceStatus } from '#contract/sources.ts';
import type { Clock } from '../platform/clock.ts';
import { toCustomerId } from './customer-id.ts';
import type { CustomerSource, SourceAnswer } from './customer-source.ts';
import { normaliseCaseNumber, normaliseEmail, parsePhone } from './identifiers.ts';
import { type MergedCustomer, mergeRecords, type SourcedRecord } from './merge.ts';
import { readInParts } from './read-in-parts.ts';
import { withDeadline } from './with-deadline.ts';

type Found = Omit<SearchAnswer, 'customers'> & { persons: MergedCustomer[] };

type Parts = {
  sources: readonly CustomerSource[];
  clock: Clock;
  reportFailure(error: unknown): void;
  /** Of one question to one source. */
  deadlineMs?: number;
};

/** What one source answered to one step. */
type Step = { source: CustomerSource; ids: string[]; status: SourceStatus };

const mostCustomers = 20;

/**
 * Reads the query as what it looks most like: with `@` the beginning of an e-mail; else a phone, a case number, words
 * of a name, in this order. Phones and case numbers are met exactly or not at all, for a number met by its beginning
 * would let an agent count through everybody's. A query that reads as a phone may still be a case number or a name.
 *
 * Every step asks all sources at once. One that does not answer is named, and costs the others nothing.
 */
export function createSearch(parts: Parts): (query: string) => Promise<Found> {
  const { sources, clock, reportFailure, deadlineMs = 5_000 } = parts;

  async function guard<Result>(work: Promise<SourceAnswer<Result>>): Promise<SourceAnswer<Result>> {
    const answer = await withDeadline(work.catch(reportFailure), deadlineMs);
    return answer ?? { kind: 'unavailable', fetchedAt: clock() };
  }

  function askAll(question: (source: CustomerSource) => Promise<SourceAnswer<string[]>>): Promise<Step[]> {
    return Promise.all(
      sources.map(async (source) => {
        const answer = await guard(question(source));
        const ids = answer.kind === 'found' ? answer.value : [];
        return { source, ids, status: toStatus(source, answer, ids.length > 0 ? 'found' : 'not-found') };
      }),
    );
  }

  function findExactly(kind: IdentifierKind, value: string): Promise<Step[]> {
    return askAll(async (source) => {
      const answer = await source.find(kind, value, mostCustomers + 1);
      if (answer.kind !== 'found') return answer;
      return { ...answer, value: [...new Set(answer.value.hits.map(({ customerId }) => customerId))] };
    });
  }

  async function answer(understoodAs: Found['understoodAs'], steps: Step[]): Promise<Found> {
    const read = await Promise.all(
      steps.map(async ({ source, ids, status }) => {
        const shown = ids.slice(0, mostCustomers);
        if (shown.length === 0) return { records: [], status };
        const customers = await guard(readInParts(source, shown));
        if (customers.kind !== 'found') return { records: [], status: toStatus(source, customers, 'not-found') };
        const from = { id: source.id, label: source.label, fetchedAt: customers.fetchedAt };
        const records = customers.value.map((record): SourcedRecord => {
          return { id: toCustomerId(source.id, record.id), source: from, sensitive: source.sensitive, record };
        });
        return { records, status };
      }),
    );
    const persons = mergeRecords(read.flatMap(({ records }) => records));
    return {
      understoodAs,
      persons: persons.slice(0, mostCustomers),
      more: persons.length > mostCustomers || steps.some(({ ids }) => ids.length > mostCustomers),
      sources: read.map(({ status }) => status),
    };
  }

  const hasFound = (steps: Step[]) => steps.some(({ ids }) => ids.length > 0);

  return async (query) => {
    const text = query
      .normalize('NFKC')
      .replace(/\p{Cf}/gu, '')
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim();
    if (!/[\p{L}\p{N}]/u.test(text)) return answer('nothing', []);
    if (text.includes('@')) {
      const prefix = normaliseEmail(text) ?? text.toLowerCase();
      const step = await askAll((source) => source.search({ kind: 'email-prefix', text: prefix }, mostCustomers + 1));
      return answer('email', step);
    }

    const phone = parsePhone(text, await findCountry());
    const byPhone = phone.kind === 'phone' ? await findExactly('phone', phone.e164) : [];
    if (hasFound(byPhone)) return answer('phone', byPhone);
    const number = normaliseCaseNumber(text);
    const byCase = number === null ? [] : await findExactly('case', number);
    if (hasFound(byCase)) return answer('case', byCase);
    if (phone.kind === 'phone') return answer('phone', byPhone);
    return answer('name', await askAll((source) => source.search({ kind: 'name', text }, mostCustomers + 1)));
  };

  async function findCountry(): Promise<string | undefined> {
    const countries = await Promise.all(
      sources.map((source) => withDeadline(source.defaultCountry().catch(reportFailure), deadlineMs)),
    );
    return countries.find((country) => typeof country === 'string');
  }
}

function toStatus({ id, label }: CustomerSource, answer: SourceAnswer<unknown>, answered: SourceState): SourceStatus {
  const hasAnswered = answer.kind === 'found' || answer.kind === 'not-found';
  return {
    ...{ id, label, state: hasAnswered ? answered : answer.kind, fetchedAt: hasAnswered ? answer.fetchedAt : null },
    ...(answer.kind === 'rate-limited' && { retryAt: answer.retryAt }),
  };
}
