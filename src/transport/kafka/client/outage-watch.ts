import { AwakeClock } from '../../../awake-clock.js';

/** Time of waiting without success before the user is told, ms. */
const saidAfterMs = 2000;
/** How often an unreachable broker is tried again, ms. */
const lookEveryMs = 2000;
/** After a stop in which brokers did not answer, each further request gets no more than this, ms. */
const lastWordMs = 500;

/** A broker that connections are made to. */
export interface KnownBroker {
  /** `broker 2 (10.0.0.2:9092)` */
  readonly name: string;
  /** Whether it answers now. */
  readonly isAnswering: () => Promise<boolean>;
}

export interface OutageWatchOptions {
  readonly say: (message: string) => void;
  /** Aborts when the user wants to end: from then on each wait gets `stopMs` at most. */
  readonly stop: AbortSignal;
  readonly stopMs: number;
  readonly clock?: AwakeClock;
}

/**
 * Collects the outages seen by all connections of one log, so that an outage is reported once, for any number of waiters:
 *
 * ```
 *  a wait takes 2 s ─► "broker 2 (…) is unreachable (connection refused): waiting for up to 58 s"
 *     all waits are over: it answers  ─► "broker 2 (…) is back after 9.2 s"
 *                         it does not ─► "continuing without broker 2 (…) after 9.2 s" ─► … ─► "broker 2 (…) is back"
 * ```
 */
export class OutageWatch {
  readonly clock: AwakeClock;
  readonly #options: OutageWatchOptions;
  readonly #reached = new Set<string>();
  /** Waits that are part of the outage that was said. */
  readonly #waiting = new Set<object>();
  readonly #away = new Map<string, KnownBroker>();
  #outageFromMs = 0;
  #hasWorked = false;
  #users = 0;
  #lookTimer: NodeJS.Timeout | undefined;
  #stoppedMs: number | undefined;
  #isGivenUp = false;

  constructor(options: OutageWatchOptions) {
    this.#options = options;
    this.clock = options.clock ?? new AwakeClock();
    const onStop = (): void => {
      this.#stoppedMs = this.clock.now();
    };
    if (options.stop.aborted) onStop();
    else options.stop.addEventListener('abort', onStop, { once: true });
  }

  get stop(): AbortSignal {
    return this.#options.stop;
  }

  /** Whether a broker has ever done what it was asked. */
  get hasWorked(): boolean {
    return this.#hasWorked;
  }

  /** Notes an answer from `host:port`. */
  noteReached(address: string): void {
    this.#reached.add(address);
  }

  wasReached(address: string): boolean {
    return this.#reached.has(address);
  }

  /**
   * ms that a wait has left, 0 or less when it is over.
   *
   * @param fromMs when it began, on {@link clock}
   */
  leftMs(fromMs: number, limitMs: number): number {
    const nowMs = this.clock.now();
    const leftMs = fromMs + limitMs - nowMs;
    if (this.#stoppedMs === undefined) return leftMs;
    const stopMs = this.#isGivenUp ? lastWordMs : this.#options.stopMs;
    return Math.min(leftMs, Math.max(fromMs, this.#stoppedMs) + stopMs - nowMs);
  }

  /**
   * Called for every failure that is retried.
   *
   * @param wait identity of the wait
   * @param reason in words; of the whole failure unless a broker is named
   */
  failed(
    wait: object,
    failure: {
      readonly fromMs: number;
      readonly leftMs: number;
      readonly reason: string;
      readonly broker?: KnownBroker;
    },
  ): void {
    const { fromMs, leftMs, reason, broker } = failure;
    if (this.#waiting.has(wait) || this.clock.now() - fromMs <= saidAfterMs) return;
    const isFirst = this.#waiting.size === 0;
    this.#waiting.add(wait);
    const isNew = broker !== undefined && !this.#away.has(broker.name);
    if (broker !== undefined) this.#away.set(broker.name, broker);
    if (isFirst) this.#outageFromMs = fromMs;
    const leftS = Math.max(0, Math.round(leftMs / 1000));
    if (isFirst && broker === undefined) this.#options.say(`${reason}; trying again for ${leftS} s`);
    else if (isFirst || isNew) this.#options.say(`${reason}: waiting for up to ${leftS} s`);
  }

  /** A wait has ended well. */
  worked(wait: object): void {
    this.#hasWorked = true;
    if (this.#waiting.delete(wait) && this.#waiting.size === 0) void this.#sayOver();
  }

  /** A wait has failed, and its caller knows why. @param isOutage whether brokers were unreachable */
  gaveUp(wait: object, { isOutage }: { readonly isOutage: boolean }): void {
    const wasLast = this.#waiting.delete(wait) && this.#waiting.size === 0;
    if (this.#stoppedMs !== undefined) this.#isGivenUp ||= isOutage;
    // Given up for another reason, such as a lane that was lost: a broker that was said to be away may be back.
    else if (wasLast && !isOutage && this.#away.size > 0) void this.#sayOver();
  }

  /** Each user of the watch, such as a connection, calls this, and {@link release} at its end. */
  acquire(): void {
    this.#users++;
    this.clock.acquire();
  }

  release(): void {
    this.clock.release();
    if (--this.#users === 0) clearInterval(this.#lookTimer);
  }

  async #sayOver(): Promise<void> {
    const afterS = ((this.clock.now() - this.#outageFromMs) / 1000).toFixed(1);
    if (this.#away.size === 0) {
      this.#options.say(`Kafka answers again after ${afterS} s`);
      return;
    }
    const back = await this.#lookForAway();
    if (back.length > 0) this.#options.say(`${back.join(' and ')} ${isOrAre(back)} back after ${afterS} s`);
    const left = [...this.#away.keys()];
    if (left.length === 0 || this.#users === 0) return;
    this.#options.say(`continuing without ${left.join(' and ')} after ${afterS} s`);
    this.#lookTimer ??= setInterval(() => void this.#lookAgain(), lookEveryMs).unref();
  }

  async #lookAgain(): Promise<void> {
    const back = await this.#lookForAway();
    if (back.length > 0 && this.#users > 0) this.#options.say(`${back.join(' and ')} ${isOrAre(back)} back`);
    if (this.#away.size > 0) return;
    clearInterval(this.#lookTimer);
    this.#lookTimer = undefined;
  }

  /** Names of brokers that were away and answer now; they count as there from then on. */
  async #lookForAway(): Promise<string[]> {
    const looked = await Promise.all(
      [...this.#away.values()].map(async ({ name, isAnswering }) => ((await isAnswering()) ? [name] : [])),
    );
    return looked.flat().filter((name) => this.#away.delete(name));
  }
}

function isOrAre({ length }: readonly string[]): string {
  return length === 1 ? 'is' : 'are';
}
