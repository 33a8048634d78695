/*
 * What the stream tells of this agent's engagements: each view goes to where the panel's own answers go, so that the card
 * is there before Zoom names the engagement; and the list of what is open, for hosts that name none.
 *
 * `reset` is everything that is open. What was open before and is not in it ended unheard: it is asked about once, so
 * that its record does not stay on hold for ever.
 */
import type { EngagementView } from '#contract/customers.ts';
import type { LiveConnection } from '../live/connection.ts';
import type { EngagementViews } from './engagement-views.ts';

/** By engagement id, in the order in which they were first told. */
export type OpenViews = ReadonlyMap<string, EngagementView>;

export type LiveEngagements = {
  /** The same object until something changes. */
  getOpen(): OpenViews;
  subscribe(listener: () => void): () => void;
};

export function followLive(
  connection: Pick<LiveConnection, 'onEvent'>,
  views: Pick<EngagementViews, 'receive' | 'ask'>,
): LiveEngagements {
  const listeners = new Set<() => void>();
  let open: OpenViews = new Map();

  function become(next: OpenViews): void {
    open = next;
    for (const listener of [...listeners]) listener();
  }

  connection.onEvent((news) => {
    if (news.type === 'reset') {
      const before = open;
      become(new Map(news.data.views.map((view) => [view.engagementId, view])));
      for (const view of news.data.views) views.receive(view);
      for (const engagementId of before.keys()) if (!open.has(engagementId)) views.ask(engagementId);
      return;
    }
    const view = news.data;
    const next = new Map(open).set(view.engagementId, view);
    if (view.record.phase === 'ended') next.delete(view.engagementId);
    become(next);
    views.receive(view);
  });

  return {
    getOpen: () => open,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
