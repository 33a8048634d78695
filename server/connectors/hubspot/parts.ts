import type { AccountData } from './account-data.ts';
import type { Api } from './api.ts';
import type { CardSettings } from './mapping.ts';

export type Settings = CardSettings & {
  apiVersion: string;
  auth: 'service-key' | 'private-app';
  callKeyProperty?: string | undefined;
};

/** Shared by all operations of one connection. */
export type Parts = { api: Api; settings: Settings; account: AccountData };
