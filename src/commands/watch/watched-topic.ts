import { DtstreamError } from '../../errors.js';
import type { LogReader, ReadFrom, TopicState, Transport } from '../../transport/transport.js';

/** Detects that a topic which is read for long was replaced since it was first opened. */
export class WatchedTopic {
  readonly #topic: string;
  #isOpened = false;
  #id: string | undefined;

  constructor(
    readonly log: Transport,
    topic: string,
  ) {
    this.#topic = topic;
  }

  /**
   * Opens a reader.
   *
   * @param from offsets where a reader before was
   * @throws DtstreamError `gone` when they are of another topic, and what opening throws
   */
  async openReader(from: ReadFrom): Promise<LogReader> {
    if (this.#isOpened) await this.check(from instanceof Map ? (from as ReadonlyMap<number, number>) : new Map());
    // Asked before it is read: a topic that takes its place in between is then seen to be another one.
    const id = this.#isOpened ? this.#id : (await this.#state())?.id;
    const reader = await this.log.openReader(this.#topic, from);
    this.#isOpened = true;
    this.#id = id;
    return reader;
  }

  /**
   * Checks that the topic is still the one that was opened: it must exist, with the same id if the log has ids, and not end
   * before the offsets read.
   *
   * @param positions next offset to read, by partition
   * @throws DtstreamError `gone` otherwise
   */
  async check(positions: ReadonlyMap<number, number>): Promise<void> {
    const state = await this.#state();
    if (state === undefined) throw this.#gone('was deleted');
    const isOther = state.id !== undefined && this.#id !== undefined && state.id !== this.#id;
    const ends = new Map(state.partitions.map(({ partition, end }) => [partition, end]));
    const isShorter = [...positions].some(([partition, offset]) => (ends.get(partition) ?? 0) < offset);
    if (isOther || isShorter) throw this.#gone('was deleted and recreated');
    this.#id ??= state.id;
  }

  async #state(): Promise<TopicState | undefined> {
    return (await this.log.topics([this.#topic])).find(({ topic }) => topic === this.#topic);
  }

  #gone(what: string): DtstreamError {
    return new DtstreamError('gone', `cannot continue reading topic ${this.#topic} of ${this.log.name}: it ${what}`);
  }
}
