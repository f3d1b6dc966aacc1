import type { LogReader, PartitionState } from '../../transport/transport.js';
import type { LaneOrder, PartitionProgress } from '../order/lane-order.js';
import type { LaneReader } from './lane-reader.js';

export interface IdleClockOptions {
  /** How long a partition that is read to its end holds the watermark back. */
  readonly idleMs: number;
  /** Whether the ends of the partitions are fixed. */
  readonly untilEnd: boolean;
  /** A monotonic clock, ms. */
  readonly steadyNow: () => number;
}

/** Which partitions of a lane are idle, and for how long nothing new has come for any of them. */
export class IdleClock {
  readonly #options: IdleClockOptions;
  /** When the lane was taken, or last interrupted in its reading: activity just before is unknown. */
  #resumedMs: number;
  #interruptions = 0;
  /** End of each partition at the last look. */
  #ends: ReadonlyMap<number, number> = new Map();
  #quietMs: number | undefined;

  constructor(options: IdleClockOptions) {
    this.#options = options;
    this.#resumedMs = options.steadyNow();
  }

  /** Notes the ends of the partitions, and gives them back. */
  look(bounds: readonly PartitionState[]): ReadonlyMap<number, number> {
    this.#ends = new Map(bounds.map(({ partition, end }) => [partition, end]));
    return this.#ends;
  }

  /**
   * Time without anything new at the last {@link holdBack}, ms; undefined where something was unread or not yet readable.
   * It does not grow until the next one: from `idleMs` on, no partition held the watermark back.
   */
  get quietMs(): number | undefined {
    return this.#quietMs;
  }

  /** Tells the lane which partitions hold the watermark back: those with unread rows, and those not idle for long enough. */
  async holdBack(
    lane: Pick<LaneOrder, 'hold' | 'progress'>,
    reader: Pick<LaneReader, 'newestMs'>,
    log: Pick<LogReader, 'bounds' | 'interruptions'>,
  ): Promise<void> {
    const isRead = ({ partition, read }: PartitionProgress): boolean => read >= (this.#ends.get(partition) ?? 0);
    // Ends only rise: a partition that is behind the one it had need not be asked again.
    let isWaiting = false;
    if ([...lane.progress()].some(isRead)) {
      const bounds = await log.bounds();
      this.look(bounds);
      isWaiting = bounds.some(({ undecided = 0 }) => undecided > 0);
    }
    const { steadyNow, idleMs, untilEnd } = this.#options;
    const nowMs = steadyNow();
    // Brokers that were away for this reader were so for writers, too: their rows are still to come.
    const { interruptions = 0 } = log;
    if (interruptions > this.#interruptions) this.#resumedMs = nowMs;
    this.#interruptions = interruptions;
    let quietSinceMs = isWaiting ? undefined : this.#resumedMs;
    for (const place of lane.progress()) {
      const { partition } = place;
      const isUnread = !isRead(place);
      // A partition that is not empty may have been active.
      const resumedMs = this.#ends.get(partition) === 0 ? -Infinity : this.#resumedMs;
      const newestMs = Math.max(reader.newestMs(partition) ?? -Infinity, resumedMs);
      const isFresh = nowMs - newestMs < idleMs;
      // With an end that is fixed, a partition that has come to it gives nothing more.
      lane.hold(partition, isUnread || (isFresh && !untilEnd));
      if (isUnread) quietSinceMs = undefined;
      else if (quietSinceMs !== undefined) quietSinceMs = Math.max(quietSinceMs, newestMs);
    }
    this.#quietMs = quietSinceMs === undefined ? undefined : nowMs - quietSinceMs;
  }
}
