import { memo, type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef } from 'react';
import type { RevealAnswer } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import { revealContacts } from '#contract/panel-endpoints.ts';
import type { Api } from '../api/client.ts';
import { type CardActions, CardActionsProvider } from '../customers/card-actions.ts';
import { CustomerCard } from '../customers/customer-card.tsx';
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
import type { EngagementFeed, ObservedEngagement } from '../engagements/engagement-feed.ts';
import { type EngagementViews, useCachedView, useDecision } from '../engagements/engagement-views.ts';
import { HandOver, showsHandOver } from '../engagements/hand-over.tsx';
import { Timeline } from '../engagements/timeline.tsx';
import { Button } from '../ui/button.tsx';
import { t } from './messages.ts';
import { callerOf } from './open-engagements.tsx';
import { LookingUp, LookUpFailed, Stale } from './state-pages.tsx';

/** `replace`: for the agent the shown customer is another person. */
export type Search = 'add' | 'replace';

export type PaneParts = {
  feed: EngagementFeed;
  views: EngagementViews;
  api: Api;
  openUrl: (url: string) => void;
};

type EngagementPaneProps = PaneParts & {
  engagement: ObservedEngagement;
  search: Search | undefined;
  openSearch: (engagementId: string, search: Search) => void;
  closeSearch: (engagementId: string) => void;
};

export const EngagementPane = memo(function EngagementPane({ engagement, ...parts }: EngagementPaneProps) {
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
