import { type ComponentType, lazy } from 'react';

/** A component that is fetched on first use and is not part of the first load. Needs a `Suspense` around it. */
export function loadOnUse<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => ({ default: await load() }));
}
