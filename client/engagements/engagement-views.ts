/*
 * The cache of views, by engagement. A view is requested in Zoom's event handler, not in an effect, which would run a
 * frame later. There is one request at a time per engagement: a newer observation, a decision of the agent and a pushed
 * view each cancel the request before them and repeat it, so that an older answer never arrives after a newer one.
 *
 * An outdated push (cached-view.ts) is not stored; it triggers a request instead.
 */
import { type QueryClient, queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { RefreshRequest, VerifyRequest } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import {
  linkCustomer,
  refreshSources,
  undoDecision,
  unlinkCustomer,
  verifyCaller,
  viewEngagement,
} from '#contract/panel-endpoints.ts';
import type { EngagementView } from '#contract/view.ts';
import type { Api } from '../api/client.ts';
import { type CachedView, isOutdated, receiveView, showOffered, showView } from './cached-view.ts';

type Decision = { kind: 'link'; customerId: string } | { kind: 'unlink' } | { kind: 'undo' };

export type EngagementViews = {
  /** For the feed's `onObserved`. */
  observe(engagement: { engagementId: string; facts: EngagementFacts }): void;
  /** Requests the view again with the facts of the last observation. */
  request(engagementId: string): void;
  decide(engagementId: string, decision: Decision): Promise<void>;
  /** Stores a pushed view, also of an engagement that was never focused. */
  receive(pushed: EngagementView): void;
  showOffered(engagementId: string): void;
  /** Requests one source, or all, bypassing all caches. */
  refresh(engagementId: string, request: RefreshRequest): Promise<void>;
  /** Records how the agent verified the caller. */
  verify(engagementId: string, request: VerifyRequest): Promise<void>;
  /** From now on another customer is offered, not shown. */
  startSearch(engagementId: string): void;
  /** Rendering never requests by itself. */
  query(engagementId: string): ReturnType<typeof viewQuery>;
};

const requestAgainMs = 1_500;

const viewKey = (engagementId: string) => ['engagement-view', engagementId] as const;

export function createEngagementViews({ api, queryClient }: { api: Api; queryClient: QueryClient }): EngagementViews {
  const factsById = new Map<string, EngagementFacts>();
  const decidedIds = new Set<string>();

  // One function for requests and rendering: Query retries with the function that it was given last.
  const query = (engagementId: string) =>
    viewQuery(engagementId, async (signal) => {
      const facts = factsById.get(engagementId) ?? {};
      const answer = await api.call(viewEngagement, { params: { engagementId }, body: { facts } }, { signal });
      requestLater(engagementId, answer);
      return receiveView(queryClient.getQueryData<CachedView>(viewKey(engagementId)), answer);
    });

  const request = (engagementId: string) => {
    void queryClient.cancelQueries({ queryKey: viewKey(engagementId) });
    void queryClient.prefetchQuery({ ...query(engagementId), staleTime: 0 });
  };

  /** Results that arrive later come by the stream; this request covers a stream that is down. */
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const requestLater = (engagementId: string, answer: EngagementView) => {
    clearTimeout(waiting.get(engagementId));
    if (!answer.sources.some(({ state }) => state === 'pending')) return;
    waiting.set(
      engagementId,
      setTimeout(() => request(engagementId), requestAgainMs),
    );
  };

  const updateCachedView = (engagementId: string, update: (cached: CachedView) => CachedView) =>
    queryClient.setQueryData<CachedView>(viewKey(engagementId), (cached) => cached && update(cached));

  /** A pending request may carry an older answer, so it is repeated. */
  function setCachedView(engagementId: string, cached: CachedView): void {
    const queryKey = viewKey(engagementId);
    const wasRequesting = queryClient.isFetching({ queryKey }) > 0;
    queryClient.setQueryData<CachedView>(queryKey, cached);
    if (wasRequesting) request(engagementId);
  }

  function receiveAnswer(engagementId: string, answer: EngagementView): void {
    requestLater(engagementId, answer);
    setCachedView(engagementId, receiveView(queryClient.getQueryData<CachedView>(viewKey(engagementId)), answer));
  }

  function sendDecision(engagementId: string, decision: Decision): Promise<EngagementView> {
    const params = { engagementId };
    switch (decision.kind) {
      case 'link':
        return api.call(linkCustomer, { params, body: { customerId: decision.customerId } });
      case 'unlink':
        return api.call(unlinkCustomer, { params });
      case 'undo':
        return api.call(undoDecision, { params });
    }
  }

  return {
    request,
    observe({ engagementId, facts }) {
      factsById.set(engagementId, facts);
      request(engagementId);
    },
    async decide(engagementId, decision) {
      decidedIds.add(engagementId);
      const answer = await sendDecision(engagementId, decision);
      requestLater(engagementId, answer);
      setCachedView(engagementId, showView(answer));
    },
    receive(pushed) {
      const { engagementId } = pushed;
      const cached = queryClient.getQueryData<CachedView>(viewKey(engagementId));
      requestLater(engagementId, pushed);
      if (cached !== undefined && isOutdated(pushed, cached, decidedIds.has(engagementId))) request(engagementId);
      else setCachedView(engagementId, receiveView(cached, pushed));
    },
    async refresh(engagementId, body) {
      receiveAnswer(engagementId, await api.call(refreshSources, { params: { engagementId }, body }));
    },
    async verify(engagementId, body) {
      receiveAnswer(engagementId, await api.call(verifyCaller, { params: { engagementId }, body }));
    },
    showOffered: (engagementId) => updateCachedView(engagementId, showOffered),
    startSearch: (engagementId) => updateCachedView(engagementId, (cached) => ({ ...cached, isSearching: true })),
    query,
  };
}

function viewQuery(engagementId: string, read: (signal: AbortSignal) => Promise<CachedView>) {
  return queryOptions({
    queryKey: viewKey(engagementId),
    queryFn: ({ signal }) => read(signal),
    enabled: false,
  });
}

/** The cached view of one engagement; no engagement has the empty id. */
export function useCachedView(views: EngagementViews, engagementId: string | null) {
  const { data, error, isFetching } = useQuery(views.query(engagementId ?? ''));
  return { cached: data, error, isRequesting: isFetching };
}

/** The agent's decisions about one engagement, sent one after the other. */
export function useDecision(views: EngagementViews, engagementId: string) {
  const { mutate, isPending, isError } = useMutation({
    mutationFn: (decision: Decision) => views.decide(engagementId, decision),
    scope: { id: `decide ${engagementId}` },
  });
  return useMemo(
    () => ({
      link: (customerId: string) => mutate({ kind: 'link', customerId }),
      unlink: () => mutate({ kind: 'unlink' }),
      undo: () => mutate({ kind: 'undo' }),
      isDeciding: isPending,
      hasFailed: isError,
    }),
    [mutate, isPending, isError],
  );
}
