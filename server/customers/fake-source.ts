import type { IdentifierKind } from '#contract/customers.ts';
import type { SourceFailure } from '#contract/sources.ts';
import type { CustomerRecord, CustomerSource, SourceAnswer } from './customer-source.ts';

export type FakeSource = CustomerSource & {
  put(record: Partial<CustomerRecord> & { id: string }): void;
  delete(id: string): void;
  /**
   * `broken` rejects every call, against the contract; `hanging` never answers; `forgetful` finds hits but reads no
   * records; a failure is every answer.
   */
  state: 'up' | 'broken' | 'hanging' | 'forgetful' | SourceFailure;
  /** The country that is answered as assumed for every hit. */
  assumedCountry?: string;
  /** ms before every answer. */
  latencyMs: number;
  version: number | undefined;
  calls: number;
  /** Calls with freshness `fresh`. */
  freshCalls: number;
};

type Options = {
  id?: string;
  label?: string;
  country?: string;
  sensitive?: string[];
  clock?: () => number;
  /** Without it the source has no versions. */
  version?: number;
};

/** A source in memory, for tests. */
export function createFakeSource(options: Options = {}): FakeSource {
  const { id = 'fake', label = 'Fake source', country, sensitive = [], clock = () => 5_000 } = options;
  const records = new Map<string, CustomerRecord>();

  async function answer<Found>(
    read: () => Found,
    isEmpty: (found: Found) => boolean,
    freshness = 'cached',
  ): Promise<SourceAnswer<Found>> {
    source.calls += 1;
    if (freshness === 'fresh') source.freshCalls += 1;
    const { state } = source;
    if (source.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, source.latencyMs));
    if (state === 'broken') throw new Error('The source is broken');
    if (state === 'hanging') return new Promise(() => {});
    const fetchedAt = clock();
    if (state === 'rate-limited') return { kind: state, retryAt: fetchedAt + 2_000, fetchedAt };
    if (state !== 'up' && state !== 'forgetful') return { kind: state, fetchedAt };
    const value = read();
    return isEmpty(value) ? { kind: 'not-found', fetchedAt } : { kind: 'found', value, fetchedAt };
  }

  function findHits(kind: IdentifierKind, value: string) {
    return [...records.values()].flatMap((record) => {
      const identifiers = {
        phone: record.phones,
        email: record.emails,
        case: record.cases.map(({ number }) => ({ raw: number, value: number })),
        account: Object.entries(record.fields).flatMap(([name, raw]) =>
          name === 'accountNumber' ? { raw, value: raw } : [],
        ),
        consumer: [],
      }[kind];
      const stored = identifiers.filter((item) => item.value === value);
      const { assumedCountry } = source;
      const assumed = assumedCountry === undefined ? {} : { assumedCountry };
      return stored.map(({ raw }) => ({ customerId: record.id, customerName: record.name, stored: raw, ...assumed }));
    });
  }

  const listIds = (isWanted: (record: CustomerRecord) => boolean, limit: number) =>
    [...records.values()]
      .filter(isWanted)
      .map((record) => record.id)
      .slice(0, limit);

  const source: FakeSource = {
    id,
    label,
    sensitive,
    state: 'up',
    latencyMs: 0,
    version: options.version,
    calls: 0,
    freshCalls: 0,
    put(record) {
      const empty = {
        name: record.id,
        company: undefined,
        phones: [],
        emails: [],
        fields: {},
        cases: [],
        interactions: [],
      };
      records.set(record.id, { ...empty, ...record });
    },
    delete: (gone) => void records.delete(gone),
    defaultCountry: async () => country,
    ...(options.version !== undefined && { readVersion: async () => source.version }),
    find: (kind, value, limit, freshness) =>
      answer(
        () => {
          const hits = findHits(kind, value);
          return { hits: hits.slice(0, limit), sharedBy: new Set(hits.map((hit) => hit.customerId)).size };
        },
        ({ sharedBy }) => sharedBy === 0,
        freshness,
      ),
    readCustomers: (ids, freshness) => {
      if (source.state === 'forgetful') return Promise.resolve({ kind: 'unavailable', fetchedAt: clock() });
      return answer(
        () => ids.flatMap((wanted) => records.get(wanted) ?? []),
        (found) => found.length === 0,
        freshness,
      );
    },
    search: ({ kind, text }, limit) =>
      answer(
        () => {
          if (kind === 'email-prefix') {
            return listIds(({ emails }) => emails.some(({ value }) => value?.startsWith(text)), limit);
          }
          const words = text.toLowerCase().split(' ');
          return listIds(({ name }) => {
            const nameWords = name.toLowerCase().split(' ');
            return words.every((word) => nameWords.some((other) => other.startsWith(word)));
          }, limit);
        },
        (found) => found.length === 0,
      ),
  };
  return source;
}
