/**
 * Evaluates encoded queries as ServiceNow does: a condition on an unknown or forbidden column is ignored and the other
 * conditions decide; values that begin with `javascript:` are executed.
 * Undocumented behavior is the worst case: `%` and `_` are wildcards, and a script hidden by blanks is executed.
 */
import type { StoredRow, Tables } from './fake-tables.ts';

type Term = { path: string; operator: string; value: string };

type QueryOptions = {
  tables: Tables;
  /** Called with every executed script. */
  run(script: string): string;
  /** `glide.invalid_query.returns_no_rows` */
  isStrict: boolean;
};

const operators = ['STARTSWITH', 'ENDSWITH', 'ISNOTEMPTY', 'ISEMPTY', 'NOT LIKE', 'LIKE', 'IN', '!=', '>=', '<=', '='];
const pattern = new RegExp(`^([a-z_][a-z0-9_.]*?)(${operators.join('|')}|<|>)(.*)$`, 's');

export function selectRows(table: string, query: string, options: QueryOptions): StoredRow[] {
  const { tables, isStrict } = options;
  const all = [...(tables.rows(table)?.values() ?? [])];
  const groups = query.split('^NQ').map((group) => parseGroup(table, group, options));
  if (isStrict && groups.some(({ isInvalid }) => isInvalid)) return [];
  const matching = all.filter((row) =>
    groups.some(({ every }) => every.every((some) => some.some((term) => matches(table, row, term, options)))),
  );
  const order = groups.flatMap(({ order: given }) => given);
  return order.toReversed().reduce((rows, { path, sign }) => {
    const read = (row: StoredRow) => tables.walk(table, row, path)?.value ?? '';
    return rows.toSorted((item, other) => sign * read(item).localeCompare(read(other)));
  }, matching);
}

function parseGroup(table: string, group: string, { tables, run }: QueryOptions) {
  const every: Term[][] = [];
  const order: { path: string; sign: 1 | -1 }[] = [];
  let isInvalid = false;
  for (const part of group.split('^')) {
    const [, direction, path = ''] = /^ORDERBY(DESC)?(.*)$/.exec(part) ?? [];
    if (part.startsWith('ORDERBY')) {
      if (tables.hasColumn(table, path)) order.push({ path, sign: direction ? -1 : 1 });
      continue;
    }
    const isAlternative = part.startsWith('OR');
    const term = parseTerm(isAlternative ? part.slice(2) : part);
    if (part === '' || part === 'EQ') continue;
    if (!term || !tables.hasColumn(table, term.path)) {
      isInvalid = true;
      continue;
    }
    if (/^javascript:/i.test(term.value.replace(/[\s\p{C}]/gu, ''))) term.value = run(term.value);
    const last = every.at(-1);
    if (isAlternative && last) last.push(term);
    else every.push([term]);
  }
  return { every, order, isInvalid };
}

function parseTerm(text: string): Term | undefined {
  const [, path, operator, value = ''] = pattern.exec(text) ?? [];
  return path === undefined || operator === undefined ? undefined : { path, operator, value };
}

function matches(table: string, row: StoredRow, { path, operator, value }: Term, { tables }: QueryOptions): boolean {
  const stored = (tables.walk(table, row, path)?.value ?? '').toLowerCase();
  const wanted = value.toLowerCase();
  switch (operator) {
    case '=':
      return stored === wanted;
    case '!=':
      return stored !== wanted;
    case 'IN':
      return wanted.split(',').includes(stored);
    case 'ISEMPTY':
      return stored === '';
    case 'ISNOTEMPTY':
      return stored !== '';
    case 'LIKE':
      return like(`%${wanted}%`).test(stored);
    case 'NOT LIKE':
      return !like(`%${wanted}%`).test(stored);
    case 'STARTSWITH':
      return like(`${wanted}%`).test(stored);
    case 'ENDSWITH':
      return like(`%${wanted}`).test(stored);
    default:
      return operator.startsWith('<') ? stored < wanted : stored > wanted;
  }
}

function like(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's');
}
