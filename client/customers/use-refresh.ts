import { useState } from 'react';
import { useCardActions } from './card-actions.ts';

/** Asks one source anew, or all, and says whether it is doing so. */
export function useRefresh(): [refresh: (source?: string) => void, isBusy: boolean] {
  const { refresh } = useCardActions();
  const [isBusy, setIsBusy] = useState(false);
  const run = async (source?: string) => {
    setIsBusy(true);
    // What went wrong is said by the source's state, or by the line of the connection.
    await refresh?.(source).catch(() => undefined);
    setIsBusy(false);
  };
  return [(source) => void run(source), isBusy];
}
