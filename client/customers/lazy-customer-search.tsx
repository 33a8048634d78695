import { loadOnUse } from '../ui/load-on-use.tsx';

/** Loaded on use: a matched customer needs no search. */
export const CustomerSearch = loadOnUse(async () => (await import('./customer-search.tsx')).CustomerSearch);
