import { AppError } from '../../platform/errors.ts';
import { type Column, type ColumnMapping, readColumns } from './customer-columns.ts';
import { type FileRow, readRow } from './customer-file.ts';
import { type Line, readLines } from './lines.ts';

/**
 * CSV by RFC 4180 with one additional guarantee: a quote that is never closed costs its own line only.
 *
 * A record begins on a line and takes further lines while a quoted cell is open. If it is malformed, never closes, or
 * spans lines and has not the header's number of cells, only its first line is rejected; the other lines are read
 * again, each as the beginning of a record. csv-parse instead drops everything up to the end of the file.
 *
 * The delimiter is the one of comma, semicolon and tab that the header holds most often, or the one that Excel's first
 * line `sep=;` names. Excel's text formula `="0123"` is its text.
 */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  mapping: ColumnMapping = new Map(),
): AsyncGenerator<FileRow> {
  let columns: Column[] | undefined;
  for await (const record of readRecords(readLines(chunks))) {
    if (!columns) columns = readHeader(record, mapping);
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
  let delimiter: string | undefined;

  for (let first = await nextLine(); first; first = await nextLine()) {
    if ('problem' in first) {
      yield { line: first.line, kind: 'malformed', reason: first.problem };
      continue;
    }
    if (first.text.trim() === '') continue;
    const declared = delimiter === undefined && /^"?sep=([,;\t])"?\s*$/i.exec(first.text)?.[1];
    if (declared) {
      delimiter = declared;
      continue;
    }
    delimiter ??= findDelimiter(first.text);

    const taken: Line[] = [];
    let text = first.text;
    let record = splitCells(text, delimiter);
    while (record.kind === 'open' && text.length <= maxSpan) {
      const next = await nextLine();
      if (!next) break;
      taken.push(next);
      if ('problem' in next) break;
      text += `\n${next.text}`;
      // Parse the whole again only if this line may close the open cell; else long spans cost quadratic time.
      if (splitCells(`"${next.text}`, delimiter).kind !== 'open') record = splitCells(text, delimiter);
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

/** A comma if the header has no delimiter. */
function findDelimiter(header: string): string {
  const outsideQuotes = header.replace(/"(?:[^"]|"")*"/g, '');
  const count = (delimiter: string) => outsideQuotes.split(delimiter).length;
  return [',', ';', '\t'].reduce((most, each) => (count(each) > count(most) ? each : most));
}

function splitCells(text: string, delimiter: string): Cells {
  if (!text.includes('"')) return { kind: 'cells', cells: text.split(delimiter) };
  const cells: string[] = [];
  for (let start = 0; start <= text.length; ) {
    const cell = readCell(text, start, delimiter);
    if (cell.kind !== 'cell') return cell;
    cells.push(cell.value);
    start = cell.end + 1;
  }
  return { kind: 'cells', cells };
}

/** `end`: the position of the delimiter after the cell, or the text's length. */
type Cell = { kind: 'cell'; value: string; end: number } | Unreadable;

function readCell(text: string, start: number, delimiter: string): Cell {
  if (text[start] === '"') return readQuoted(text, start + 1, delimiter);
  if (text.startsWith('="', start)) return readQuoted(text, start + 2, delimiter);
  const next = text.indexOf(delimiter, start);
  const end = next < 0 ? text.length : next;
  const value = text.slice(start, end);
  if (value.includes('"')) return { kind: 'malformed', reason: 'a quote stands inside a cell that is not quoted' };
  return { kind: 'cell', value, end };
}

function readQuoted(text: string, start: number, delimiter: string): Cell {
  let value = '';
  let from = start;
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', from)) {
    value += text.slice(from, quote);
    const end = quote + 1;
    if (text[end] !== '"') {
      if (end === text.length || text[end] === delimiter) return { kind: 'cell', value, end };
      return { kind: 'malformed', reason: 'a quoted cell goes on after its closing quote' };
    }
    value += '"';
    from = end + 1;
  }
  return { kind: 'open' };
}

function readHeader(record: CsvRecord, mapping: ColumnMapping): Column[] {
  if (record.kind !== 'cells') throw new AppError('invalid_request', `The header cannot be read: ${reasonOf(record)}.`);
  return readColumns(record.cells.map(readText), mapping);
}

function toCustomer(columns: Column[], cells: string[]) {
  const customer = { id: '', name: '', company: '', phones: [] as string[], emails: [] as string[] };
  const fields: [string, string][] = [];
  const nameParts: NamePart[] = [];
  for (const [index, column] of columns.entries()) {
    const text = readText(cells[index] ?? '');
    if (text === '') continue;
    if (column.holds === 'field') fields.push([column.name, text]);
    else if (column.holds === 'phones' || column.holds === 'emails') customer[column.holds].push(text);
    else if ('name' in column) nameParts.push({ ...column, text });
    else customer[column.holds] = text;
  }
  const { name } = customer;
  if (name === '') customer.name = joinName(nameParts) || customer.company;
  // A part that is not in the full name becomes a field.
  else for (const part of nameParts) if (!name.includes(part.text)) fields.push([part.name, part.text]);
  // fromEntries defines a column named __proto__ as a property; an assignment would not.
  return { ...customer, fields: Object.fromEntries(fields) };
}

/** The text of Excel's formula `="…"`, which keeps leading zeros. */
function readText(cell: string): string {
  const text = cell.trim();
  return text.startsWith('="') && text.endsWith('"') && text.length > 2
    ? text.slice(2, -1).replaceAll('""', '"').trim()
    : text;
}

type NamePart = Extract<Column, { isFamilyFirst: boolean }> & { text: string };

function joinName(parts: NamePart[]): string {
  const isFamilyFirst = parts.some((part) => part.isFamilyFirst);
  const order = isFamilyFirst ? ['family', 'middle', 'given'] : ['given', 'middle', 'family'];
  return order.flatMap((kind) => parts.filter(({ holds }) => holds === kind).map(({ text }) => text)).join(' ');
}
