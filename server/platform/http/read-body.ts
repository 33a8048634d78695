import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors.ts';
import type { ByteBudget } from './byte-budget.ts';

/** The reason of a body that was dropped because too many unverified ones are under way. */
export const overBudgetReason = 'unverified-bytes';

export type BodyLimits = {
  maxBytes: number;
  /** For bodies of senders who are not verified yet. */
  budget?: ByteBudget | undefined;
};

/**
 * The bytes of a request's body. Rejects as soon as more than `maxBytes` have come or are declared, without waiting
 * for the rest. Compressed bodies are refused: the panel sends none, and unauthenticated callers could make the server
 * unpack them.
 */
export function readBody(request: IncomingMessage, { maxBytes, budget }: BodyLimits): Promise<Buffer> {
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = request.headers;
  if (encoding.toLowerCase() !== 'identity') return Promise.reject(unreadable('encoding.unsupported'));
  if (Number(length ?? 0) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  // Its `close` has been and will not come again.
  if (request.destroyed) return Promise.reject(unreadable('request.aborted'));
  return new Promise((resolve, reject) => {
    const share = budget?.open(() => settle(() => reject(overBudget())));
    const collected = createCollector((bytes) => share?.add(bytes));
    let bytes = 0;

    function onData(chunk: Buffer): void {
      bytes += chunk.length;
      if (bytes > maxBytes) settle(() => reject(tooLarge(maxBytes)));
      else collected.add(chunk, bytes === Number(length));
    }
    const onEnd = () => settle(() => resolve(collected.read()));
    const onAborted = () => settle(() => reject(unreadable('request.aborted')));

    function settle(finish: () => void): void {
      request.off('data', onData).off('end', onEnd).off('error', onAborted).off('close', onAborted);
      share?.release();
      finish();
    }
    request.on('data', onData).on('end', onEnd).on('error', onAborted).on('close', onAborted);
  });
}

/**
 * One growing buffer instead of a list of chunks: a chunk costs more than a hundred bytes beside its own, and a sender
 * may send each byte as a chunk. `onGrowth` is called with the bytes of memory that were added.
 */
function createCollector(onGrowth: (bytes: number) => void) {
  let buffer: Buffer = Buffer.alloc(0);
  let length = 0;
  return {
    add(chunk: Buffer, isLast: boolean): void {
      if (length === 0 && isLast) {
        // The usual body is one chunk and needs no copy.
        buffer = chunk;
      } else {
        if (length + chunk.length > buffer.length) grow(length + chunk.length);
        chunk.copy(buffer, length);
      }
      length += chunk.length;
    },
    read: () => buffer.subarray(0, length),
  };

  function grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * buffer.length, 1_024));
    onGrowth(grown.length - buffer.length);
    buffer.copy(grown, 0, 0, length);
    buffer = grown;
  }
}

/** A JSON object or array; an empty body counts as `{}`. */
export async function readJson(request: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!/^\s*application\/json\s*(?:;|$)/i.test(type)) {
    throw new AppError('invalid_request', 'Send JSON with Content-Type: application/json.');
  }
  if (/;\s*charset\s*=\s*"?(?!utf-8"?\s*(?:;|$))/i.test(type)) throw unreadable('charset.unsupported');
  const text = (await readBody(request, limits)).toString('utf8').replace(/^\uFEFF/, '');
  if (text === '') return {};
  const value = parse(text);
  if (typeof value !== 'object' || value === null) throw unreadable('entity.parse.failed');
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const tooLarge = (maxBytes: number) =>
  new AppError('payload_too_large', `The request is too large: it may have ${maxBytes} bytes.`, {
    reason: 'entity.too.large',
  });
const unreadable = (reason: string) => new AppError('invalid_request', 'The request could not be read.', { reason });
const overBudget = () =>
  new AppError('unavailable', 'Too many requests are under way. Send it again.', { reason: overBudgetReason });
