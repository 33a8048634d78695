import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors.ts';

/**
 * The bytes of a request's body. Rejects as soon as more than `maxBytes` have come or are declared, without waiting
 * for the rest. Compressed bodies are refused: the panel sends none, and unauthenticated callers could make the server
 * unpack them.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = request.headers;
  if (encoding.toLowerCase() !== 'identity') return Promise.reject(unreadable('encoding.unsupported'));
  if (Number(length ?? 0) > maxBytes) return Promise.reject(tooLarge());
  // Its `close` has been and will not come again.
  if (request.destroyed) return Promise.reject(unreadable('request.aborted'));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;

    function onData(chunk: Buffer): void {
      bytes += chunk.length;
      if (bytes > maxBytes) settle(() => reject(tooLarge()));
      else chunks.push(chunk);
    }
    const onEnd = () => settle(() => resolve(Buffer.concat(chunks, bytes)));
    const onAborted = () => settle(() => reject(unreadable('request.aborted')));

    function settle(finish: () => void): void {
      request.off('data', onData).off('end', onEnd).off('error', onAborted).off('close', onAborted);
      finish();
    }
    request.on('data', onData).on('end', onEnd).on('error', onAborted).on('close', onAborted);
  });
}

/** A JSON object or array; an empty body counts as `{}`. */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!/^\s*application\/json\s*(?:;|$)/i.test(type)) {
    throw new AppError('invalid_request', 'Send JSON with Content-Type: application/json.');
  }
  if (/;\s*charset\s*=\s*"?(?!utf-8"?\s*(?:;|$))/i.test(type)) throw unreadable('charset.unsupported');
  const text = (await readBody(request, maxBytes)).toString('utf8').replace(/^\uFEFF/, '');
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

const tooLarge = () => new AppError('payload_too_large', 'The request is too large.', { reason: 'entity.too.large' });
const unreadable = (reason: string) => new AppError('invalid_request', 'The request could not be read.', { reason });
