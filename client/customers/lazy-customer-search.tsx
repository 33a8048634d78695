import { type ComponentProps, Suspense } from 'react';
import { loadOnUse } from '../ui/load-on-use.ts';

const LoadedSearch = loadOnUse(async () => (await import('./customer-search.tsx')).CustomerSearch);

/** A known customer needs no search, so it does not weigh on the first load. */
export function CustomerSearch(props: ComponentProps<typeof LoadedSearch>) {
  return (
    <Suspense>
      <LoadedSearch {...props} />
    </Suspense>
  );
}
