import { type ComponentType, lazy } from 'react';

/** For what a click opens: it is fetched then, and weighs nothing on the first load. Stands inside a `Suspense`. */
export function loadOnUse<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => ({ default: await load() }));
}
