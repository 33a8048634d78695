import { queryOptions } from '@tanstack/react-query';
import type { RevealAnswer, RevealRequest, SearchAnswer } from '#contract/customers.ts';
import type { Api } from '../api/client.ts';

/** The query stands in the body, and the answers stay in memory for a minute only. */
export function searchQuery(api: Api, query: string) {
  return queryOptions({
    queryKey: ['customer-search', query],
    queryFn: ({ signal }) => api.post<SearchAnswer>('/api/customers/search', { query }, { signal }),
    enabled: query !== '',
    gcTime: 60_000,
  });
}

/** Not a query: what was revealed belongs in no cache. */
export function revealContacts(api: Api, engagementId: string, request: RevealRequest): Promise<RevealAnswer> {
  return api.post<RevealAnswer>(`/api/engagements/${encodeURIComponent(engagementId)}/reveal`, request);
}
