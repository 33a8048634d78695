import type { WatchedStatement } from '../platform/storage/watch-statements-for-tests.ts';

/**
 * The states of one event in the server between any two durable changes: signature verified → inbox row written →
 * committed → answered → record written → committed → published to panels.
 */
export const steps = [
  'verified, not stored',
  'stored, not committed',
  'committed, not answered',
  'answered, not processed',
  'record written, not committed',
  'processed, not committed',
  'processed, not published',
] as const;
export type Step = (typeof steps)[number];

type Transaction = { isOpen: boolean; stores: boolean; records: boolean };

/** Derives from a process's SQL statements the step that it has just reached. */
export function createStepReader(): (statement: WatchedStatement) => Step[] {
  const transactions = new WeakMap<object, Transaction>();

  return ({ connection, text, moment }) => {
    const known = transactions.get(connection) ?? { isOpen: false, stores: false, records: false };
    transactions.set(connection, known);
    const isBefore = moment === 'before';
    if (/^\s*(begin|start transaction)/i.test(text)) {
      if (!isBefore) Object.assign(known, { isOpen: true, stores: false, records: false });
      return [];
    }
    if (/^\s*(commit|rollback)\s*$/i.test(text)) {
      const steps = /commit/i.test(text) ? atCommit(known, isBefore) : [];
      if (!isBefore) known.isOpen = false;
      return steps;
    }
    if (/insert into "inbox_events"/.test(text)) {
      if (isBefore) return ['verified, not stored'];
      known.stores = true;
      return [known.isOpen ? 'stored, not committed' : 'committed, not answered'];
    }
    if (/(insert into|update) "engagements"/.test(text) && !isBefore) {
      known.records = true;
      return ['record written, not committed'];
    }
    return [];
  };
}

function atCommit({ stores, records }: Transaction, isBefore: boolean): Step[] {
  if (isBefore) return records ? ['processed, not committed'] : [];
  return [
    ...(stores ? ['committed, not answered' as const] : []),
    ...(records ? ['processed, not published' as const] : []),
  ];
}
