import type { ProcessLag } from '../../results/process-lag.js';
import type { LogReader, Transport } from '../../transport/transport.js';
import { groupReport } from '../topics/report.js';

/**
 * How often it is looked how far the group is behind: right after messages, when the least is open, or when none have come
 * for a while. A look between two of them would count the rows of half a batch, and need a frame of its own.
 */
const lookEveryMs = { withMessages: 750, without: 1300 };

/** Where the ends of a topic are read. */
interface TopicEnds {
  readonly log: Transport;
  readonly topic: string;
  readonly reader: LogReader;
}

/** Looks at the log for how far `process` is behind, while messages are read; one look at a time. */
export class LagWatch {
  #lookedMs = -Infinity;
  #isLooking = false;
  /** Kept from look to look, and closed with its log: to open a topic takes a hundred times as long as to ask for its ends. */
  #ends: TopicEnds | undefined;

  /**
   * @param groupOf name of the group whose messages are shown; undefined before the first
   * @param seen told what each look has found
   */
  constructor(
    private readonly groupOf: () => string | undefined,
    private readonly seen: (lag: ProcessLag) => void,
  ) {}

  /**
   * Looks, unless it has just done so. Never waits, and never throws: a look that fails says that nothing is known.
   *
   * @param when whether messages have just been read
   */
  look(log: Transport, when: keyof typeof lookEveryMs): void {
    const group = this.groupOf();
    const nowMs = performance.now();
    if (group === undefined || this.#isLooking || nowMs - this.#lookedMs < lookEveryMs[when]) return;
    this.#isLooking = true;
    void this.#lagOf(log, group)
      .catch(() => this.#forget())
      .then((found) => {
        this.#isLooking = false;
        this.#lookedMs = performance.now();
        this.seen({ records: undefined, alive: false, ...found, seenMs: Date.now() });
      });
  }

  /** Records of a group's topic that it has not read; undefined where there is no such group. */
  async #lagOf(log: Transport, name: string): Promise<Omit<ProcessLag, 'seenMs'> | undefined> {
    const [group] = await log.groups([name]);
    if (group === undefined) return undefined;
    const { topic, committed } = group;
    const known = this.#ends?.reader.positions();
    // The topic may have got more partitions since.
    const isAll = [...committed.keys()].every((partition) => known?.has(partition));
    if (this.#ends?.log !== log || this.#ends.topic !== topic || !isAll) {
      await this.#forget();
      this.#ends = { log, topic, reader: await log.openReader(topic, 'latest') };
    }
    const { lag: records, alive, partitions } = groupReport(group, await this.#ends.reader.bounds());
    return { records, alive, partitions: partitions.map(({ partition, lag }) => ({ partition, records: lag })) };
  }

  async #forget(): Promise<undefined> {
    const { reader } = this.#ends ?? {};
    this.#ends = undefined;
    await reader?.close().catch(() => undefined);
  }
}
