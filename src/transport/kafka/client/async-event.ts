/** A repeatable event with any number of waiters. */
export class AsyncEvent {
  #waiting: (() => void)[] = [];

  /** Wakes all current waiters. */
  open(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const goOn of waiting) goOn();
  }

  /** Resolves when the gate opens next, after `waitMs`, or when the signal aborts. */
  async wait({
    waitMs,
    signal,
  }: {
    readonly waitMs?: number;
    readonly signal?: AbortSignal | undefined;
  }): Promise<void> {
    if (signal?.aborted) return;
    let timer: NodeJS.Timeout | undefined;
    let goOn: () => void = () => undefined;
    await new Promise<void>((resolve) => {
      goOn = resolve;
      this.#waiting.push(goOn);
      if (waitMs !== undefined) timer = setTimeout(resolve, waitMs);
      signal?.addEventListener('abort', goOn, { once: true });
    });
    clearTimeout(timer);
    signal?.removeEventListener('abort', goOn);
    this.#waiting = this.#waiting.filter((waiting) => waiting !== goOn);
  }
}
