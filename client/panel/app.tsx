import {
  Activity,
  memo,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { RevealAnswer } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import { revealContacts } from '#contract/panel-endpoints.ts';
import type { Api } from '../api/client.ts';
import { ApiError } from '../api/errors.ts';
import { BrowseCustomers } from '../customers/browse-customers.tsx';
import { type CardActions, CardActionsProvider } from '../customers/card-actions.ts';
import { CustomerCard } from '../customers/customer-card.tsx';
import { describeCustomer } from '../customers/describe-customer.ts';
import { CallsFromNumber } from '../customers/earlier-contact.tsx';
import { LateMatch } from '../customers/late-match.tsx';
import { CustomerSearch } from '../customers/lazy-customer-search.tsx';
import { PossibleCustomers } from '../customers/possible-customers.tsx';
import type { RevealReason } from '../customers/reveal-dialog.tsx';
import { SourcesFooter } from '../customers/sources-footer.tsx';
import { type Linking, TrustLine } from '../customers/trust-line.tsx';
import { UnknownCustomer } from '../customers/unknown-customer.tsx';
import { useChoiceKeys } from '../customers/use-choice-keys.ts';
import { VerificationState } from '../customers/verification-state.tsx';
import { type CachedView, isStillLooking } from '../engagements/cached-view.ts';
import {
  type EngagementFeed,
  type FeedState,
  type ObservedEngagement,
  openEngagements,
} from '../engagements/engagement-feed.ts';
import { type EngagementViews, useCachedView, useDecision } from '../engagements/engagement-views.ts';
import { HandOver, showsHandOver } from '../engagements/hand-over.tsx';
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

/** `replace`: for the agent the shown customer is another person. */
type Search = 'add' | 'replace';

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

type EngagementPaneProps = PanelParts & {
  engagement: ObservedEngagement;
  search: Search | undefined;
  openSearch: (engagementId: string, search: Search) => void;
  closeSearch: (engagementId: string) => void;
};

const EngagementPane = memo(function EngagementPane({ engagement, ...parts }: EngagementPaneProps) {
  const { engagementId, facts, status } = engagement;
  const { views, openUrl } = parts;
  const { cached, error, isRequesting } = useCachedView(views, engagementId);
  const requestView = () => views.request(engagementId);
  const actions = useMemo(
    (): CardActions => ({
      openUrl,
      refresh: (source) => views.refresh(engagementId, { ...(source !== undefined && { source }) }),
      verify: (customerId, method) => views.verify(engagementId, { customerId, method }),
    }),
    [engagementId, openUrl, views],
  );
  const knownFacts = { ...cached?.shown.engagement.facts, ...facts };
  const recorded = cached?.shown.engagement.record.handOver ?? null;
  const caller = callerOf(knownFacts);
  const handOver = showsHandOver(knownFacts, recorded) ? <HandOver facts={knownFacts} recorded={recorded} /> : null;
  if (cached === undefined) {
    return (
      <div className="pane-body">
        {handOver}
        {error !== null ? (
          <LookUpFailed caller={caller} error={error} isRetrying={isRequesting} onRetry={requestView} />
        ) : status === 'failed' && !isRequesting ? (
          <LookUpFailed caller={caller} error={null} isRetrying={false} onRetry={() => parts.feed.retry()} />
        ) : (
          <LookingUp />
        )}
      </div>
    );
  }
  const { shown, failedSourceLabels } = cached;
  const { card, candidates } = shown.customer;
  return (
    <CardActionsProvider value={actions}>
      <div className="pane-body">
        {(error !== null || failedSourceLabels !== null) && (
          <Stale source={failedSourceLabels} isRetrying={isRequesting} onRetry={requestView} />
        )}
        {card === null && handOver}
        {isStillLooking(cached) ? (
          <LookingUp sources={shown.sources} />
        ) : (
          <CustomerPane engagementId={engagementId} facts={knownFacts} cached={cached} handOver={handOver} {...parts} />
        )}
        {card === null && <CallsFromNumber past={shown.history} />}
        <Timeline record={shown.engagement.record} facts={knownFacts} />
      </div>
      <SourcesFooter
        sources={shown.sources}
        records={card?.records ?? candidates.flatMap(({ records }) => records)}
        {...(card !== null && { mergedBy: card.mergedBy })}
      />
    </CardActionsProvider>
  );
});

type CustomerPaneProps = Omit<EngagementPaneProps, 'engagement'> & {
  engagementId: string;
  facts: EngagementFacts;
  cached: CachedView;
  handOver: ReactNode;
};

function CustomerPane({ engagementId, facts, cached, handOver, search, ...parts }: CustomerPaneProps) {
  const { views, api, openSearch, closeSearch } = parts;
  const decisions = useDecision(views, engagementId);
  const view = cached.shown;
  const group = view.customer;
  const { undo, isDeciding } = decisions;
  const canUndo = group.link.canUndo && !isDeciding;
  const pane = useRef<HTMLDivElement>(null);
  useChoiceKeys(useMemo(() => (canUndo ? { undo } : {}), [canUndo, undo]));
  useFocusOnHeading(pane, group.link);

  const reveal = useCallback(
    (customerId: string, reason: RevealReason): Promise<RevealAnswer> =>
      api.call(revealContacts, { params: { engagementId }, body: { customerId, ...reason } }),
    [api, engagementId],
  );
  const linking: Linking = { ...decisions, replace: () => openSearch(engagementId, 'replace') };
  const close = () => closeSearch(engagementId);
  const customerSearch = (
    <CustomerSearch
      api={api}
      startWith=""
      choosing={{
        words: 'match.link',
        isBusy: isDeciding,
        shownId: group.card?.id,
        choose: (customer) => {
          linking.link(customer.id);
          close();
        },
      }}
      onStart={() => views.startSearch(engagementId)}
      takesFocus={search !== undefined}
      {...(search !== undefined && { onClose: close })}
      {...(search === 'replace' &&
        group.card !== null && {
          onNobody: () => {
            linking.unlink();
            close();
          },
        })}
    />
  );
  const openedSearch = search !== undefined && customerSearch;

  return (
    <div ref={pane}>
      {cached.offered !== null && (
        <LateMatch offered={cached.offered.customer} onShow={() => views.showOffered(engagementId)} />
      )}
      {group.card !== null ? (
        <>
          {openedSearch}
          <CustomerCard customer={group.card} reveal={reveal} view={view} handOver={handOver}>
            <TrustLine group={group} sources={view.sources} linking={linking}>
              <VerificationState group={group} />
            </TrustLine>
          </CustomerCard>
        </>
      ) : group.candidates.length > 0 ? (
        <PossibleCustomers group={group} facts={facts} sources={view.sources} linking={linking}>
          {openedSearch || (
            <p className="none-of-these">
              <Button onClick={() => openSearch(engagementId, 'add')}>{t('candidates.noneOfThese')}</Button>
            </p>
          )}
        </PossibleCustomers>
      ) : (
        <UnknownCustomer group={group} facts={facts} sources={view.sources} linking={linking}>
          {customerSearch}
        </UnknownCustomer>
      )}
    </div>
  );
}

/** After a decision the pressed control may have gone; the focus goes to the heading, which the decision was about. */
function useFocusOnHeading(pane: RefObject<HTMLDivElement | null>, link: unknown): void {
  const decided = JSON.stringify(link);
  const shown = useRef(decided);
  useEffect(() => {
    if (shown.current === decided) return;
    shown.current = decided;
    const { activeElement, body } = document;
    if (activeElement === body && document.hasFocus()) pane.current?.querySelector('h1')?.focus();
  }, [decided, pane]);
}
