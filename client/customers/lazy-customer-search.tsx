import { type ComponentProps, Suspense } from 'react';
import { loadOnUse } from '../ui/load-on-use.ts';

const LoadedSearch = loadOnUse(async () => (await import('./customer-search.tsx')).CustomerSearch);

/** Loaded on use: a matched customer needs no search. */
export function CustomerSearch(props: ComponentProps<typeof LoadedSearch>) {
  return (
    <Suspense>
      <LoadedSearch {...props} />
    </Suspense>
  );
}
