/**
 * Resolves with the result of `work`, or with that of `onTimeout` if `ms` pass first; `onTimeout` may throw instead.
 * `work` receives a function that creates a signal, aborted at the deadline. An AbortController costs more than the
 * rest, so it is created only for work that can be cancelled. A rejection of `work` after the deadline is ignored.
 */
export async function withDeadline<Result, Late>(
  ms: number,
  work: (getSignal: () => AbortSignal) => Promise<Result>,
  onTimeout: () => Late,
): Promise<Result | Late> {
  let expiry: AbortController | undefined;
  const getSignal = () => {
    expiry ??= new AbortController();
    return expiry.signal;
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Late>((resolve, reject) => {
    timer = setTimeout(() => {
      try {
        resolve(onTimeout());
      } catch (error) {
        reject(error);
      }
      expiry?.abort();
    }, ms);
  });
  try {
    return await Promise.race([work(getSignal), late]);
  } finally {
    clearTimeout(timer);
  }
}
