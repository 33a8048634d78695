import { createContext, useContext } from 'react';
import type { VerificationMethod } from '#contract/customers.ts';

/** Actions of a card. Without an engagement it can only open records. */
export type CardActions = {
  openUrl(url: string): void;
  /** Requests one source, or all, bypassing all caches. */
  refresh?(source?: string): Promise<void>;
  verify?(customerId: string, method: VerificationMethod): Promise<void>;
};

const context = createContext<CardActions>({ openUrl: () => undefined });

export const CardActionsProvider = context.Provider;

export function useCardActions(): CardActions {
  return useContext(context);
}
