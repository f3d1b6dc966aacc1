import type { CommittedOffset } from '../../transport/transport.js';
import { decodeCheckpoint, type LaneCheckpoint, laneMarkOf } from '../consume/lane-checkpoint.js';

/** The last commits of a group, lane by lane, for as many lanes as it had when they were made. */
export class LaneCheckpoints {
  readonly #committed: ReadonlyMap<number, CommittedOffset>;
  readonly #known = new Map<string, LaneCheckpoint | undefined>();

  constructor(committed: ReadonlyMap<number, CommittedOffset>) {
    this.#committed = committed;
  }

  /** The last commit of a lane of so many; undefined when there is none. */
  of(lane: number, lanes: number): LaneCheckpoint | undefined {
    const key = `${lane}/${lanes}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#read(lane, lanes));
    return this.#known.get(key);
  }

  /** A partition that was committed with another number of lanes belongs to none of these. */
  #read(lane: number, lanes: number): LaneCheckpoint | undefined {
    const own = [...this.#committed].filter(([partition, offset]) => {
      return partition % lanes === lane && (laneMarkOf(partition, offset).lanes ?? lanes) === lanes;
    });
    return decodeCheckpoint(new Map(own));
  }
}
