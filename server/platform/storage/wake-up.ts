/**
 * How a process learns that something was committed, its own doing or another's. A hint and no more: a hint may be lost
 * or come twice, and whoever waits for one also looks by itself from time to time.
 *
 *   SQLite       listeners of this process are called, and nobody else.
 *   PostgreSQL   they are called too, and one dispatcher tells the other processes by NOTIFY, after the commit: within
 *                the transaction, NOTIFY would take a lock that all commits of the database share. While one statement
 *                is under way, what comes is gathered for the next, each account once.
 *
 * The connection that listens: connecting → listening → lost → (back-off with jitter) → connecting. Every time it begins
 * to listen it says `null`, "anything may have moved", because what was said while it was away is lost. A question that
 * is not answered in time means lost as well: a network that swallows everything never closes a connection.
 */

import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import type { Database } from './database.ts';

export type WakeUp = {
  /** After the commit. Never throws, never waits. */
  notify(account: string): void;
  /** `null`: anything may have moved. Answers how to stop listening. */
  subscribe(listener: (account: string | null) => void): () => void;
  /** Resolves after the first attempt to listen, also when it failed: it is tried again, and nothing depends on it. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

const channel = 'deskside_live';

/** ms */
const patience = { connection: 2_000, answer: 5_000, betweenQuestions: 15_000 };
const backOff = { first: 100, longest: 5_000 };

export function createWakeUp(parts: {
  database: Pick<Database, 'kind' | 'db'>;
  url: string;
  report(error: unknown): void;
}): WakeUp {
  const { database, url, report } = parts;
  const listeners = new Set<(account: string | null) => void>();
  const tell = (account: string | null) => {
    for (const listener of listeners) {
      try {
        listener(account);
      } catch (error) {
        report(error);
      }
    }
  };
  const subscribe: WakeUp['subscribe'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  if (database.kind === 'sqlite') return { notify: tell, subscribe, start: async () => {}, stop: async () => {} };

  const dispatcher = createDispatcher(database.db, report);
  const listening = createListening({ url, tell, report });
  return {
    notify(account) {
      tell(account);
      dispatcher.send(account);
    },
    subscribe,
    start: listening.start,
    async stop() {
      await Promise.all([listening.stop(), dispatcher.idle()]);
    },
  };
}

/** What cannot be sent is dropped: the others look by themselves. */
function createDispatcher(db: Database['db'], report: (error: unknown) => void) {
  const waiting = new Set<string>();
  let sending: Promise<void> | undefined;

  async function sendAll(): Promise<void> {
    while (waiting.size > 0) {
      const accounts = [...waiting];
      waiting.clear();
      await sql`select pg_notify(${channel}, account) from unnest(${accounts}::text[]) as account`
        .execute(db)
        .catch(report);
    }
    sending = undefined;
  }

  return {
    send(account: string): void {
      waiting.add(account);
      sending ??= sendAll();
    },
    idle: async () => sending,
  };
}

function createListening(parts: { url: string; tell(account: string | null): void; report(error: unknown): void }) {
  const { url, tell, report } = parts;
  const stopping = new AbortController();
  let failures = 0;
  let running: Promise<void> = Promise.resolve();

  async function keepListening(onAttempt: () => void): Promise<void> {
    while (!stopping.signal.aborted) {
      await listen(onAttempt).catch(report);
      onAttempt();
      const longest = Math.min(backOff.longest, backOff.first * 2 ** failures++);
      await pause(longest / 2 + (Math.random() * longest) / 2);
    }
  }

  /** Until the connection is lost. */
  async function listen(onAttempt: () => void): Promise<void> {
    // A socket of our own, because a client that is no longer answered cannot be closed by asking for it.
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: patience.connection,
      query_timeout: patience.answer,
      stream: () => socket,
    });
    const lost = new Promise<void>((resolve) => client.once('end', resolve));
    client.on('error', () => socket.destroy());
    client.on('notification', ({ payload }) => tell(payload ?? null));
    const giveUp = () => socket.destroy();
    stopping.signal.addEventListener('abort', giveUp);
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      failures = 0;
      tell(null);
      onAttempt();
      await Promise.race([lost, askAgainAndAgain(client)]);
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
    } finally {
      stopping.signal.removeEventListener('abort', giveUp);
      socket.destroy();
    }
  }

  /** Rejects when an answer does not come. */
  async function askAgainAndAgain(client: pg.Client): Promise<void> {
    while (!stopping.signal.aborted) {
      await pause(patience.betweenQuestions);
      if (!stopping.signal.aborted) await client.query('select 1');
    }
  }

  const pause = (ms: number) => wait(ms, undefined, { signal: stopping.signal }).catch(() => {});

  return {
    start: () =>
      new Promise<void>((resolve) => {
        running = keepListening(resolve);
      }),
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
