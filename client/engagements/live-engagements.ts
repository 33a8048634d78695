/*
 * Applies the stream to this agent's engagements: every pushed view goes into the cache that the panel's own requests
 * fill, so that the card exists before Zoom names the engagement. It also lists what is open, for hosts without focus.
 *
 * `reset` carries all open engagements. One that was open before and is missing from it ended while the stream was
 * interrupted: its view is requested once, so that its record does not stay on hold.
 */
import type { EngagementView } from '#contract/view.ts';
import type { LiveConnection } from '../live/connection.ts';
import { createStore, type ReadableStore } from '../store/create-store.ts';
import type { EngagementViews } from './engagement-views.ts';

/** By engagement id, in the order first pushed. */
export type OpenViews = ReadonlyMap<string, EngagementView>;

export type LiveEngagements = ReadableStore<OpenViews>;

export function createLiveEngagements(
  connection: Pick<LiveConnection, 'onEvent'>,
  views: Pick<EngagementViews, 'receive' | 'request'>,
): LiveEngagements {
  const store = createStore<OpenViews>(new Map());

  connection.onEvent((event) => {
    if (event.type === 'reset') {
      const before = store.getState();
      const open = new Map(event.data.views.map((view) => [view.engagementId, view]));
      store.setState(open);
      for (const view of event.data.views) views.receive(view);
      for (const engagementId of before.keys()) if (!open.has(engagementId)) views.request(engagementId);
      return;
    }
    const view = event.data;
    const open = new Map(store.getState()).set(view.engagementId, view);
    if (view.engagement.record.phase === 'ended') open.delete(view.engagementId);
    store.setState(open);
    views.receive(view);
  });

  return store;
}
