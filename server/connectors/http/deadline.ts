import type { Failure } from '../port/outcome.ts';

/**
 * What `work` answers, or `unavailable` when it has not by then; `work` is told by its signal, which is made for who asks
 * for it: it costs more than the rest. A rejection is the answer of `work` and passes through.
 */
export async function withDeadline<Result>(
  ms: number,
  work: (signal: () => AbortSignal) => Promise<Result>,
): Promise<Result | (Failure & { kind: 'unavailable' })> {
  let expiry: AbortController | undefined;
  const signal = () => {
    expiry ??= new AbortController();
    return expiry.signal;
  };
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<Failure & { kind: 'unavailable' }>((resolve) => {
    timer = setTimeout(() => {
      resolve({ kind: 'unavailable', reason: 'timeout' });
      expiry?.abort();
    }, ms);
  });
  try {
    return await Promise.race([work(signal), expired]);
  } finally {
    clearTimeout(timer);
  }
}
