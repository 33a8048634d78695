import type { StreamRoute } from '../platform/http/route.ts';
import type { Hub } from './hub.ts';

/** A panel opens one and comes again only when it is cut; a reload storm is no reason to serve one agent 1,000. */
const perMinute = 60;

export function createLiveRoutes(hub: Pick<Hub, 'open'>): StreamRoute[] {
  return [
    {
      kind: 'stream',
      method: 'get',
      path: '/api/live',
      policy: 'agent',
      perMinute,
      async handle({ session, headers, response }) {
        // Express answers HEAD by the same handler, and what has no body would never end.
        if (response.req.method === 'HEAD') return void response.end();
        await hub.open({ session, lastEventId: headers['last-event-id'], response });
      },
    },
  ];
}
