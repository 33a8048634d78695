import { isUtf8 } from 'node:buffer';
import { AppError } from '../../platform/errors.ts';

export type Line = { line: number; text: string } | { line: number; problem: string };

/** Bytes. */
const maxLineLength = 1024 * 1024;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The lines of a UTF-8 file, numbered from 1, in bounded memory. A byte order mark and CRLF are removed. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let line = 1;

  const append = (bytes: Uint8Array) => {
    length += bytes.length;
    if (length <= maxLineLength && bytes.length > 0) parts.push(bytes);
  };
  const finishLine = (): Line => {
    const finished = length > maxLineLength ? tooLong(line) : decode(parts, line);
    parts.length = 0;
    length = 0;
    line += 1;
    return finished;
  };

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      append(chunk.subarray(start, end));
      yield finishLine();
      start = end + 1;
    }
    append(chunk.subarray(start));
  }
  if (length > 0) yield finishLine();
}

function tooLong(line: number): Line {
  return { line, problem: 'the line is longer than 1 MB' };
}

function decode(parts: Uint8Array[], line: number): Line {
  const [first] = parts;
  let bytes = Buffer.isBuffer(first) && parts.length === 1 ? first : Buffer.concat(parts);
  if (line === 1) bytes = withoutByteOrderMark(bytes);
  if (bytes.at(-1) === carriageReturn) bytes = bytes.subarray(0, -1);
  return isUtf8(bytes) ? { line, text: bytes.toString('utf8') } : { line, problem: 'the line is not valid UTF-8' };
}

function withoutByteOrderMark(bytes: Buffer): Buffer {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) throw new AppError('invalid_request', 'The file is UTF-16. Save it as UTF-8 and import it again.');
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
