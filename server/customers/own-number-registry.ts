/**
 * The contact center's own numbers of every account.
 *
 * A number is learned in the transaction that stores an inbound engagement's events, and known to this process after
 * the commit; other processes read the table once a minute. Its row is written again once a day at most while it is
 * seen, and the number is forgotten when it is not seen for `retentionMs`. The numbers of OWN_NUMBERS are every
 * account's, and always known.
 */
import type { DomainEvent, TransactionHook } from '../events.ts';
import type { Clock } from '../platform/clock.ts';
import { day } from '../platform/retention.ts';
import type { Database } from '../platform/storage/database.ts';
import { createLoop, type Loop } from '../platform/timing/loop.ts';
import { createOwnNumberStore, type SeenNumber } from './own-number-store.ts';
import { listLearnable, type OwnNumbers } from './own-numbers.ts';

export const retentionMs = 90 * day;
const reloadMs = 60_000;
const rewriteMs = day;

type ChangedEngagement = Extract<DomainEvent, { kind: 'engagement.changed' }>;

type OwnNumberRegistry = Pick<Loop, 'start' | 'stop'> & {
  /** The same object until a number is learned or forgotten. */
  ownNumbersOf(account: string): OwnNumbers;
  learn: TransactionHook;
  /** Called after the commit. */
  remember(event: ChangedEngagement): void;
  load(): Promise<void>;
};

export function createOwnNumberRegistry(parts: {
  database: Pick<Database, 'db'>;
  /** OWN_NUMBERS, in E.164. */
  configured: readonly string[];
  clock: Clock;
  /** The country in which numbers without one are read. */
  readCountry(): string | undefined;
  report(error: unknown): void;
}): OwnNumberRegistry {
  const { clock, report } = parts;
  const store = createOwnNumberStore(parts.database);
  /** When each number was last written, by account. */
  const seen = new Map<string, Map<string, number>>();
  const sets = new Map<string, OwnNumbers>();
  let revision = 0;

  function toSet(numbers: Iterable<string>): OwnNumbers {
    const own = new Set([...parts.configured, ...numbers]);
    revision += 1;
    return { has: (e164) => own.has(e164), revision };
  }
  const configuredOnly = toSet([]);

  function listDue(event: ChangedEngagement): SeenNumber[] {
    const { account, facts, flowNumbers } = event;
    const now = clock();
    return listLearnable(facts, flowNumbers, parts.readCountry())
      .filter((number) => now - (seen.get(account)?.get(number) ?? Number.NEGATIVE_INFINITY) >= rewriteMs)
      .map((number) => ({ account, number, seenAt: now }));
  }

  function add(numbers: SeenNumber[]): void {
    const changed = new Set<string>();
    for (const { account, number, seenAt } of numbers) {
      const known = seen.get(account) ?? new Map<string, number>();
      if (!known.has(number)) changed.add(account);
      known.set(number, Math.max(seenAt, known.get(number) ?? 0));
      seen.set(account, known);
    }
    for (const account of changed) sets.set(account, toSet(seen.get(account)?.keys() ?? []));
  }

  function forgetOld(after: number): void {
    for (const [account, known] of seen) {
      const old = [...known].filter(([, seenAt]) => seenAt <= after);
      for (const [number] of old) known.delete(number);
      if (old.length > 0) sets.set(account, toSet(known.keys()));
    }
  }

  async function load(): Promise<void> {
    const after = clock() - retentionMs;
    add(await store.list(after));
    forgetOld(after);
  }

  return {
    ownNumbersOf: (account) => sets.get(account) ?? configuredOnly,

    async learn(transaction, events) {
      const due = events.flatMap((event) => (event.kind === 'engagement.changed' ? listDue(event) : []));
      if (due.length > 0) await store.save(transaction, due);
      return [];
    },

    remember: (event) => add(listDue(event)),
    load,
    ...createLoop({ run: load, intervalMs: reloadMs, firstDelayMs: reloadMs, report }),
  };
}
