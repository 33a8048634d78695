import type { Api } from './api.ts';
import type { LinkSettings } from './mapping.ts';
import type { TableAccess } from './table-access.ts';
import type { TableSet, TableSettings } from './table-sets.ts';

export type Settings = TableSettings & LinkSettings & { openFrame: 'off' | 'on'; keyField: string };

/** Shared by all operations of one connection. */
export type Parts = { api: Api; settings: Settings; tables: TableSet; access: TableAccess };
