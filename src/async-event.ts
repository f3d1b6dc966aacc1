export interface WaitOptions {
  /** Default: without end. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A repeatable event with any number of waiters. It is not remembered: only waits that have begun end with it. */
export class AsyncEvent {
  readonly #waits = new Set<() => void>();

  /** Ends all waits, in the order in which they began. */
  notify(): void {
    for (const end of this.#waits) end();
  }

  /** Resolves at the next {@link notify}, after `waitMs`, or when the signal aborts. */
  wait({ waitMs, signal }: WaitOptions = {}): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        this.#waits.delete(end);
        resolve();
      };
      const timer = waitMs === undefined ? undefined : setTimeout(end, Math.max(0, waitMs));
      signal?.addEventListener('abort', end, { once: true });
      this.#waits.add(end);
    });
  }
}
