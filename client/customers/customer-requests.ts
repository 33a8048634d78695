import { queryOptions } from '@tanstack/react-query';
import { searchCustomers } from '#contract/panel-endpoints.ts';
import type { Api } from '../api/client.ts';

/** The query stands in the body, and the answers stay in memory for a minute only. */
export function searchQuery(api: Api, query: string) {
  return queryOptions({
    queryKey: ['customer-search', query],
    queryFn: ({ signal }) => api.call(searchCustomers, { body: { query } }, { signal }),
    enabled: query !== '',
    gcTime: 60_000,
  });
}
