import type { LostRecords } from '../../pipeline/consume/lane-reader.js';
import { countOf } from '../console/plural.js';
import type { Console } from '../console/console.js';

/** The first hole of a partition is logged at once, later ones together, at most this often. */
const sayEveryMs = 10_000;

/** Holes of one partition that are not said yet, and when the last ones were. */
interface Unsaid {
  messages: number;
  from: number;
  to: number;
  saidMs: number;
}

/** Logs which messages of a topic were deleted before they were read. */
export class LossWatch {
  readonly #console: Console;
  readonly #topic: string;
  readonly #steadyNow: () => number;
  readonly #partitions = new Map<number, Unsaid>();

  /** @param steadyNow a clock that never goes back, ms */
  constructor(console: Console, topic: string, steadyNow: () => number) {
    this.#console = console;
    this.#topic = topic;
    this.#steadyNow = steadyNow;
  }

  add({ partition, from, to }: LostRecords): void {
    const unsaid = this.#partitions.get(partition) ?? { messages: 0, from, to, saidMs: -Infinity };
    this.#partitions.set(partition, unsaid);
    if (unsaid.messages === 0) unsaid.from = from;
    unsaid.messages += to - from;
    unsaid.to = to;
    if (this.#steadyNow() - unsaid.saidMs >= sayEveryMs) this.#say(partition, unsaid);
  }

  /** Logs the remaining losses. */
  end(): void {
    for (const [partition, unsaid] of this.#partitions) if (unsaid.messages > 0) this.#say(partition, unsaid);
  }

  #say(partition: number, unsaid: Unsaid): void {
    const what = `${this.#topic}/${partition}`;
    const one = `message of ${what} was deleted before it was read`;
    const lost = countOf(unsaid.messages, one, `messages of ${what} were deleted before they were read`);
    this.#console.logLine(`${lost} (offsets ${unsaid.from} to ${unsaid.to - 1}); missing from all results`, 'warn');
    unsaid.messages = 0;
    unsaid.saidMs = this.#steadyNow();
  }
}
