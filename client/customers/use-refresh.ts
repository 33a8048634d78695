import { useState } from 'react';
import { useCardActions } from './card-actions.ts';

/** Returns a function that requests one source, or all, and whether a request is pending. */
export function useRefresh(): [refresh: (source?: string) => void, isBusy: boolean] {
  const { refresh } = useCardActions();
  const [isBusy, setIsBusy] = useState(false);
  const run = async (source?: string) => {
    setIsBusy(true);
    // The state of the source or of the connection shows the failure.
    await refresh?.(source).catch(() => undefined);
    setIsBusy(false);
  };
  return [(source) => void run(source), isBusy];
}
