import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './errors.ts';

const hour = 3_600_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A webview gains and loses focus with every click beside it.
        refetchOnWindowFocus: false,
        // Webviews report being offline wrongly; the fetch itself shows it.
        networkMode: 'always',
        // The length of a shift: switching back to any engagement of today paints at once.
        gcTime: 12 * hour,
        staleTime: 30_000,
        retry: (failures, error) => failures < 2 && error instanceof ApiError && error.isRetryable,
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000) * (0.5 + Math.random() / 2),
      },
      mutations: { networkMode: 'always' },
    },
  });
}
