import { Activity, type ReactNode, useCallback, useMemo, useState } from 'react';
import type { Api } from '../api/client.ts';
import { ApiError } from '../api/errors.ts';
import { BrowseCustomers } from '../customers/browse-customers.tsx';
import { CardActionsProvider } from '../customers/card-actions.ts';
import { describeCustomer } from '../customers/describe-customer.ts';
import { type FeedState, openEngagements } from '../engagements/engagement-feed.ts';
import { useCachedView } from '../engagements/engagement-views.ts';
import type { LiveEngagements } from '../engagements/live-engagements.ts';
import type { LiveConnection } from '../live/connection.ts';
import { useStore } from '../store/use-store.ts';
import { Button } from '../ui/button.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { Icon } from '../ui/icon.tsx';
import { loadOnUse, PartFailureProvider } from '../ui/load-on-use.tsx';
import { Notice } from '../ui/notice.tsx';
import { EngagementPane, type PaneParts, type Search } from './engagement-pane.tsx';
import { EngagementStrip } from './engagement-strip.tsx';
import { HelpButton } from './help-button.tsx';
import { type MessageKey, t } from './messages.ts';
import { callerOf, OpenEngagements } from './open-engagements.tsx';
import {
  connectionOf,
  matchOf,
  mountedEngagements,
  panelStateOf,
  supportsFocus,
  supportsVariables,
  withServerFocus,
} from './panel-state.ts';
import { PartFailed } from './part-failed.tsx';
import { HostFailed, LookingUp, LookUpFailed, PlainState } from './state-pages.tsx';

const OutsideZoom = loadOnUse(async () => (await import('./outside-zoom.tsx')).OutsideZoom);

type PanelParts = PaneParts & {
  connection: Pick<LiveConnection, 'subscribe' | 'getState'>;
  liveEngagements: LiveEngagements;
};

export function App(parts: PanelParts) {
  const { views } = parts;
  const [chosenId, choose] = useState<string | null>(null);
  const state = usePanelFeed(parts, chosenId);
  const live = useStore(parts.connection);
  const { host, focusedId, engagements } = state;
  const { cached, error } = useCachedView(views, focusedId);
  const focused = focusedId === null ? undefined : engagements.get(focusedId);
  const { openUrl } = parts;
  const openOnly = useMemo(() => ({ openUrl }), [openUrl]);
  const [searches, openSearch, closeSearch] = useSearches();
  const toggleSearch = (engagementId: string) =>
    searches.has(engagementId) ? closeSearch(engagementId) : openSearch(engagementId, 'add');
  const isUnreached = error instanceof ApiError && error.code === 'offline';
  return (
    <PartFailureProvider value={renderPartFailure}>
      <div className="panel">
        <header>
          <ErrorBoundary fallback={renderPartFailure}>
            <EngagementStrip
              facts={focused ? { ...cached?.shown.engagement.facts, ...focused.facts } : null}
              record={cached?.shown.engagement.record ?? null}
              connection={connectionOf(host, live, { isUnreached, gaps: cached?.shown.engagement.record.gaps ?? [] })}
              menu={
                <>
                  {focusedId !== null && (
                    <Button
                      look="icon"
                      aria-label={t('match.search')}
                      title={t('match.search')}
                      aria-expanded={searches.get(focusedId) !== undefined}
                      onClick={() => toggleSearch(focusedId)}
                    >
                      <Icon name="search" />
                    </Button>
                  )}
                  <HelpButton clientVersion={host.kind === 'ready' ? host.clientVersion : null} />
                </>
              }
            />
            <OpenEngagements
              open={openEngagements(state)}
              focusedId={focusedId}
              views={views}
              {...(!supportsFocus(host) && { onChoose: choose })}
            />
          </ErrorBoundary>
        </header>
        <p className="visually-hidden" role="status">
          {cached && describeCustomer(cached.shown.customer, cached.shown.engagement.facts)}
        </p>
        <main
          className="panel-main"
          data-engagement-id={focusedId ?? undefined}
          data-state={panelStateOf(state, cached, error)}
          data-match={focusedId === null ? undefined : matchOf(cached)}
        >
          {focusedId === null && (
            <CardActionsProvider value={openOnly}>
              <WithoutEngagement state={state} {...parts} />
            </CardActionsProvider>
          )}
          {mountedEngagements(state).map((engagement) => (
            <Activity key={engagement.engagementId} mode={engagement.engagementId === focusedId ? 'visible' : 'hidden'}>
              <div className="pane">
                {!supportsFocus(host) && <Missing words="state.byEvents" />}
                {supportsFocus(host) && !supportsVariables(host) && <Missing words="state.variables" />}
                <ErrorBoundary
                  fallback={(retry) => (
                    <LookUpFailed
                      caller={callerOf(engagement.facts)}
                      error={brokenPart}
                      isRetrying={false}
                      onRetry={retry}
                    />
                  )}
                >
                  <EngagementPane
                    engagement={engagement}
                    search={searches.get(engagement.engagementId)}
                    openSearch={openSearch}
                    closeSearch={closeSearch}
                    {...parts}
                  />
                </ErrorBoundary>
              </div>
            </Activity>
          ))}
        </main>
      </div>
    </PartFailureProvider>
  );
}

const renderPartFailure = (retry: () => void) => <PartFailed onRetry={retry} />;

/** The engagements in which the agent searches for the customer by hand. */
function useSearches() {
  const [searches, setSearches] = useState<ReadonlyMap<string, Search>>(new Map());
  const open = useCallback(
    (engagementId: string, search: Search) => setSearches((all) => new Map(all).set(engagementId, search)),
    [],
  );
  const close = useCallback(
    (engagementId: string) => setSearches((all) => new Map([...all].filter(([id]) => id !== engagementId))),
    [],
  );
  return [searches, open, close] as const;
}

/** The state of the feed; for a host without focus, completed by the server. */
function usePanelFeed({ feed, liveEngagements }: PanelParts, chosenId: string | null): FeedState {
  const state = useStore(feed);
  const open = useStore(liveEngagements);
  return useMemo(() => withServerFocus(state, open, chosenId), [state, open, chosenId]);
}

function Missing({ words }: { words: MessageKey }) {
  return (
    <Notice kind="caution">
      <p>{t(words)}</p>
    </Notice>
  );
}

const brokenPart = new ApiError('internal', 'A part of the panel could not be drawn.');

function WithoutEngagement({ state: { host, problem }, feed, api }: PanelParts & { state: FeedState }) {
  const retry = () => feed.retry();
  switch (host.kind) {
    case 'starting':
      return <LookingUp />;
    case 'outside':
      return <OutsideZoom />;
    case 'failed':
      return <HostFailed reason={host.reason} onRetry={retry} />;
    case 'ready':
      if (!supportsFocus(host)) {
        return (
          <Browse api={api} title={t('state.old.title')}>
            {t('state.old.text', { version: host.clientVersion })}
          </Browse>
        );
      }
      if (problem !== null) return <HostFailed reason={problem} onRetry={retry} />;
      return (
        <Browse api={api} title={t('state.idle.title')}>
          {t('state.idle.text')}
        </Browse>
      );
  }
}

function Browse({ api, title, children }: { api: Api; title: string; children: ReactNode }) {
  return (
    <div className="pane">
      <div className="pane-body">
        <BrowseCustomers api={api}>
          <PlainState title={title}>
            <p>{children}</p>
          </PlainState>
        </BrowseCustomers>
      </div>
    </div>
  );
}
