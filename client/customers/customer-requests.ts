import { queryOptions } from '@tanstack/react-query';
import { searchCustomers } from '#contract/panel-endpoints.ts';
import type { Api } from '../api/client.ts';

/** The query is sent in the body; answers stay in memory for one minute. */
export function searchQuery(api: Api, query: string) {
  return queryOptions({
    queryKey: ['customer-search', query],
    queryFn: ({ signal }) => api.call(searchCustomers, { body: { query } }, { signal }),
    enabled: query !== '',
    gcTime: 60_000,
  });
}
