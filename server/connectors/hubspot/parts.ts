import type { TtlCache } from '../port/answer-cache.ts';
import type { AccountData } from './account-data.ts';
import type { Api, Place } from './api.ts';
import type { SearchAssociated } from './associated-search.ts';
import type { CardSettings } from './mapping.ts';

export type Settings = CardSettings & {
  apiVersion: string;
  auth: 'service-key' | 'private-app';
  callKeyProperty?: string | undefined;
};

/** Shared by all operations of one connection. */
export type Parts = {
  api: Api;
  settings: Settings;
  account: AccountData;
  searchAssociated: SearchAssociated;
  /** Companies of the contacts just found, by contact id: a card reads its company beside the contact. */
  employers: TtlCache<Place>;
};
