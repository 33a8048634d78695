/**
 * Notifies readers that something of an account was committed. A wake-up carries no data and may be lost: readers read
 * from a cursor and also poll.
 *
 *   SQLite       calls the listeners of this process, the only one that has any.
 *   PostgreSQL   calls them too, and notifies the other processes with NOTIFY after the commit: inside the transaction
 *                NOTIFY would take a lock that all commits of the database share. Notifications of 20 ms are gathered
 *                into one statement, each account once.
 *
 * The listening connection: connecting → listening → lost → (back-off with jitter) → connecting. Each time it starts to
 * listen it calls the listeners with `null`, "anything may have changed", because notifications sent while it was away
 * are lost. A probe that is not answered in time counts as lost too: a network that drops all packets closes nothing.
 */

import { Socket } from 'node:net';
import { sql } from 'kysely';
import pg from 'pg';
import { createBackOff } from '../timing/back-off.ts';
import { createLoop } from '../timing/loop.ts';
import { pause } from '../timing/pause.ts';
import type { Database } from './database.ts';

export type ChangeNotifications = {
  /** Call it after the commit. Never throws, never waits. */
  notify(account: string): void;
  /** `null`: anything may have changed. Returns a function that ends the subscription. */
  subscribe(listener: (account: string | null) => void): () => void;
  /** Resolves after the first attempt to listen, failed or not: it is repeated, and nothing depends on it. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

const channel = 'deskside_live';

/** ms */
const timeouts = { connection: 2_000, answer: 5_000 };
const probeEveryMs = 15_000;
const gatherMs = 20;

export function createChangeNotifications(parts: {
  database: Pick<Database, 'kind' | 'db'>;
  url: string;
  report(error: unknown): void;
}): ChangeNotifications {
  const { database, url, report } = parts;
  const listeners = new Set<(account: string | null) => void>();
  const notifyListeners = (account: string | null) => {
    for (const listener of listeners) {
      try {
        listener(account);
      } catch (error) {
        report(error);
      }
    }
  };
  const subscribe: ChangeNotifications['subscribe'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  if (database.kind === 'sqlite') {
    return { notify: notifyListeners, subscribe, start: async () => {}, stop: async () => {} };
  }

  const dispatcher = createDispatcher(database.db, report);
  const receiver = createReceiver({ url, notifyListeners, report });
  return {
    notify(account) {
      notifyListeners(account);
      dispatcher.send(account);
    },
    subscribe,
    start: receiver.start,
    async stop() {
      await Promise.all([receiver.stop(), dispatcher.drain()]);
    },
  };
}

/** Notifications that cannot be sent are dropped: the other processes poll. */
function createDispatcher(db: Database['db'], report: (error: unknown) => void) {
  const pending = new Set<string>();
  let sending: Promise<void> | undefined;

  async function sendPending(): Promise<void> {
    while (pending.size > 0) {
      await pause(gatherMs);
      const accounts = [...pending];
      pending.clear();
      await sql`select pg_notify(${channel}, account) from unnest(${accounts}::text[]) as account`
        .execute(db)
        .catch(report);
    }
    sending = undefined;
  }

  return {
    send(account: string): void {
      pending.add(account);
      sending ??= sendPending();
    },
    drain: async () => sending,
  };
}

function createReceiver(parts: {
  url: string;
  notifyListeners(account: string | null): void;
  report(error: unknown): void;
}) {
  const { url, notifyListeners, report } = parts;
  const backOff = createBackOff({ firstMs: 100, maxMs: 5_000, jitter: 0.5 });
  let onFirstAttempt = () => {};

  /** Until the connection is lost. Returns the delay before the next one, ms. */
  async function listen(signal: AbortSignal): Promise<number> {
    // A socket of our own: a client that gets no answers cannot be closed by its own protocol.
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: timeouts.connection,
      query_timeout: timeouts.answer,
      stream: () => socket,
    });
    const lost = new Promise<void>((resolve) => client.once('end', resolve));
    client.on('error', () => socket.destroy());
    client.on('notification', ({ payload }) => notifyListeners(payload ?? null));
    const disconnect = () => socket.destroy();
    signal.addEventListener('abort', disconnect);
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      backOff.reset();
      notifyListeners(null);
      onFirstAttempt();
      await Promise.race([lost, probe(client, signal)]);
    } catch (error) {
      if (!signal.aborted) report(error);
    } finally {
      signal.removeEventListener('abort', disconnect);
      socket.destroy();
      onFirstAttempt();
    }
    return backOff.next();
  }

  /** Rejects when an answer does not come. */
  async function probe(client: pg.Client, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(probeEveryMs, signal);
      if (!signal.aborted) await client.query('select 1');
    }
  }

  const loop = createLoop({ run: listen, intervalMs: probeEveryMs, report });
  return {
    start: () =>
      new Promise<void>((resolve) => {
        onFirstAttempt = resolve;
        loop.start();
      }),
    stop: loop.stop,
  };
}
