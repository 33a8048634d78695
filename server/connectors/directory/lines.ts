import { isUtf8 } from 'node:buffer';

export type Line = { line: number; text: string } | { line: number; problem: string };

/** Bytes. */
const maxLineLength = 1024 * 1024;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * The lines of a file, numbered from 1, in bounded memory. They end with LF, CRLF or CR. The encoding is UTF-8 or
 * UTF-16, with or without a byte order mark.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let line = 1;
  let isAfterCarriageReturn = false;

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

  for await (const chunk of toUtf8(chunks)) {
    // A CRLF may be cut between two chunks.
    let start = isAfterCarriageReturn && chunk[0] === lineFeed ? 1 : 0;
    if (chunk.length > 0) isAfterCarriageReturn = false;
    let nextFeed = chunk.indexOf(lineFeed, start);
    let nextReturn = chunk.indexOf(carriageReturn, start);
    while (nextFeed >= 0 || nextReturn >= 0) {
      const isReturn = nextReturn >= 0 && (nextFeed < 0 || nextReturn < nextFeed);
      const end = isReturn ? nextReturn : nextFeed;
      append(chunk.subarray(start, end));
      yield finishLine();
      start = isReturn && chunk[end + 1] === lineFeed ? end + 2 : end + 1;
      if (isReturn && end + 1 === chunk.length) isAfterCarriageReturn = true;
      if (nextFeed >= 0 && nextFeed < start) nextFeed = chunk.indexOf(lineFeed, start);
      if (nextReturn >= 0 && nextReturn < start) nextReturn = chunk.indexOf(carriageReturn, start);
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
  if (line === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
  if (isUtf8(bytes)) return { line, text: bytes.toString('utf8') };
  return { line, problem: `the line is not valid ${bytes.includes(brokenUtf16) ? 'UTF-16' : 'UTF-8'}` };
}

/** Bytes that no text in UTF-8 has, in place of half a surrogate pair. */
const brokenUtf16 = Buffer.from([0xff, 0xff]);

async function* toUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let converter: Converter | undefined;
  for await (const chunk of chunks) {
    if (!head) {
      yield converter ? converter.convert(chunk) : chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < headLength) continue;
    converter = createConverter(head);
    yield converter ? converter.convert(head) : head;
    head = undefined;
  }
  if (head) {
    converter = createConverter(head);
    yield converter ? converter.convert(head) : head;
  }
  if (converter) yield converter.end();
}

const headLength = 64;

type Converter = { convert(chunk: Uint8Array): Buffer; end(): Buffer };

/** Undefined for UTF-8. Every second byte of Latin text in UTF-16 is zero; text in UTF-8 has no zeros. */
function createConverter(bytes: Buffer): Converter | undefined {
  const head = bytes.subarray(0, headLength);
  const countZeros = (parity: number) => head.filter((byte, index) => byte === 0 && index % 2 === parity).length;
  const [even, odd] = [countZeros(0), countZeros(1)];
  const isMany = (count: number, others: number) => count > others * 4 && count * 8 >= head.length;
  if ((head[0] === 0xff && head[1] === 0xfe) || isMany(odd, even)) return createUtf16Converter('little');
  if ((head[0] === 0xfe && head[1] === 0xff) || isMany(even, odd)) return createUtf16Converter('big');
  return undefined;
}

function createUtf16Converter(order: 'little' | 'big'): Converter {
  let rest = Buffer.alloc(0);
  return {
    convert(chunk) {
      const bytes = Buffer.concat([rest, chunk]);
      let length = bytes.length - (bytes.length % 2);
      const lastHighByte = bytes[order === 'little' ? length - 1 : length - 2] ?? 0;
      // The first half of a surrogate pair waits for the second.
      if (length > 0 && (lastHighByte & 0xfc) === 0xd8) length -= 2;
      rest = bytes.subarray(length);
      const units = bytes.subarray(0, length);
      return encode((order === 'big' ? units.swap16() : units).toString('utf16le'));
    },
    end: () => (rest.length > 0 ? brokenUtf16 : rest),
  };
}

function encode(text: string): Buffer {
  if (!/\p{Surrogate}/u.test(text)) return Buffer.from(text);
  const pieces = text.split(/\p{Surrogate}/u).map((piece) => Buffer.from(piece));
  return Buffer.concat(pieces.flatMap((piece, index) => (index === 0 ? [piece] : [brokenUtf16, piece])));
}
