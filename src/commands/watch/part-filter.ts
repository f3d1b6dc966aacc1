import { DtstreamError } from '../../errors.js';
import { type IncomingMessage, readMessage } from '../../results/incoming-message.js';
import type { PartFlags } from '../flags/part.js';
import type { MessageSink } from './follow.js';

/** How long after `--to` its last messages may take to arrive, ms. */
const arrivalMs = 2000;
const timerMsMax = 2 ** 31 - 1;

/** The messages of a part: those published before a moment, and of one run. */
export class PartFilter {
  readonly #to: number;
  readonly #run: number | undefined;
  /** Runs of the messages so far. */
  #first = Infinity;
  #last = -Infinity;
  #isFound = false;

  constructor({ to = Infinity, run }: Pick<PartFlags, 'to' | 'run'>) {
    this.#to = to;
    this.#run = run;
  }

  /** Whether all messages of the part exist, as far as clocks agree. */
  get isPast(): boolean {
    return this.#to <= Date.now();
  }

  /** Aborts when no more messages of the part come; never without an end. */
  end(): AbortSignal {
    const leftMs = this.#to + arrivalMs - Date.now();
    return leftMs < timerMsMax ? AbortSignal.timeout(Math.max(0, leftMs)) : new AbortController().signal;
  }

  /** Passes on the messages of the part, and those that cannot be read, which may be of it. */
  sink(sink: MessageSink): MessageSink {
    if (this.#to === Infinity && this.#run === undefined) return sink;
    return {
      ...sink,
      take: (value, arrival, read) => {
        const result = read ?? readMessage(value);
        if ('unreadable' in result || this.#isOurs(result.message, arrival.appendedMs))
          return sink.take(value, arrival, result);
        return undefined;
      },
    };
  }

  /** @throws DtstreamError `input` at the end of the messages when none is of the run that was asked for */
  assertSeen(): void {
    if (this.#run === undefined || this.#isFound || this.#last < 0) return;
    const runs = this.#first === this.#last ? `run ${this.#first}` : `runs ${this.#first} to ${this.#last}`;
    throw new DtstreamError('input', `no message of run ${this.#run}; there are: ${runs}`);
  }

  /** @param appendedMs stands for the time of a message without one */
  #isOurs({ run, batch }: Pick<IncomingMessage, 'run' | 'batch'>, appendedMs: number | undefined): boolean {
    const closedMs = Date.parse(batch?.closed ?? '');
    if ((Number.isNaN(closedMs) ? (appendedMs ?? 0) : closedMs) >= this.#to) return false;
    if (run !== undefined) {
      this.#first = Math.min(this.#first, run);
      this.#last = Math.max(this.#last, run);
    }
    if (this.#run !== undefined && run !== this.#run) return false;
    this.#isFound = true;
    return true;
  }
}
