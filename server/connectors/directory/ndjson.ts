import { type FileRow, readRow } from './customer-file.ts';
import { readLines } from './lines.ts';

/** One JSON object on each line; blank lines are skipped. */
export async function* readNdjson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FileRow> {
  for await (const line of readLines(chunks)) {
    if ('problem' in line) yield { line: line.line, kind: 'rejected', reason: line.problem };
    else if (line.text.trim() !== '') yield readJsonRow(line.line, line.text);
  }
}

function readJsonRow(line: number, text: string): FileRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's message quotes the text, which may be personal.
    return { line, kind: 'rejected', reason: 'the line is not valid JSON' };
  }
  return readRow(line, value);
}
