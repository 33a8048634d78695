import { openLiveStream } from '#contract/live.ts';
import type { StreamRoute } from '../platform/http/route.ts';
import type { Hub } from './hub.ts';

/** A panel opens one stream and reconnects only when it breaks. */
const perMinute = 60;

export function createLiveRoutes(hub: Pick<Hub, 'open'>): StreamRoute[] {
  return [
    {
      kind: 'stream',
      endpoint: openLiveStream,
      role: 'agent',
      perMinute,
      async handle({ principal, headers, response }) {
        // Express runs this handler for HEAD too; without a body the response would never end.
        if (response.req.method === 'HEAD') return void response.end();
        await hub.open({ session: principal, lastEventId: headers['last-event-id'], response });
      },
    },
  ];
}
