/** The longest that a timer of node waits, ms. */
const timerMsMax = 2 ** 31 - 1;

export interface WithinOptions {
  /** ms that are left now; looked at again when they have passed and when `stop` aborts, for they may be others then. */
  readonly leftMs: () => number;
  readonly stop: AbortSignal;
  /** Each ends the wait at once. */
  readonly signals: readonly AbortSignal[];
  /** Error to throw at the time limit or when a signal aborts. */
  readonly onOver: () => unknown;
}

/** What `work` resolves with or throws, but for no longer than there is time: then it is left to itself. */
export async function within<T>(work: Promise<T>, { leftMs, stop, signals, onOver }: WithinOptions): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let giveUp: () => void = () => undefined;
  let look: () => void = () => undefined;
  const over = new Promise<never>((_, reject) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what was thrown before, as it was
    giveUp = () => reject(onOver());
    look = () => {
      clearTimeout(timer);
      const left = leftMs();
      if (left <= 0) giveUp();
      else if (left < Infinity) timer = setTimeout(look, Math.min(left, timerMsMax));
    };
  });
  for (const signal of signals) signal.addEventListener('abort', giveUp, { once: true });
  stop.addEventListener('abort', look, { once: true });
  if (signals.some(({ aborted }) => aborted)) giveUp();
  else look();
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener('abort', giveUp);
    stop.removeEventListener('abort', look);
  }
}
