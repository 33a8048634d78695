import { Activity, memo, type ReactNode, useCallback, useMemo, useState } from 'react';
import type { RevealAnswer } from '#contract/customers.ts';
import { revealContacts } from '#contract/panel-endpoints.ts';
import type { Api } from '../api/client.ts';
import { ApiError } from '../api/errors.ts';
import { BrowseCustomers } from '../customers/browse-customers.tsx';
import { type CardActions, CardActionsProvider } from '../customers/card-actions.ts';
import { CustomerCard } from '../customers/customer-card.tsx';
import { describeCustomer } from '../customers/describe-customer.ts';
import { bestIdentifier } from '../customers/format-match.ts';
import { HistoryOfCaller } from '../customers/interaction-list.tsx';
import { LateMatch } from '../customers/late-match.tsx';
import { CustomerSearch } from '../customers/lazy-customer-search.tsx';
import { MatchLine } from '../customers/match-line.tsx';
import { PossibleCustomers } from '../customers/possible-customers.tsx';
import type { RevealReason } from '../customers/reveal-dialog.tsx';
import { UnknownCustomer } from '../customers/unknown-customer.tsx';
import { useChoiceKeys } from '../customers/use-choice-keys.ts';
import { type CachedView, isStillLooking } from '../engagements/cached-view.ts';
import {
  type EngagementFeed,
  type FeedState,
  type ObservedEngagement,
  openEngagements,
} from '../engagements/engagement-feed.ts';
import { type EngagementViews, useCachedView, useDecision } from '../engagements/engagement-views.ts';
import { HandOver } from '../engagements/hand-over.tsx';
import type { LiveEngagements } from '../engagements/live-engagements.ts';
import { Timeline } from '../engagements/timeline.tsx';
import type { LiveConnection } from '../live/connection.ts';
import { useStore } from '../store/use-store.ts';
import { Button } from '../ui/button.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { Icon } from '../ui/icon.tsx';
import { loadOnUse, PartFailureProvider } from '../ui/load-on-use.tsx';
import { Notice } from '../ui/notice.tsx';
import { EngagementStrip } from './engagement-strip.tsx';
import { HelpButton } from './help-button.tsx';
import { type MessageKey, t } from './messages.ts';
import { OpenEngagements } from './open-engagements.tsx';
import {
  connectionOf,
  mountedEngagements,
  panelStateOf,
  supportsFocus,
  supportsVariables,
  withServerFocus,
} from './panel-state.ts';
import { PartFailed } from './part-failed.tsx';
import { HostFailed, LookingUp, LookUpFailed, PlainState, Stale } from './state-pages.tsx';

const OutsideZoom = loadOnUse(async () => (await import('./outside-zoom.tsx')).OutsideZoom);

type PanelParts = {
  feed: EngagementFeed;
  views: EngagementViews;
  api: Api;
  connection: Pick<LiveConnection, 'subscribe' | 'getState'>;
  liveEngagements: LiveEngagements;
  openUrl: (url: string) => void;
};

export function App(parts: PanelParts) {
  const { views } = parts;
  const state = usePanelFeed(parts);
  const live = useStore(parts.connection);
  const { host, focusedId, engagements } = state;
  const { cached, error } = useCachedView(views, focusedId);
  const focused = focusedId === null ? undefined : engagements.get(focusedId);
  const { openUrl } = parts;
  const openOnly = useMemo(() => ({ openUrl }), [openUrl]);
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
              menu={<HelpButton clientVersion={host.kind === 'ready' ? host.clientVersion : null} />}
            />
            <OpenEngagements open={openEngagements(state)} focusedId={focusedId} views={views} />
          </ErrorBoundary>
        </header>
        <p className="visually-hidden" role="status">
          {cached && describeCustomer(cached.shown.customer)}
        </p>
        <main
          className="panel-main"
          data-engagement-id={focusedId ?? undefined}
          data-state={panelStateOf(state, cached, error)}
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
                  fallback={(retry) => <LookUpFailed error={brokenPart} isRetrying={false} onRetry={retry} />}
                >
                  <EngagementPane engagement={engagement} {...parts} />
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

/** The state of the feed; for a host without focus, completed by the server. */
function usePanelFeed({ feed, liveEngagements }: PanelParts): FeedState {
  const state = useStore(feed);
  const open = useStore(liveEngagements);
  return useMemo(() => withServerFocus(state, open), [state, open]);
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
      <BrowseCustomers api={api}>
        <PlainState title={title}>
          <p>{children}</p>
        </PlainState>
      </BrowseCustomers>
    </div>
  );
}

