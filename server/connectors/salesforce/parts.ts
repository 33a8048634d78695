import type { Api } from './api.ts';
import type { KindSettings, RecordKind } from './record-kinds.ts';
import type { DescribeTask } from './task-description.ts';

export type Settings = KindSettings & {
  apiVersion: string;
  phoneSearch: 'thorough' | 'index';
  externalIdField?: string | undefined;
  taskStatus: string;
  /** Address of a record, with `{object}` and `{id}` in it. */
  linkTemplate: string;
};

/** Shared by all operations of one connection. */
export type Parts = { api: Api; settings: Settings; kinds: RecordKind[]; describeTask: DescribeTask };
