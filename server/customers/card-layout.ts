import type { HeaderField } from '#contract/customers.ts';

/** The contents of a card and their limits. */
export type CardLayout = {
  header: readonly HeaderField[];
  limits: { cases: number; interactions: number; identifiers: number; alerts: number; details: number };
};

/** `limits`: upper limits of one card, to bound the response. */
export const builtInLayout: CardLayout = {
  header: ['name', 'company', 'tier', 'owner', 'language', 'accountNumber', 'timeZone'],
  limits: { cases: 50, interactions: 50, identifiers: 20, alerts: 10, details: 100 },
};
