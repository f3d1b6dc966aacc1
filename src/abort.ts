/** Errors that caused one another, at most: a chain may be a ring. */
const causesMax = 16;

/**
 * Whether an error says no more than that `signal` has aborted: it is the signal's reason, or was caused by it, as what
 * node and the SDK of AWS reject with. A failure that only happens at the same time, as of a disk, is none.
 */
export function isAbortOf(signal: AbortSignal | undefined, error: unknown): boolean {
  if (signal?.aborted !== true) return false;
  let cause = error;
  for (let depth = 0; depth < causesMax && cause !== undefined; depth++) {
    if (cause === signal.reason) return true;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return false;
}

/** What a promise comes to, or, as soon as the signal aborts, an error that {@link isAbortOf} knows. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Error('aborted', { cause: signal.reason }));
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
