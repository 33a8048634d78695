import type { CheckReport } from '../port/connector.ts';
import { found, isFailure, itemsOf, type Outcome } from '../port/outcome.ts';
import { caseFields, summaryFields } from './mapping.ts';
import type { Parts } from './parts.ts';
import type { Row } from './row.ts';
import type { TableSet } from './table-sets.ts';

/** A required table. `cost` and the values of `fields` name what does not work without it. */
type Need = { table: string; cost: string; fields: Record<string, string> };

/** ServiceNow silently ignores unknown columns in queries and field lists; they are only absent from the answer. */
export async function checkConnection({ api, settings, tables }: Parts): Promise<Outcome<CheckReport>> {
  const needs = listNeeds(tables, settings.keyField);
  const answers = await Promise.all(
    needs.map(async (need) => {
      const answer = await api.sample(need.table, Object.keys(need.fields));
      const isEmpty = answer.kind === 'found' && answer.value.length === 0;
      const total = isEmpty ? await api.count(need.table) : undefined;
      const hasHiddenRows = total?.kind === 'found' && total.value !== undefined && total.value > 0;
      return { need, answer: hasHiddenRows ? ({ kind: 'forbidden' } as const) : answer };
    }),
  );
  const fatal = answers.find(({ need, answer }) => need.table === tables.table && isFailure(answer))?.answer;
  const passing = answers.find(({ answer }) => isFailure(answer) && !['forbidden', 'invalid'].includes(answer.kind));
  const failure = fatal ?? passing?.answer;
  if (failure && isFailure(failure)) return failure;
  const empty = answers.flatMap(({ need, answer }) =>
    answer.kind === 'found' && answer.value.length > 0 ? [] : [need.table],
  );
  return found({
    missing: answers.flatMap(({ need, answer }) => describe(need, answer)),
    ...(empty.length > 0 && {
      summary: `No record of ${empty.join(', ')} may be read, or there is none yet: its fields could not be checked.`,
    }),
  });
}

function listNeeds(tables: TableSet, keyField: string): Need[] {
  const { table, phones, emails, caseTable, caseCustomer, interactionCustomer, fields } = tables;
  const lost = (names: string[], cost: string) => Object.fromEntries(names.map((name) => [name, cost]));
  return [
    {
      table,
      cost: 'customers can be neither found nor shown',
      fields: {
        ...lost(summaryFields(tables), 'customers are shown without it'),
        ...lost(phones, 'nobody is found by the numbers in it'),
        ...lost(emails, 'nobody is found by the addresses in it'),
        ...Object.fromEntries(
          Object.entries(fields).map(([name, field]) => [field, `${name} stays empty on the card`]),
        ),
      },
    },
    {
      table: caseTable,
      cost: 'nobody is found by a case number, and no cases are shown',
      fields: { ...lost(caseFields, 'cases are shown without it'), [caseCustomer]: 'cases have no customer' },
    },
    {
      table: 'interaction',
      cost: 'earlier conversations are not shown, and nothing is logged',
      fields: {
        [interactionCustomer]: 'earlier conversations are not shown',
        [keyField]: 'nothing is logged, for it could be written twice',
      },
    },
    { table: 'sys_user', cost: 'logs are not assigned to their agents', fields: lost(['email'], 'no agent is found') },
  ];
}

function describe({ table, cost, fields }: Need, answer: Outcome<Row[]>): string[] {
  if (answer.kind === 'forbidden') return [`The table ${table} may not be read: ${cost}.`];
  if (answer.kind === 'invalid') return [`The table ${table} cannot be read; is its plugin there? Until then ${cost}.`];
  const rows = itemsOf(answer);
  if (rows.length === 0) return [];
  return Object.entries(fields).flatMap(([field, lost]) =>
    rows.some((row) => row.has(field)) ? [] : [`${table} has no field ${field}, or it may not be read: ${lost}.`],
  );
}
