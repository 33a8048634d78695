/*
 * Engagements that go from one agent's desk to another's, under the same id. Pure, over all desks.
 *
 *   sender    active ──transfer──▶ warm: active, on hold, hand-over pending ──accepted──▶ wrap-up
 *                                                                          └─declined, canceled──▶ active as before
 *                                  cold: wrap-up at once, hand-over pending ──accepted or declined──▶ (wrap-up)
 *   receiver  (nothing) ──▶ ringing ──answer──▶ active
 *                                  └──decline, cancel──▶ end
 *
 * `settleTransfers` is to follow every change of any desk: it compares each pending hand-over with what the receiver
 * did. A transfer to a queue rings at the other agent, who serves all of them. A cold one that nobody takes is over.
 */
import type { Agent } from './agents.ts';
import {
  type ContactCenter,
  change,
  close,
  decline,
  demand,
  type Engagement,
  end,
  hold,
  openEngagements,
  ring,
  type TransferType,
} from './contact-center.ts';
import type { Queue } from './queues.ts';

/** By the agent's id. */
export type Desks = ReadonlyMap<string, ContactCenter>;

export type TransferOrder = {
  from: Agent;
  engagementId: string;
  to: Agent;
  type: TransferType;
  /** Sent to this queue, and from there to the agent. */
  queue?: Queue;
};

export function transfer(desks: Desks, order: TransferOrder, now: number): Desks {
  const { from, engagementId: id, to, type, queue } = order;
  const leg = demand(deskOf(desks, from), id, ['active'], 'transferred');
  const sent = change(deskOf(desks, from), id, { handOver: { type, to, outcome: 'pending', ...(queue && { queue }) } });
  const { channel, consumers, variables, startedAt } = leg;
  const received = ring(
    withoutLeftover(deskOf(desks, to), id, now),
    {
      id,
      channel,
      consumers,
      variables,
      startedAt,
      queue: queue ?? leg.queue,
      transfer: { type, fromAgent: from, fromQueue: leg.queue, ...(queue && { queue }) },
    },
    now,
  );
  return new Map(desks).set(from.id, type === 'warm' ? hold(sent, id, true) : end(sent, id, now)).set(to.id, received);
}

/** The sender takes a warm one back while it still rings. */
export function cancelTransfer(desks: Desks, from: Agent, engagementId: string, now: number): Desks {
  const { handOver } = demand(deskOf(desks, from), engagementId, ['active'], 'taken back');
  if (handOver?.outcome !== 'pending') throw new Error(`${engagementId} is not on its way to anybody`);
  const taken = change(hold(deskOf(desks, from), engagementId, false), engagementId, {
    handOver: { ...handOver, outcome: 'canceled' },
  });
  const receiver = decline(deskOf(desks, handOver.to), engagementId, now, 'canceled');
  return new Map(desks).set(from.id, taken).set(handOver.to.id, receiver);
}

export function settleTransfers(desks: Desks, now: number): Desks {
  const settled = new Map(desks);
  for (const [agentId, center] of desks) {
    for (const leg of center.engagements) {
      const outcome = outcomeOf(leg, desks);
      if (!leg.handOver || !outcome) continue;
      const changed = change(settled.get(agentId) ?? center, leg.id, { handOver: { ...leg.handOver, outcome } });
      settled.set(agentId, outcome === 'accepted' && leg.phase === 'active' ? end(changed, leg.id, now) : changed);
    }
  }
  return settled;
}

function outcomeOf({ id, handOver }: Engagement, desks: Desks): 'accepted' | 'declined' | null {
  if (handOver?.outcome !== 'pending') return null;
  const received = deskOf(desks, handOver.to).engagements.find((one) => one.id === id);
  if (received?.acceptedAt !== undefined) return 'accepted';
  return received?.unanswered ? 'declined' : null;
}

/** A transfer back to an agent who is still in wrap-up for the same engagement ends that wrap-up. */
function withoutLeftover(center: ContactCenter, id: string, now: number): ContactCenter {
  const isWriting = openEngagements(center).some((one) => one.id === id && one.phase === 'wrap-up');
  return isWriting ? close(center, id, now) : center;
}

function deskOf(desks: Desks, { id, name }: Agent): ContactCenter {
  const center = desks.get(id);
  if (!center) throw new Error(`${name} has no desk`);
  return center;
}
