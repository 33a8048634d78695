import { type ComponentType, createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { ErrorBoundary } from './error-boundary.tsx';

/** Renders the line that stands in place of a component that could not be fetched or rendered. */
type RenderFailure = (retry: () => void) => ReactNode;

const failureContext = createContext<RenderFailure>(() => null);

export const PartFailureProvider = failureContext.Provider;

/** A server that restarts is back by then. */
const retryAfterMs = 1_000;

const prefetches = new Set<() => Promise<unknown>>();

/** Fetches all components that load on use: offline or after a deploy they could not be fetched any more. */
export async function prefetchComponents(): Promise<void> {
  for (const prefetch of prefetches) await prefetch().catch(() => undefined);
}

/**
 * A component that is not part of the first load: fetched when the panel is idle, or on first use. A failed fetch is
 * tried once more; then a line stands in its place, and the rest of the panel stays. Renders nothing meanwhile.
 */
export function loadOnUse<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let Loaded: ComponentType<Props> | undefined;
  let loading: Promise<void> | undefined;
  const fetchComponent = () => {
    loading ??= load()
      .catch(() => new Promise((resolve) => setTimeout(resolve, retryAfterMs)).then(load))
      .then((component) => {
        Loaded = component;
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };
  prefetches.add(async () => Loaded ?? fetchComponent());

  return function LoadedOnUse(props: Props) {
    const [attempt, setAttempt] = useState({ hasFailed: false });
    const renderFailure = useContext(failureContext);
    const isLoading = Loaded === undefined && !attempt.hasFailed;
    useEffect(() => {
      if (!isLoading) return;
      let isGone = false;
      const settle = (hasFailed: boolean) => {
        if (!isGone) setAttempt({ hasFailed });
      };
      fetchComponent().then(
        () => settle(false),
        () => settle(true),
      );
      return () => {
        isGone = true;
      };
    }, [isLoading]);

    if (Loaded !== undefined) {
      return (
        <ErrorBoundary fallback={renderFailure}>
          <Loaded {...props} />
        </ErrorBoundary>
      );
    }
    return attempt.hasFailed ? renderFailure(() => setAttempt({ hasFailed: false })) : null;
  };
}
