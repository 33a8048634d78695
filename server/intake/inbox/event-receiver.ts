import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { computeEventKey } from '../normalize/event-key.ts';
import { normalizeFlowPost } from '../normalize/normalize-row.ts';
import { type NormalizedBody, normalizeZoomEvent } from '../normalize/normalize-zoom-event.ts';
import { readBody, redactBody } from '../normalize/read-body.ts';
import { asObject } from '../normalize/read-fields.ts';
import { flowEventName, readFlowPost } from '../normalize/read-flow-post.ts';
import type { GroupCommit, StoreOutcome } from './group-commit.ts';
import type { NewInboxRow } from './inbox-store.ts';

/** Whatever comes in: stored once and durably, then acknowledged. What it means is worked out afterwards (inbox-processor.ts). */
export type EventReceiver = {
  /**
   * A webhook whose signature is verified, or the `content` of a WebSocket's message. Everything is taken: what cannot be
   * understood becomes a dead letter. Rejects with AppError `unavailable` within 2 s where it cannot be stored.
   */
  receiveZoomEvent(origin: 'webhook' | 'socket', body: Uint8Array | string): Promise<StoreOutcome>;
  /** `body`: what a JSON parser made of it. Rejects with `unavailable`, or with `invalid_request`: then nothing is stored. */
  receiveFlowPost(name: string, body: unknown): Promise<StoreOutcome>;
};

export function createEventReceiver(parts: {
  groups: GroupCommit<NewInboxRow>;
  /** The installation's key for one of Zoom's account ids, or for a body that names none. */
  accountOf: (accountId: string | undefined) => string;
  /** Something is there to be processed. */
  wake: () => void;
  clock: Clock;
  metrics: Pick<Metrics, 'intakeEvents' | 'intakeAck' | 'intakeLag'>;
}): EventReceiver {
  const { groups, accountOf, wake, clock, metrics } = parts;

  async function store(row: NewInboxRow, startedAt: number): Promise<StoreOutcome> {
    const { origin } = row;
    try {
      const outcome = await groups.add(row, row.dedupe_key);
      metrics.intakeEvents.inc({ origin, outcome: outcome.kind });
      if (outcome.kind === 'stored') {
        if (row.happened_at !== null) {
          metrics.intakeLag.observe({ origin }, Math.max(0, row.received_at - row.happened_at) / 1_000);
        }
        if (row.state === 'pending') wake();
      }
      return outcome;
    } catch (error) {
      metrics.intakeEvents.inc({ origin, outcome: 'unavailable' });
      throw error;
    } finally {
      metrics.intakeAck.observe({ origin }, (performance.now() - startedAt) / 1_000);
    }
  }

  return {
    async receiveZoomEvent(origin, bytes) {
      const startedAt = performance.now();
      const receivedAt = clock();
      const read = readBody(bytes);
      const said: NormalizedBody =
        read.kind === 'read'
          ? normalizeZoomEvent(read.body, receivedAt, origin)
          : {
              kind: 'malformed',
              reason: read.reason,
              event: 'unreadable',
              accountId: undefined,
              key: computeEventKey('unreadable', read.stored),
              happenedAt: null,
              engagementId: null,
            };
      return store(
        toRow(said, { origin, body: read.stored, receivedAt, account: accountOf(said.accountId) }),
        startedAt,
      );
    },

    async receiveFlowPost(name, given) {
      const startedAt = performance.now();
      const receivedAt = clock();
      const body = asObject(redactBody(given));
      if (body === undefined)
        throw new AppError('invalid_request', 'Send one flat JSON object.', { reason: 'no-object' });
      const post = readFlowPost(flowEventName(name), body, receivedAt);
      if (post.kind === 'refused') {
        metrics.intakeEvents.inc({ origin: 'flow', outcome: 'refused' });
        throw new AppError('invalid_request', post.advice, { reason: `no-${post.field}` });
      }
      const said = normalizeFlowPost(name, body, receivedAt);
      const stored = JSON.stringify(body);
      return store(toRow(said, { origin: 'flow', body: stored, receivedAt, account: accountOf(undefined) }), startedAt);
    },
  };
}

const stateOf = { statements: 'pending', ignored: 'ignored', malformed: 'dead' } as const;

function toRow(
  said: NormalizedBody,
  arrival: { origin: NewInboxRow['origin']; body: string; receivedAt: number; account: string },
): NewInboxRow {
  const state = stateOf[said.kind];
  return {
    account: arrival.account,
    dedupe_key: said.key,
    origin: arrival.origin,
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
