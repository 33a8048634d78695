import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/storage/database.ts';
import type {
  Activity,
  Connector,
  ConnectorCustomer,
  CustomerSummary,
  Mailbox,
  StoredValue,
} from '../port/connector.ts';
import { mailboxKey } from '../port/mailbox.ts';
import { toNumberKey } from '../port/match-numbers.ts';
import { found, foundAny, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import { createActivityStore } from './activity-store.ts';
import { isStorable } from './customer-file.ts';
import { createCustomerStore, type IdentifierKind } from './customer-store.ts';
import { splitNameWords } from './name-words.ts';

/**
 * Every view needs the version, and every look-up the country. An import by another process is seen so much later; an
 * activity that this process logs is seen at once.
 */
const settingsTtlMs = 1_000;

/** The built-in directory as a connector. */
export function createConnector({ database, clock }: { database: Database; clock: Clock }): Connector {
  const store = createCustomerStore(database);
  const activities = createActivityStore(database);
  let settings: { value: ReturnType<typeof store.readSettings>; readAt: number } | undefined;

  function readSettings() {
    if (settings && clock() - settings.readAt < settingsTtlMs) return settings.value;
    const current = { value: store.readSettings(), readAt: clock() };
    settings = current;
    current.value.catch(() => {
      if (settings === current) settings = undefined;
    });
    return current.value;
  }

  /**
   * Whether a customer's values in the index are of the present rules. Until a rebuild has reached them, the values
   * are left out, so that each hit is verified by what is stored and no former value matches.
   */
  async function readIsIndexed(): Promise<(id: string) => boolean> {
    const { indexedTo } = await readSettings();
    if (indexedTo === 'end') return () => true;
    const last = Buffer.from(indexedTo.id);
    return (id) => Buffer.compare(Buffer.from(id), last) <= 0;
  }

  /** The requested value is exact: the index holds normalized values only. */
  async function findHits(kind: IdentifierKind, value: string, limit: number) {
    const isIndexed = await readIsIndexed();
    const rows = await store.findHits(kind, value, limit);
    return foundAny(
      rows.map(({ id, name, stored }) => ({ id, name, held: { raw: stored, ...(isIndexed(id) && { value }) } })),
    );
  }

  /** An exact number outranks those that match it by a key, however many they are. */
  async function findNumbered(kind: 'case' | 'account', value: string, limit: number) {
    const exact = await findHits(kind, value, limit);
    const answer = exact.kind === 'found' ? exact : await findHits(`${kind}-key`, toNumberKey(value), limit);
    return mapFound(answer, (hits) =>
      hits.map(({ held, ...customer }) => ({ number: held.raw, customer: { ...customer, phones: [], emails: [] } })),
    );
  }

  /** Of the same hits as findByEmail and findNumbered. */
  async function countHits(kind: 'phone' | 'email' | 'case' | 'account', value: string, mailbox?: Mailbox) {
    const exact = await store.countHits(kind, value);
    if (mailbox) return Math.max(exact, await store.countHits('mailbox', mailboxKey(mailbox)));
    if (exact > 0 || kind === 'phone' || kind === 'email') return exact;
    return store.countHits(`${kind}-key`, toNumberKey(value));
  }

  return {
    findByPhone: ({ e164 }, limit) =>
      guard(async () => mapFound(await findHits('phone', e164, limit), toSummaries('phones'))),

    findByEmail: (email, limit, mailbox) =>
      guard(async () => {
        const isIndexed = await readIsIndexed();
        const [exact, others] = await Promise.all([
          store.findHits('email', email, limit),
          mailbox ? store.findHits('mailbox', mailboxKey(mailbox), limit) : [],
        ]);
        const exactIds = new Set(exact.map(({ id }) => id));
        const rows = [
          ...exact.map(({ stored, ...row }) => ({
            ...row,
            held: { raw: stored, ...(isIndexed(row.id) && { value: email }) },
          })),
          // Without a value: the reader says by which rule the addresses are one.
          ...others
            .filter(({ id }) => !exactIds.has(id))
            .map(({ stored, ...row }) => ({ ...row, held: { raw: stored } })),
        ];
        return mapFound(foundAny(rows.slice(0, limit)), toSummaries('emails'));
      }),

    findByCase: (number, limit) => guard(() => findNumbered('case', number, limit)),

    findByAccount: (number, limit) => guard(() => findNumbered('account', number, limit)),

    countHits: (kind, value, mailbox) => guard(async () => found(await countHits(kind, value, mailbox))),

    search: (query, limit) =>
      guard(async () => {
        if (query.kind === 'name') return foundAny(await store.findIdsByWords(splitNameWords(query.text), limit));
        // PostgreSQL rejects a parameter that it could not store.
        if (!isStorable(query.text)) return notFound;
        return foundAny(await store.findIdsByPrefix('email', query.text, limit));
      }),

    readCustomers: (ids) =>
      guard(async () => {
        const isIndexed = await readIsIndexed();
        const [read, logged] = await Promise.all([store.readCustomers(ids), activities.readNewest(ids)]);
        const byId = new Map(read.customers.map((row) => [row.id, toCustomer(row, read, logged, isIndexed(row.id))]));
        return foundAny(ids.flatMap((id) => byId.get(id) ?? []));
      }),

    logActivity: (activity) =>
      guard(async () => {
        const saved = await activities.save(activity);
        settings = undefined;
        return saved === 'no-customer' ? notFound : found({ id: activity.key, isNew: saved === 'new' });
      }),

    readVersion: async () => (await readSettings()).version,

    defaultCountry: async () => (await readSettings()).defaultCountry,

    check: () =>
      guard(async () => {
        const count = await store.countCustomers();
        const { indexedTo } = await readSettings();
        if (count === 0)
          return found({ missing: ['It holds no customers yet: run npm run customers -- import FILE.'] });
        const rebuild = indexedTo === 'end' ? '' : ' Its index is being rebuilt after an update.';
        return found({
          missing: [],
          summary: `It holds ${count} ${count === 1 ? 'customer' : 'customers'}.${rebuild}`,
        });
      }),
  };
}

/** An unreachable database is an unavailable source. */
async function guard<Found>(read: () => Promise<Outcome<Found>>): Promise<Outcome<Found>> {
  try {
    return await read();
  } catch (error) {
    return { kind: 'unavailable', reason: `database ${codeOf(error)}` };
  }
}

/** `SQLITE_BUSY`, `ECONNREFUSED`, `57P01`. Not the message, which may contain values. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^\w{1,40}$/.test(code) ? code : 'error';
}

type Hit = { id: string; name: string; held: StoredValue };

/** With only the value by which the customer was found. */
function toSummaries(kind: 'phones' | 'emails') {
  return (hits: Hit[]): CustomerSummary[] =>
    hits.map(({ held, ...customer }) => ({ ...customer, phones: [], emails: [], [kind]: [held] }));
}

type Read = Awaited<ReturnType<ReturnType<typeof createCustomerStore>['readCustomers']>>;

function toCustomer(
  row: Read['customers'][number],
  { identifiers }: Read,
  logged: Activity[],
  isIndexed: boolean,
): ConnectorCustomer {
  const identifiersOf = (kind: IdentifierKind) =>
    identifiers
      .filter((held) => held.customer_id === row.id && held.kind === kind)
      .map(({ raw, value }) => ({ raw, ...(isIndexed && { value }) }));
  return {
    id: row.id,
    name: row.name,
    company: row.company ?? undefined,
    phones: identifiersOf('phone'),
    emails: identifiersOf('email'),
    // Written by the importer, from rows that passed the file's schema.
    fields: JSON.parse(row.fields) as ConnectorCustomer['fields'],
    cases: JSON.parse(row.cases) as ConnectorCustomer['cases'],
    // Newest first: the list may be cut afterwards, and files have any order.
    interactions: [
      ...logged.filter(({ customerId }) => customerId === row.id).map(toInteraction),
      ...(JSON.parse(row.interactions) as ConnectorCustomer['interactions']),
    ].sort((a, b) => b.at - a.at),
  };
}

function toInteraction({ startedAt, channel, subject, notes, agent }: Activity) {
  return { at: startedAt, channel, summary: [subject, notes].filter(Boolean).join(': '), agent: agent.name };
}
