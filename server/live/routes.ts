import { openLiveStream } from '#contract/live.ts';
import type { StreamRoute } from '../platform/http/route.ts';
import type { Hub } from './hub.ts';

/** A panel opens one and comes again only when it is cut; a reload storm is no reason to serve one agent 1,000. */
const perMinute = 60;

export function createLiveRoutes(hub: Pick<Hub, 'open'>): StreamRoute[] {
  return [
    {
      kind: 'stream',
      endpoint: openLiveStream,
      role: 'agent',
      perMinute,
      async handle({ principal, headers, response }) {
        // Express answers HEAD by the same handler, and what has no body would never end.
        if (response.req.method === 'HEAD') return void response.end();
        await hub.open({ session: principal, lastEventId: headers['last-event-id'], response });
      },
    },
  ];
}
