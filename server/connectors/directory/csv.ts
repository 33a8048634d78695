import { AppError } from '../../platform/errors.ts';
import { type FileRow, readRow } from './customer-file.ts';
import { type Line, readLines } from './lines.ts';

/**
 * CSV by RFC 4180 with one additional guarantee: a quote that is never closed costs its own line only.
 *
 * A record begins on a line and takes further lines while a quoted cell is open. If it is malformed, never closes, or
 * spans lines and has not the header's number of cells, only its first line is rejected; the other lines are read
 * again, each as the beginning of a record. csv-parse instead drops everything up to the end of the file.
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FileRow> {
  let columns: Column[] | undefined;
  for await (const record of readRecords(readLines(chunks))) {
    if (!columns) columns = readHeader(record);
    else if (record.kind === 'cells') yield readRow(record.line, toCustomer(columns, record.cells));
    else yield { line: record.line, kind: 'rejected', reason: reasonOf(record) };
  }
  if (!columns) throw new AppError('invalid_request', 'The file is empty: its first line must name the columns.');
}

type CsvRecord = Cells & { line: number };

type Cells = { kind: 'cells'; cells: string[] } | Unreadable;
type Unreadable = { kind: 'malformed'; reason: string } | { kind: 'open' };

function reasonOf(record: Unreadable): string {
  return record.kind === 'open' ? 'a quote is opened and never closed' : record.reason;
}

/** Characters. No cell of a customer is longer than 4,000. */
const maxSpan = 64 * 1024;

async function* readRecords(lines: AsyncIterator<Line>): AsyncGenerator<CsvRecord> {
  const returned: Line[] = [];
  const nextLine = async (): Promise<Line | undefined> => returned.shift() ?? (await lines.next()).value ?? undefined;
  let width: number | undefined;

  for (let first = await nextLine(); first; first = await nextLine()) {
    if ('problem' in first) {
      yield { line: first.line, kind: 'malformed', reason: first.problem };
      continue;
    }
    if (first.text.trim() === '') continue;

    const taken: Line[] = [];
    let text = first.text;
    let record = splitCells(text);
    while (record.kind === 'open' && text.length <= maxSpan) {
      const next = await nextLine();
      if (!next) break;
      taken.push(next);
      if ('problem' in next) break;
      text += `\n${next.text}`;
      // Parse the whole again only if this line may close the open cell; else long spans cost quadratic time.
      if (splitCells(`"${next.text}`).kind !== 'open') record = splitCells(text);
    }
    if (record.kind === 'cells') {
      width ??= record.cells.length;
      if (record.cells.length !== width) {
        record = { kind: 'malformed', reason: `has ${record.cells.length} cells where the header has ${width}` };
      }
    }
    if (record.kind !== 'cells') returned.unshift(...taken);
    yield { line: first.line, ...record };
  }
}

function splitCells(text: string): Cells {
  if (!text.includes('"')) return { kind: 'cells', cells: text.split(',') };
  const cells: string[] = [];
  for (let start = 0; start <= text.length; ) {
    const cell = text[start] === '"' ? readQuoted(text, start + 1) : readPlain(text, start);
    if (cell.kind !== 'cell') return cell;
    cells.push(cell.value);
    start = cell.end + 1;
  }
  return { kind: 'cells', cells };
}

/** `end`: the position of the comma after the cell, or the text's length. */
type Cell = { kind: 'cell'; value: string; end: number } | Unreadable;

function readPlain(text: string, start: number): Cell {
  const comma = text.indexOf(',', start);
  const end = comma < 0 ? text.length : comma;
  const value = text.slice(start, end);
  if (value.includes('"')) return { kind: 'malformed', reason: 'a quote stands inside a cell that is not quoted' };
  return { kind: 'cell', value, end };
}

function readQuoted(text: string, start: number): Cell {
  let value = '';
  let from = start;
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', from)) {
    value += text.slice(from, quote);
    const end = quote + 1;
    if (text[end] !== '"') {
      if (end === text.length || text[end] === ',') return { kind: 'cell', value, end };
      return { kind: 'malformed', reason: 'a quoted cell goes on after its closing quote' };
    }
    value += '"';
    from = end + 1;
  }
  return { kind: 'open' };
}

type Column = { holds: 'id' | 'name' | 'company' | 'phones' | 'emails' } | { holds: 'field'; name: string };

function readHeader(record: CsvRecord): Column[] {
  if (record.kind !== 'cells') throw new AppError('invalid_request', `The header cannot be read: ${reasonOf(record)}.`);
  const columns = record.cells.map((cell, index) => readColumn(cell.trim().normalize('NFC') || `column ${index + 1}`));
  for (const needed of ['id', 'name']) {
    const count = columns.filter((column) => column.holds === needed).length;
    if (count !== 1) {
      const problem = count === 0 ? 'has no column' : 'has more than one column';
      throw new AppError(
        'invalid_request',
        `The header ${problem} "${needed}". It is the first line, its columns separated by commas.`,
      );
    }
  }
  const duplicate = findDuplicate(
    columns.map((column) => (column.holds === 'field' ? column.name : '')).filter(Boolean),
  );
  if (duplicate) {
    throw new AppError('invalid_request', `The header has more than one column "${duplicate.slice(0, 60)}".`);
  }
  return columns;
}

function readColumn(name: string): Column {
  const plain = name.toLowerCase().replace(/[\s_-]/g, '');
  if (plain === 'id' || plain === 'name' || plain === 'company') return { holds: plain };
  if (/^phone\d*$/.test(plain)) return { holds: 'phones' };
  if (/^email\d*$/.test(plain)) return { holds: 'emails' };
  return { holds: 'field', name };
}

function findDuplicate(names: string[]): string | undefined {
  const seen = new Set<string>();
  // `add` returns the set, which is truthy.
  return names.find((name) => seen.has(name) || !seen.add(name));
}

function toCustomer(columns: Column[], cells: string[]) {
  const customer = { id: '', name: '', company: '', phones: [] as string[], emails: [] as string[] };
  const fields: [string, string][] = [];
  for (const [index, column] of columns.entries()) {
    const cell = cells[index]?.trim();
    if (!cell) continue;
    if (column.holds === 'field') fields.push([column.name, cell]);
    else if (column.holds === 'phones' || column.holds === 'emails') customer[column.holds].push(cell);
    else customer[column.holds] = cell;
  }
  // fromEntries defines a column named __proto__ as a property; an assignment would not.
  return { ...customer, fields: Object.fromEntries(fields) };
}
