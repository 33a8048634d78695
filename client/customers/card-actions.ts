import { createContext, useContext } from 'react';
import type { VerificationMethod } from '#contract/customers.ts';

/** What a card can do beyond showing. `app.tsx` connects it; a card without an engagement can only open records. */
export type CardActions = {
  openUrl(url: string): void;
  /** Asks one source anew, or all, past every cache. */
  refresh?(source?: string): Promise<void>;
  verify?(customerId: string, method: VerificationMethod): Promise<void>;
};

const context = createContext<CardActions>({ openUrl: () => undefined });

export const CardActionsProvider = context.Provider;

export function useCardActions(): CardActions {
  return useContext(context);
}
