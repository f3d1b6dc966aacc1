import type { TopicState } from '../../transport/transport.js';
import { countOf } from '../console/plural.js';
import type { Console } from '../console/console.js';

/** A transaction open for this long is logged: ordinary ones take moments. */
const lookEveryMs = 10_000;

/** Logs which messages of a topic wait for an open transaction. */
export class TopicWatch {
  readonly #console: Console;
  readonly #look: () => Promise<TopicState | undefined>;
  readonly #timer: NodeJS.Timeout;
  /** End of each partition at which something waited at the last look, and whether it was said. */
  #waiting = new Map<number, { readonly end: number; readonly isSaid: boolean }>();

  constructor(console: Console, look: () => Promise<TopicState | undefined>, everyMs = lookEveryMs) {
    this.#console = console;
    this.#look = look;
    this.#timer = setInterval(() => void this.#again(), everyMs).unref();
  }

  /**
   * Stops looking.
   *
   * @param isFinal whether reading has ended: then all waiting messages are logged
   */
  async end(isFinal: boolean): Promise<void> {
    clearInterval(this.#timer);
    if (!isFinal) return;
    const state = await this.#look();
    for (const { partition, undecided = 0 } of state?.partitions ?? []) {
      if (undecided > 0)
        this.#console.logLine(`${waitText(state?.topic ?? '', partition, undecided)}: left unread`, 'warn');
    }
  }

  /** Never rejects: an unreachable log is reported by the parts that need it. */
  async #again(): Promise<void> {
    const state = await this.#look().catch(() => undefined);
    if (state === undefined) return;
    const waiting = new Map<number, { readonly end: number; readonly isSaid: boolean }>();
    for (const { partition, end, undecided = 0 } of state.partitions) {
      if (undecided === 0) continue;
      const before = this.#waiting.get(partition);
      const isSame = before?.end === end;
      if (isSame && !before.isSaid) {
        this.#console.logLine(`${waitText(state.topic, partition, undecided)}: read when it ends`, 'warn');
      }
      waiting.set(partition, { end, isSaid: isSame });
    }
    this.#waiting = waiting;
  }
}

function waitText(topic: string, partition: number, messages: number): string {
  const what = `${topic}/${partition}`;
  return `${countOf(messages, `message of ${what} waits`, `messages of ${what} wait`)} for an open transaction`;
}
