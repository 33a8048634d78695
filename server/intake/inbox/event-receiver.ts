import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { keyOf } from '../normalize/event-key.ts';
import { interpretFlow } from '../normalize/normalize-row.ts';
import { type Interpretation, normalise } from '../normalize/normalize-zoom-event.ts';
import { readBody, redactBody } from '../normalize/read-body.ts';
import { asObject } from '../normalize/read-fields.ts';
import { flowEventName, readFlowPost } from '../normalize/read-flow-post.ts';
import type { GroupCommit, Stored } from './group-commit.ts';
import type { NewInboxRow } from './inbox-store.ts';

/** Whatever comes in: stored once and durably, then acknowledged. What it means is worked out afterwards (inbox-processor.ts). */
export type Receive = {
  /**
   * A webhook whose signature is verified, or the `content` of a WebSocket's message. Everything is taken: what cannot be
   * understood becomes a dead letter. Rejects with AppError `unavailable` within 2 s where it cannot be stored.
   */
  fromZoom(way: 'webhook' | 'socket', body: Uint8Array | string): Promise<Stored>;
  /** `body`: what a JSON parser made of it. Rejects with `unavailable`, or with `invalid_request`: then nothing is stored. */
  fromFlow(name: string, body: unknown): Promise<Stored>;
};

export function createReceive(parts: {
  groups: GroupCommit<NewInboxRow>;
  /** The installation's key for one of Zoom's account ids, or for a body that names none. */
  accountOf: (accountId: string | undefined) => string;
  /** Something is there to be processed. */
  wake: () => void;
  clock: Clock;
  metrics: Pick<Metrics, 'intakeEvents' | 'intakeAck' | 'intakeLag'>;
}): Receive {
  const { groups, accountOf, wake, clock, metrics } = parts;

  async function store(row: NewInboxRow, startedAt: number): Promise<Stored> {
    const { way } = row;
    try {
      const outcome = await groups.add(row, row.dedupe_key);
      metrics.intakeEvents.inc({ way, outcome: outcome.kind });
      if (outcome.kind === 'stored') {
        if (row.happened_at !== null) {
          metrics.intakeLag.observe({ way }, Math.max(0, row.received_at - row.happened_at) / 1_000);
        }
        if (row.state === 'pending') wake();
      }
      return outcome;
    } catch (error) {
      metrics.intakeEvents.inc({ way, outcome: 'unavailable' });
      throw error;
    } finally {
      metrics.intakeAck.observe({ way }, (performance.now() - startedAt) / 1_000);
    }
  }

  return {
    async fromZoom(way, bytes) {
      const startedAt = performance.now();
      const receivedAt = clock();
      const read = readBody(bytes);
      const said: Interpretation =
        read.kind === 'read'
          ? normalise(read.body, receivedAt)
          : {
              kind: 'malformed',
              reason: read.reason,
              event: 'unreadable',
              accountId: undefined,
              key: keyOf('unreadable', read.stored),
              happenedAt: null,
              engagementId: null,
            };
      return store(toRow(said, { way, body: read.stored, receivedAt, account: accountOf(said.accountId) }), startedAt);
    },

    async fromFlow(name, given) {
      const startedAt = performance.now();
      const receivedAt = clock();
      const body = asObject(redactBody(given));
      if (body === undefined)
        throw new AppError('invalid_request', 'Send one flat JSON object.', { reason: 'no-object' });
      const post = readFlowPost(flowEventName(name), body, receivedAt);
      if (post.kind === 'refused') {
        metrics.intakeEvents.inc({ way: 'flow', outcome: 'refused' });
        throw new AppError('invalid_request', post.advice, { reason: `no-${post.field}` });
      }
      const said = interpretFlow(name, body, receivedAt);
      const stored = JSON.stringify(body);
      return store(toRow(said, { way: 'flow', body: stored, receivedAt, account: accountOf(undefined) }), startedAt);
    },
  };
}

const stateOf = { statements: 'pending', kept: 'kept', malformed: 'dead' } as const;

function toRow(
  said: Interpretation,
  arrival: { way: NewInboxRow['way']; body: string; receivedAt: number; account: string },
): NewInboxRow {
  const state = stateOf[said.kind];
  return {
    account: arrival.account,
    dedupe_key: said.key,
    way: arrival.way,
    event: said.event,
    engagement_id: said.engagementId,
    happened_at: said.happenedAt,
    received_at: arrival.receivedAt,
    body: arrival.body,
    state,
    reason: said.kind === 'malformed' ? said.reason : null,
    processed_at: state === 'pending' ? null : arrival.receivedAt,
  };
}