type EngagementPaneProps = PanelParts & { engagement: ObservedEngagement };

const EngagementPane = memo(function EngagementPane({ engagement, ...parts }: EngagementPaneProps) {
  const { engagementId, facts, status } = engagement;
  const { cached, error, isRequesting } = useCachedView(parts.views, engagementId);
  const requestView = () => parts.views.request(engagementId);
  const handOver = (
    <HandOver
      facts={{ ...cached?.shown.engagement.facts, ...facts }}
      recorded={cached?.shown.engagement.record.handOver ?? null}
    />
  );
  if (cached !== undefined) {
    const hasGoneStale = error !== null || cached.failedSourceLabels !== null;
    return (
      <>
        {handOver}
        {hasGoneStale && <Stale source={cached.failedSourceLabels} isRetrying={isRequesting} onRetry={requestView} />}
        {isStillLooking(cached.shown) ? (
          <LookingUp sources={cached.shown.sources} />
        ) : (
          <CustomerPane engagementId={engagementId} cached={cached} {...parts} />
        )}
        <HistoryOfCaller view={cached.shown} />
        <Timeline record={cached.shown.engagement.record} />
      </>
    );
  }
  return (
    <>
      {handOver}
      {error !== null ? (
        <LookUpFailed error={error} isRetrying={isRequesting} onRetry={requestView} />
      ) : status === 'failed' && !isRequesting ? (
        <LookUpFailed error={null} isRetrying={false} onRetry={() => parts.feed.retry()} />
      ) : (
        <LookingUp />
      )}
    </>
  );
});

type CustomerPaneProps = PanelParts & { engagementId: string; cached: CachedView };

function CustomerPane({ engagementId, cached, views, api, openUrl }: CustomerPaneProps) {
  const [isSearchOpen, setIsSearchOpen] = useState(false);
  const linking = useDecision(views, engagementId);
  const view = cached.shown;
  const group = view.customer;
  const { undo, isDeciding } = linking;
  const canUndo = group.link.canUndo && !isDeciding;
  useChoiceKeys(useMemo(() => (canUndo ? { undo } : {}), [canUndo, undo]));

  const reveal = useCallback(
    (customerId: string, reason: RevealReason): Promise<RevealAnswer> =>
      api.call(revealContacts, { params: { engagementId }, body: { customerId, ...reason } }),
    [api, engagementId],
  );

  const actions = useMemo(
    (): CardActions => ({
      openUrl,
      refresh: (source) => views.refresh(engagementId, { ...(source !== undefined && { source }) }),
      verify: (customerId, method) => views.verify(engagementId, { customerId, method }),
    }),
    [engagementId, openUrl, views],
  );

  const search = (startWith: string, onClose?: () => void) => (
    <CustomerSearch
      api={api}
      startWith={startWith}
      choosing={{
        words: 'match.link',
        isBusy: isDeciding,
        choose: (customer) => {
          linking.link(customer.id);
          setIsSearchOpen(false);
        },
      }}
      onStart={() => views.startSearch(engagementId)}
      {...(onClose && { onClose })}
    />
  );
  const openedSearch = isSearchOpen && search('', () => setIsSearchOpen(false));
  const openSearch = () => setIsSearchOpen(true);

  return (
    <CardActionsProvider value={actions}>
      {cached.offered !== null && (
        <LateMatch offered={cached.offered.customer} onShow={() => views.showOffered(engagementId)} />
      )}
      {group.card !== null ? (
        <CustomerCard customer={group.card} reveal={reveal} view={view}>
          <MatchLine group={group} sources={view.sources} linking={linking}>
            {!isSearchOpen && (
              <Button look="icon" aria-label={t('match.search')} title={t('match.search')} onClick={openSearch}>
                <Icon name="search" />
              </Button>
            )}
          </MatchLine>
          {openedSearch}
        </CustomerCard>
      ) : group.candidates.length > 0 ? (
        <PossibleCustomers group={group} sources={view.sources} linking={linking}>
          {openedSearch || (
            <p className="none-of-these">
              {t('candidates.noneOfThese')} <Button onClick={openSearch}>{t('match.search')}</Button>
            </p>
          )}
        </PossibleCustomers>
      ) : (
        <UnknownCustomer group={group} sources={view.sources} linking={linking}>
          {search(bestIdentifier(group.match))}
        </UnknownCustomer>
      )}
    </CardActionsProvider>
  );
}
