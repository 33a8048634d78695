import { openLiveStream } from '#contract/live.ts';
import { openSession } from '#contract/session.ts';
import type { EngagementView } from '#contract/view.ts';
import { sealAppContext } from '../auth/fake-app-context.ts';
import { openFakeStream } from '../live/fake-stream.ts';
import { callEndpoint } from '../platform/http/call-for-tests.ts';
import { zoomClientSecret } from './server-process-for-tests.ts';

/** An agent's panel as the server sees it: a session and a stream. */
type Panel = {
  /** Resolves with the first view that came, or comes, over the stream and meets the condition; rejects after `ms`. */
  view(meets: (view: EngagementView) => boolean, ms: number): Promise<EngagementView>;
  close(): void;
};

export async function openPanel(port: number, uid: string): Promise<Panel> {
  const address = `http://127.0.0.1:${port}`;
  const claims = { uid, aud: 'client-1', iss: 'marketplace.zoom.us', exp: Date.now() + 120_000 };
  const context = sealAppContext(claims, zoomClientSecret).toString('base64');
  const { token } = await callEndpoint(address, openSession, { body: { context } });
  const stream = await openFakeStream({ url: address + openLiveStream.path, token });
  return {
    async view(meets, ms) {
      const event = await stream.next((one) => one.type === 'engagement' && meets(one.data), ms);
      if (event.type !== 'engagement') throw new Error(`A view was asked for, and ${event.type} came`);
      return event.data;
    },
    close: stream.close,
  };
}
