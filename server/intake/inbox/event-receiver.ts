import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { hideAccountIds } from '../normalize/account-reference.ts';
import { computeEventKey } from '../normalize/event-key.ts';
import { asObject } from '../normalize/json-fields.ts';
import { computeFlowPostKey, flowEventName, normalizeFlowPost } from '../normalize/normalize-flow-post.ts';
import { unreadableEvent } from '../normalize/normalize-row.ts';
import { parseAndRedact, redactBody } from '../normalize/parse-and-redact.ts';
import { type ReceivedEvent, readEnvelope } from '../normalize/read-envelope.ts';
import type { GroupCommit, StoreOutcome } from './group-commit.ts';
import type { NewInboxRow } from './inbox-store.ts';

/** Stores each delivery once and durably. Its engagement events are derived later (inbox-processor.ts). */
export type EventReceiver = {
  /**
   * A webhook whose signature is verified, or the `content` of a WebSocket message. Unreadable bodies are stored as
   * dead letters. Rejects with AppError `unavailable` within 2 s if the event cannot be stored.
   */
  receiveZoomEvent(origin: 'webhook' | 'socket', body: Uint8Array | string): Promise<StoreOutcome>;
  /** `body` is parsed JSON. Rejects with `unavailable`, or with `invalid_request` and stores nothing. */
  receiveFlowPost(name: string, body: unknown): Promise<StoreOutcome>;
};

export function createEventReceiver(parts: {
  groupCommit: GroupCommit<NewInboxRow>;
  /** The installation's key for a Zoom account id, or for a body without one. */
  accountKeyFor: (accountId: string | undefined) => string;
  /** Wakes the processor. */
  wake: () => void;
  clock: Clock;
  metrics: Pick<Metrics, 'intakeEvents' | 'intakeAck' | 'intakeLag'>;
}): EventReceiver {
  const { groupCommit, accountKeyFor, wake, clock, metrics } = parts;

  async function store(row: NewInboxRow, startedAt: number): Promise<StoreOutcome> {
    const { origin } = row;
    try {
      const outcome = await groupCommit.add(row, row.dedupe_key);
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
    async receiveZoomEvent(origin, body) {
      const startedAt = performance.now();
      const receivedAt = clock();
      const parsed = parseAndRedact(body);
      const received =
        parsed.kind === 'read'
          ? readEnvelope(parsed.body, receivedAt)
          : toUnreadable(parsed.redactedText, parsed.reason);
      const account = accountKeyFor(received.accountId);
      const stored = hideAccountIds(parsed.redactedText, accountKeyFor);
      return store(toRow(received, { origin, body: stored, receivedAt, account }), startedAt);
    },

    async receiveFlowPost(name, unredacted) {
      const startedAt = performance.now();
      const receivedAt = clock();
      const body = asObject(redactBody(unredacted));
      if (body === undefined) {
        throw new AppError('invalid_request', 'Send one flat JSON object.', { reason: 'no-object' });
      }
      const event = flowEventName(name);
      const key = computeFlowPostKey(event, body);
      const post = normalizeFlowPost({ name: event, body, key, receivedAt });
      if (post.kind === 'refused') {
        metrics.intakeEvents.inc({ origin: 'flow', outcome: 'refused' });
        throw new AppError('invalid_request', post.advice, { reason: `no-${post.field}` });
      }
      const received: ReceivedEvent = {
        event,
        accountId: undefined,
        key,
        happenedAt: null,
        engagementId: post.event.engagementId,
        outcome: { state: 'pending' },
      };
      const account = accountKeyFor(undefined);
      return store(toRow(received, { origin: 'flow', body: JSON.stringify(body), receivedAt, account }), startedAt);
    },
  };
}

function toUnreadable(redactedText: string, reason: string): ReceivedEvent {
  return {
    event: unreadableEvent,
    accountId: undefined,
    key: computeEventKey('unreadable', redactedText),
    happenedAt: null,
    engagementId: null,
    outcome: { state: 'dead', reason },
  };
}

function toRow(
  { event, key, happenedAt, engagementId, outcome }: ReceivedEvent,
  delivery: { origin: NewInboxRow['origin']; body: string; receivedAt: number; account: string },
): NewInboxRow {
  return {
    account: delivery.account,
    dedupe_key: key,
    origin: delivery.origin,
    event,
    engagement_id: engagementId,
    happened_at: happenedAt,
    received_at: delivery.receivedAt,
    body: delivery.body,
    state: outcome.state,
    reason: outcome.state === 'dead' ? outcome.reason : null,
    processed_at: outcome.state === 'pending' ? null : delivery.receivedAt,
  };
}
