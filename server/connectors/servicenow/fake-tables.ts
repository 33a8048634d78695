/** The tables of the fake: columns, records, display values and journals. */
import { randomUUID } from 'node:crypto';

/** Reference columns have the name of the table they refer to. */
type Column = { to?: string; journal?: true; time?: true; choices?: Record<string, string> };
type Columns = Record<string, Column>;

const plain = (...names: string[]): Columns => Object.fromEntries(names.map((name) => [name, {}]));
const times = (...names: string[]): Columns => Object.fromEntries(names.map((name) => [name, { time: true }]));
const states = { 1: 'New', 10: 'Open', 3: 'Closed', closed_complete: 'Closed Complete' };
const priorities = { 1: '1 - Critical', 2: '2 - High', 3: '3 - Moderate', 4: '4 - Low' };

const person: Columns = {
  ...plain('sys_id', 'name', 'email', 'u_email_2', 'mobile_phone', 'home_phone', 'active', 'u_tier'),
  ...plain('u_account_number', 'u_company'),
  u_owner: { to: 'sys_user' },
};
const user: Columns = {
  ...person,
  ...plain('phone', 'time_zone', 'preferred_language', 'vip'),
  company: { to: 'core_company' },
};
const task: Columns = {
  ...plain('sys_id', 'number', 'short_description', 'active', 'correlation_id'),
  state: { choices: states },
  priority: { choices: priorities },
  ...times('sys_updated_on', 'sys_created_on'),
  work_notes: { journal: true },
  comments: { journal: true },
};

const schema: Record<string, Columns> = {
  sys_user: user,
  customer_contact: { ...user, account: { to: 'customer_account' } },
  csm_consumer: { ...person, ...plain('business_phone') },
  customer_account: { ...plain('sys_id', 'name', 'number', 'rank_tier'), u_account_owner: { to: 'sys_user' } },
  core_company: plain('sys_id', 'name'),
  sn_customerservice_case: {
    ...task,
    contact: { to: 'customer_contact' },
    consumer: { to: 'csm_consumer' },
    account: { to: 'customer_account' },
  },
  incident: { ...task, caller_id: { to: 'sys_user' } },
  interaction: {
    ...plain('sys_id', 'number', 'type', 'direction', 'short_description', 'client_session_id', 'caller_phone_number'),
    state: { choices: states },
    ...times('opened_at', 'closed_at', 'sys_created_on'),
    work_notes: { journal: true },
    assigned_to: { to: 'sys_user' },
    opened_for: { to: 'sys_user' },
    contact: { to: 'customer_contact' },
    consumer: { to: 'csm_consumer' },
  },
  interaction_related_record: {
    ...plain('sys_id', 'document_table', 'document_id', 'type'),
    interaction: { to: 'interaction' },
  },
  sn_openframe_phone_log: plain('sys_id', 'call_id', 'agent', 'start_time', 'end_time'),
};

export type StoredRow = Record<string, string>;
type JournalEntry = { id: string; column: string; text: string };
export type Tables = ReturnType<typeof createTables>;

export function createTables() {
  const rows = new Map<string, Map<string, StoredRow>>(Object.keys(schema).map((name) => [name, new Map()]));
  const journal: JournalEntry[] = [];
  const dropped = new Set<string>();

  function findColumn(table: string, name: string): Column | undefined {
    return dropped.has(`${table}.${name}`) ? undefined : new Map(Object.entries(schema[table] ?? {})).get(name);
  }

  /** Follows references. Undefined for an unknown column; an empty reference has an empty value. */
  function walk(
    table: string,
    row: StoredRow | undefined,
    path: string,
  ): { column: Column; value: string } | undefined {
    const [name = '', ...rest] = path.split('.');
    const column = findColumn(table, name);
    if (!column) return undefined;
    const value = row?.[name] ?? '';
    if (rest.length === 0) return { column, value };
    if (column.to === undefined) return undefined;
    return walk(column.to, rows.get(column.to)?.get(value), rest.join('.'));
  }

  function display(column: Column, value: string): string {
    if (column.to !== undefined) return rows.get(column.to)?.get(value)?.name ?? '';
    // In the API user's time zone, which is not UTC.
    if (column.time && value !== '') return toText(Date.parse(`${value.replace(' ', 'T')}Z`) - 28_800_000);
    return column.choices?.[value] ?? value;
  }

  return {
    rows: (table: string) => rows.get(table),
    journal,
    walk,
    hasColumn: (table: string, path: string) => walk(table, undefined, path) !== undefined,
    dropColumn: (table: string, name: string) => dropped.add(`${table}.${name}`),

    /** Unknown columns are silently ignored. */
    write(table: string, id: string, values: Record<string, unknown>): StoredRow {
      const row = rows.get(table)?.get(id) ?? { sys_id: id };
      for (const [name, value] of Object.entries(values)) {
        const column = findColumn(table, name);
        if (!column || name === 'sys_id') continue;
        if (column.journal) journal.push({ id, column: name, text: String(value) });
        else row[name] = String(value);
      }
      rows.get(table)?.set(id, row);
      return row;
    },

    newId: () => randomUUID().replaceAll('-', ''),

    /** In the form of `sysparm_fields` and `sysparm_display_value=all`. */
    present(table: string, row: StoredRow, fields: string[] | undefined, all: boolean): Record<string, unknown> {
      const names = fields ?? Object.keys(schema[table] ?? {});
      const cells = names.flatMap((path) => {
        const cell = walk(table, row, path);
        if (!cell) return [];
        if (cell.column.journal) {
          const entries = journal.filter(({ id, column }) => id === row.sys_id && column === path);
          const text = entries.map((entry) => `2026-11-22 02:00:00 - API (${path})\n${entry.text}\n\n`).join('');
          return [[path, all ? { display_value: text, value: '' } : '']];
        }
        const { column, value } = cell;
        return [[path, all ? { display_value: display(column, value), value } : value]];
      });
      return Object.fromEntries(cells);
    },
  };
}

/** A time as ServiceNow writes it. */
export function toText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
