import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { CustomerGroup } from '#contract/customers.ts';
import type { Agent } from '#contract/session.ts';
import type { AuditEntry } from './audit-entry.ts';
import { listShownCustomers } from './shown-customers.ts';

/** Resolves once the entry is stored; rejects when it cannot be. Must not be awaited in an open transaction. */
export type RecordAudit = (entry: AuditEntry) => Promise<void>;

/**
 * Records the customers that a view shows, each once for an agent and an engagement, and again with further records.
 * Returns undefined where all are
 * recorded already, so that a repeated view costs neither a statement nor a turn of the event loop.
 */
export type RecordShownCustomers = (
  agent: Agent,
  engagementId: string,
  customer: CustomerGroup,
) => Promise<void> | undefined;

type WaitingEntry = { entry: AuditEntry; resolve(): void; reject(error: unknown): void };

const maxGroupSize = 200;
/** Views whose entries this process knows to be stored. A forgotten one is looked up by `append`. */
const maxKnownViews = 50_000;

/** Group commit: entries that arrive together, or while others are being stored, share one transaction. */
export function createAuditTrail(parts: {
  /** One transaction. Adds no second entry for a view that is stored. */
  append(entries: AuditEntry[]): Promise<void>;
  countEntry(action: AuditEntry['action']): void;
}): { record: RecordAudit; recordShownCustomers: RecordShownCustomers } {
  let waiting: WaitingEntry[] = [];
  let isAppending = false;
  const views = new LRUCache<string, true | Promise<void>>({ max: maxKnownViews });

  async function appendWaiting(): Promise<void> {
    isAppending = true;
    // Requests that were read in the same turn share a commit.
    await nextTurn();
    while (waiting.length > 0) {
      const group = waiting.slice(0, maxGroupSize);
      waiting = waiting.slice(maxGroupSize);
      try {
        await parts.append(group.map(({ entry }) => entry));
        for (const { entry, resolve } of group) {
          parts.countEntry(entry.action);
          resolve();
        }
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    isAppending = false;
  }

  function record(entry: AuditEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({ entry, resolve, reject });
      if (!isAppending) void appendWaiting();
    });
  }

  async function recordView(key: string, entry: AuditEntry): Promise<void> {
    const recording = record(entry);
    views.set(key, recording);
    try {
      await recording;
      views.set(key, true);
    } catch (error) {
      views.delete(key);
      throw error;
    }
  }

  return {
    record,

    recordShownCustomers(agent, engagementId, customer) {
      const recordings: Promise<void>[] = [];
      for (const { customerId, records } of listShownCustomers(customer)) {
        const key = JSON.stringify([agent.account, agent.uid, engagementId, customerId, records]);
        const known = views.get(key);
        if (known === true) continue;
        const entry: AuditEntry = { agent, action: 'customer.view', engagementId, customerId };
        recordings.push(known ?? recordView(key, { ...entry, ...(records && { details: { records } }) }));
      }
      return recordings.length === 0 ? undefined : Promise.all(recordings).then(() => {});
    },
  };
}
