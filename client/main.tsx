import './ui/tokens.css';
import './ui/reset.css';
import './ui/ui.css';
import './engagements/engagements.css';
import './customers/customers.css';
import './panel/panel.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createApi } from './api/client.ts';
import { createQueryClient } from './api/query-client.ts';
import { createSession } from './api/session.ts';
import { createEngagementViews } from './engagements/engagement-views.ts';
import { createLiveEngagements } from './engagements/live-engagements.ts';
import { loadLanguage } from './i18n/translate.ts';
import { createConnection } from './live/connection.ts';
import { App } from './panel/app.tsx';
import { prefetchComponents } from './ui/load-on-use.tsx';
import { installFrameGuard, readAllowedHosts } from './zoom/frame-guard.ts';
import { createZoomHost } from './zoom/sdk.ts';
import { createSdkFeed } from './zoom/sdk-feed.ts';

// Installed before the SDK listens, or a foreign frame could send messages in Zoom's place.
const { frame } = installFrameGuard({
  allowedHosts: readAllowedHosts(document),
  // biome-ignore lint/suspicious/noConsole: the only hint for an admin that FRAME_ANCESTORS lacks a host.
  report: (origin) => console.warn(`Deskside ignored messages of ${origin}: it is not the page that hosts the panel.`),
});

const host = createZoomHost({ frame });
const feed = createSdkFeed(host);
const session = createSession({ getAppContext: () => host.getAppContext() });
const api = createApi(session);
const queryClient = createQueryClient();
const views = createEngagementViews({ api, queryClient });
const connection = createConnection({ session });
const liveEngagements = createLiveEngagements(connection, views);

// Requested in Zoom's own event; an effect would run a frame later.
feed.onObserved(views.observe);
// The app context, and with it the session, needs a configured SDK.
host.subscribe(() => host.getState().kind === 'ready' && connection.start());
feed.start();
void loadLanguage(navigator.language).then(render, render);
// Long after the first card, with which these requests would compete.
setTimeout(() => void prefetchComponents(), 3_000);

function openUrl(url: string): void {
  void host.openUrl(url);
}

function render(): void {
  const root = document.getElementById('root');
  if (root === null) return;
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App
          feed={feed}
          views={views}
          api={api}
          connection={connection}
          liveEngagements={liveEngagements}
          openUrl={openUrl}
        />
      </QueryClientProvider>
    </StrictMode>,
  );
}
