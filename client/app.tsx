import { Activity, memo, type ReactNode, useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import type { RevealAnswer } from '#contract/customers.ts';
import type { Api } from './api/client.ts';
import { ApiError } from './api/errors.ts';
import { announceCustomer } from './customers/announce-customer.ts';
import { BrowseCustomers } from './customers/browse-customers.tsx';
import { CustomerCard } from './customers/customer-card.tsx';
import { CustomerSearch } from './customers/customer-search.tsx';
import { LateMatch } from './customers/late-match.tsx';
import { type Linking, MatchLine } from './customers/match-line.tsx';
import { bestIdentifier } from './customers/match-words.ts';
import { PossibleCustomers } from './customers/possible-customers.tsx';
import { revealContacts } from './customers/queries.ts';
import type { RevealReason } from './customers/reveal-dialog.tsx';
import { UnknownCustomer } from './customers/unknown-customer.tsx';
import { useChoiceKeys } from './customers/use-choice-keys.ts';
import { type Connection, EngagementStrip } from './engagements/engagement-strip.tsx';
import { HandOver } from './engagements/hand-over.tsx';
import type { HeldView } from './engagements/held-view.ts';
import { HelpButton } from './engagements/help-button.tsx';
import { OpenEngagements } from './engagements/open-engagements.tsx';
import {
  HostFailed,
  LookingUp,
  LookUpFailed,
  OutsideZoom,
  PlainState,
  RetryButton,
} from './engagements/panel-states.tsx';
import { type EngagementViews, useDecision, useHeldView } from './engagements/queries.ts';
import { t } from './i18n/translate.ts';
import { Button } from './ui/button.tsx';
import { ErrorBoundary } from './ui/error-boundary.tsx';
import { Icon } from './ui/icon.tsx';
import { Notice } from './ui/notice.tsx';
import {
  type EngagementFeed,
  type FeedState,
  type ObservedEngagement,
  openEngagements,
} from './zoom/engagement-feed.ts';
import type { HostState } from './zoom/sdk.ts';

export type PanelParts = { feed: EngagementFeed; views: EngagementViews; api: Api };

export function App(parts: PanelParts) {
  const { feed, views } = parts;
  const state = useSyncExternalStore(feed.subscribe, feed.getState);
  const { host, focusedId, engagements } = state;
  const { held, error } = useHeldView(views, focusedId);
  const focused = focusedId === null ? undefined : engagements.get(focusedId);
  const isOffline = error instanceof ApiError && error.code === 'offline';
  return (
    <div className="panel">
      <header>
        <EngagementStrip
          facts={focused?.facts ?? null}
          connection={isOffline ? 'offline' : connectionOf[host.kind]}
          menu={<HelpButton clientVersion={host.kind === 'ready' ? host.clientVersion : null} />}
        />
        <OpenEngagements open={openEngagements(state)} focusedId={focusedId} views={views} />
      </header>
      <p className="visually-hidden" role="status">
        {held && announceCustomer(held.shown)}
      </p>
      <main
        className="panel-main"
        data-engagement-id={focusedId ?? undefined}
        data-state={panelStateOf(state, held, error)}
      >
        {focusedId === null && <WithoutEngagement state={state} {...parts} />}
        {mountedEngagements(state).map((engagement) => (
          <Activity key={engagement.engagementId} mode={engagement.engagementId === focusedId ? 'visible' : 'hidden'}>
            <div className="pane">
              <HandOver facts={engagement.facts} />
              {lacksVariables(host) && (
                <Notice kind="caution">
                  <p>{t('state.variables')}</p>
                </Notice>
              )}
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
  );
}

const brokenPart = new ApiError('internal', 'A part of the panel could not be drawn.');

/**
 * Every open engagement stays mounted, so that switching shows it as it was left, scroll and half-typed search
 * included, without drawing it again.
 */
function mountedEngagements(state: FeedState): ObservedEngagement[] {
  const open = openEngagements(state);
  const focused = state.engagements.get(state.focusedId ?? '');
  return focused === undefined || open.includes(focused) ? open : [...open, focused];
}

function panelStateOf(state: FeedState, held: HeldView | undefined, error: unknown) {
  const { host, focusedId, engagements, problem } = state;
  if (host.kind === 'failed') return 'error';
  if (focusedId === null) {
    if (host.kind === 'starting') return 'loading';
    return problem === null ? 'idle' : 'error';
  }
  if (held !== undefined) return 'ready';
  return error !== null || engagements.get(focusedId)?.reading === 'failed' ? 'error' : 'loading';
}

const connectionOf = {
  starting: 'connecting',
  ready: 'live',
  failed: 'offline',
  outside: null,
} as const satisfies Record<HostState['kind'], Connection | null>;

const engagementCalls = ['getEngagementContext', 'getEngagementStatus'] as const;
const variableCalls = ['getEngagementVariableValue', 'onEngagementVariableValueChange'] as const;

function isTooOld(host: HostState): boolean {
  return host.kind === 'ready' && engagementCalls.some((call) => host.missing.includes(call));
}

function lacksVariables(host: HostState): boolean {
  return host.kind === 'ready' && !isTooOld(host) && variableCalls.some((call) => host.missing.includes(call));
}

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
      if (isTooOld(host)) {
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
  const { engagementId, reading } = engagement;
  const { held, error, isAsking } = useHeldView(parts.views, engagementId);
  const ask = () => parts.views.ask(engagementId);
  if (held !== undefined) {
    const hasGoneStale = error !== null || held.silentSource !== null;
    return (
      <>
        {hasGoneStale && <Stale source={held.silentSource} isRetrying={isAsking} onRetry={ask} />}
        <CustomerPane engagementId={engagementId} held={held} isAsking={isAsking} {...parts} />
      </>
    );
  }
  if (error !== null) return <LookUpFailed error={error} isRetrying={isAsking} onRetry={ask} />;
  if (reading === 'failed' && !isAsking) {
    return <LookUpFailed error={null} isRetrying={false} onRetry={() => parts.feed.retry()} />;
  }
  return <LookingUp />;
});

type StaleProps = { source: string | null; isRetrying: boolean; onRetry: () => void };

function Stale({ source, isRetrying, onRetry }: StaleProps) {
  return (
    <Notice kind="caution" action={<RetryButton isRetrying={isRetrying} onRetry={onRetry} />}>
      <p role="status">{source === null ? t('state.refresh.failed') : t('state.source.failed', { source })}</p>
    </Notice>
  );
}

type CustomerPaneProps = PanelParts & { engagementId: string; held: HeldView; isAsking: boolean };

function CustomerPane({ engagementId, held, isAsking, views, api }: CustomerPaneProps) {
  const [isSearchOpen, setIsSearchOpen] = useState(false);
  const linking = useLinking(views, engagementId);
  const view = held.shown;
  const { undo, isDeciding } = linking;
  const canUndo = view.link.canUndo && !isDeciding;
  useChoiceKeys(useMemo(() => (canUndo ? { undo } : {}), [canUndo, undo]));

  const reveal = useCallback(
    (customerId: string, reason: RevealReason): Promise<RevealAnswer> =>
      revealContacts(api, engagementId, { customerId, ...reason }),
    [api, engagementId],
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
    <>
      {held.offered !== null && <LateMatch offered={held.offered} onShow={() => views.showOffered(engagementId)} />}
      {view.customer !== null ? (
        <CustomerCard customer={view.customer} reveal={reveal}>
          <MatchLine view={view} linking={linking}>
            {!isSearchOpen && (
              <Button look="icon" aria-label={t('match.search')} title={t('match.search')} onClick={openSearch}>
                <Icon name="search" />
              </Button>
            )}
          </MatchLine>
          {openedSearch}
        </CustomerCard>
      ) : view.candidates.length > 0 ? (
        <PossibleCustomers view={view} linking={linking}>
          {openedSearch || (
            <p className="none-of-these">
              {t('candidates.noneOfThese')} <Button onClick={openSearch}>{t('match.search')}</Button>
            </p>
          )}
        </PossibleCustomers>
      ) : (
        <UnknownCustomer
          view={view}
          linking={linking}
          retry={<RetryButton isRetrying={isAsking} onRetry={() => views.ask(engagementId)} />}
        >
          {search(bestIdentifier(view.match))}
        </UnknownCustomer>
      )}
    </>
  );
}

function useLinking(views: EngagementViews, engagementId: string): Linking {
  const { decide, isDeciding, hasFailed } = useDecision(views, engagementId);
  return useMemo(
    () => ({
      link: (customerId) => decide({ kind: 'link', customerId }),
      unlink: () => decide({ kind: 'unlink' }),
      undo: () => decide({ kind: 'undo' }),
      isDeciding,
      hasFailed,
    }),
    [decide, isDeciding, hasFailed],
  );
}
