import type { Api } from './api.ts';
import type { CardSettings } from './mapping.ts';

export type Settings = CardSettings & {
  casePrefix: string;
  leads: 'ignore' | 'include';
  attribution: 'application' | 'agent';
};

/** Shared by all operations of one connection. */
export type Parts = { api: Api; settings: Settings };
