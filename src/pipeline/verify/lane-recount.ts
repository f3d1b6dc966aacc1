import { clockStepMax, PartitionClock, type ReleasedRow } from '../../domain/orbit-clock.js';
import { Timeline } from '../../domain/timeline.js';
import { isClockCode, isTriggerCode, kindOf, rowCode, rowKinds } from '../../domain/row-code.js';
import { codeOfKey } from '../../domain/row-key.js';
import type { LaneState } from '../order/lane-order.js';
import { alignWatermark } from './align-watermark.js';
import { OrbitTally } from './orbit-tally.js';
import { PhysicsRecount, type PhysicsRecountOptions } from './physics-recount.js';
import type { RawRows } from './raw-rows.js';

/** What rows add up to. Rows that are no hits count when they are read, the others when they have their place. */
export interface RecountedRows {
  rowsRead: number;
  /** Hits by `chamber * 64 + channel`. */
  readonly channels: Float64Array;
  /** Rows that are no hits, see `kindOf`. */
  readonly kinds: Float64Array;
}

/** Orbits that are kept open before those that nothing can come for any more are settled. */
const orbitsOpenMin = 1 << 20;

/** A recount of one lane. */
export interface Recount extends Readonly<
  Pick<LaneRecount, 'counts' | 'open' | 'physics' | 'add' | 'flush' | 'settle' | 'finish'>
> {
  readonly tally: Pick<OrbitTally, 'active' | 'orbits' | 'listHash'>;
}

interface RecountedPartition {
  readonly clock: PartitionClock;
  /** First offset that the group still needs (C): only rows from there on may be open. */
  readonly needed: number;
  /** Largest orbit accepted, -Infinity before the first. */
  orbitMax: number;
}

export function recountNothing(): RecountedRows {
  return { rowsRead: 0, channels: new Float64Array(rowCode.scintillator), kinds: new Float64Array(rowKinds) };
}

/**
 * Recounts the rows of one lane in a different way than the pipeline: every row goes through the orbit clock by itself,
 * and every orbit is kept until no more hits can come.
 */
export class LaneRecount {
  readonly counts = recountNothing();
  readonly tally: OrbitTally;
  /** Hits and scintillator rows in orbits that are not closed, and those without a place. */
  open = 0;
  /** Undefined where it is not recounted. */
  readonly physics: PhysicsRecount | undefined;
  readonly #timeline = new Timeline();
  readonly #partitions: ReadonlyMap<number, RecountedPartition>;
  /** Placed rows that may turn out to be open. */
  readonly #tailOrbits: number[] = [];
  readonly #tailKeys: number[] = [];
  #orbitsOpenMax = orbitsOpenMin;
  readonly #released: ReleasedRow[] = [];

  /**
   * A row that waits in the order of this recount, and is given up, may have begun a run in the order of the pipeline. So
   * each has the orbit that it claims; where the pipeline gave it up, the orbit counts among its late ones.
   *
   * @param options `needed` is the first offset that the group still needs, by partition
   */
  constructor(options: {
    readonly chambers: number;
    readonly needed: ReadonlyMap<number, number>;
    readonly waitRowsMax?: number;
    readonly physics?: PhysicsRecountOptions | undefined;
  }) {
    const { chambers, needed, physics } = options;
    this.tally = new OrbitTally(chambers);
    this.physics =
      physics && new PhysicsRecount(physics, (orbit) => this.#timeline.runs.findLast((run) => run.baseOrbit <= orbit));
    this.#partitions = new Map(
      [...needed].map(([partition, offset]) => [
        partition,
        {
          clock: new PartitionClock(this.#timeline, undefined, { ...options, givenUp: 'claimed' }),
          needed: offset,
          orbitMax: -Infinity,
        },
      ]),
    );
  }

  /** Takes the rows of records [from, to) of a partition. */
  add(number: number, rows: RawRows, from: number, to: number): void {
    const partition = this.#partitions.get(number);
    if (partition === undefined) return;
    const { clock, needed } = partition;
    const { orbits, keys, offsets, recordRows, mark } = rows;
    const { kinds } = this.counts;
    const released = this.#released;
    if (mark !== undefined && to > from) clock.mark(mark);
    let row = from === 0 ? 0 : recordRows[from - 1];
    for (let record = from; record < to; record++) {
      const offset = offsets[record];
      const mayBeOpen = offset >= needed;
      for (; row < recordRows[record]; row++) {
        this.counts.rowsRead++;
        const code = codeOfKey(keys[row]);
        if (!isClockCode(code)) {
          kinds[kindOf(code)]++;
          continue;
        }
        const orbit = clock.step(orbits[row], keys[row], offset, released);
        if (orbit !== undefined) {
          if (orbit > partition.orbitMax) partition.orbitMax = orbit;
          this.#place(orbit, keys[row], mayBeOpen);
        }
        if (released.length > 0) this.#placeReleased(partition);
      }
    }
  }

  /** Everything up to here is published: waiting rows with their claimed orbit, and no orbit continues. */
  flush(): void {
    for (const { clock } of this.#partitions.values()) {
      for (const { orbit, key } of clock.flush()) this.#place(orbit, key, false);
    }
    this.tally.settleBelow(Infinity);
    this.physics?.settleBelow(Infinity);
    this.#tailOrbits.length = 0;
    this.#tailKeys.length = 0;
  }

  /**
   * Settles orbits that are far behind every clock, so that they do not pile up.
   *
   * @param unfinished partitions of which rows are to come
   */
  settle(unfinished: ReadonlySet<number>): void {
    if (this.tally.size < this.#orbitsOpenMax) return;
    const clocks = [...this.#partitions].filter(([partition]) => unfinished.has(partition));
    const slowest = Math.min(...clocks.map(([, { clock }]) => clock.state.last ?? -Infinity));
    // What may be open at the last commit is not known to be closed before `finish`, also when all rows are in.
    const firstOpen = this.#tailOrbits.reduce((least, orbit) => Math.min(least, orbit), Infinity);
    const bound = Math.min(slowest - clockStepMax, firstOpen);
    this.tally.settleBelow(bound);
    this.physics?.settleBelow(bound);
    this.#orbitsOpenMax = Math.max(orbitsOpenMin, 2 * this.tally.size);
  }

  /** After all rows: takes out the rows that are open according to the lane's last commit. */
  finish(lane: LaneState): void {
    const orbitMax = new Map([...this.#partitions].map(([partition, state]) => [partition, state.orbitMax]));
    const watermark = alignWatermark(lane, { timeline: this.#timeline, orbitMax });
    const { channels, kinds } = this.counts;
    this.#tailOrbits.forEach((orbit, index) => {
      if (orbit <= watermark) return;
      this.open++;
      const code = codeOfKey(this.#tailKeys[index]);
      if (isTriggerCode(code)) kinds[0]--;
      else channels[code]--;
    });
    this.tally.dropAbove(watermark);
    this.tally.settleBelow(Infinity);
    this.physics?.dropAbove(watermark);
    this.physics?.settleBelow(Infinity);
    for (const { clock } of this.#partitions.values()) this.open += clock.waiting.length;
  }

  #placeReleased(partition: RecountedPartition): void {
    for (const { orbit, key, offset, claimed } of this.#released) {
      if (!claimed && orbit > partition.orbitMax) partition.orbitMax = orbit;
      this.#place(orbit, key, offset >= partition.needed);
    }
    this.#released.length = 0;
  }

  /** Counts a row with its place; one that was given up is below the time line and belongs to no orbit. */
  #place(orbit: number, key: number, mayBeOpen: boolean): void {
    const code = codeOfKey(key);
    if (mayBeOpen) {
      this.#tailOrbits.push(orbit);
      this.#tailKeys.push(key);
    }
    if (orbit >= 0) this.physics?.add(orbit, key);
    if (isTriggerCode(code)) {
      this.counts.kinds[0]++;
    } else {
      this.counts.channels[code]++;
      if (orbit >= 0) this.tally.add(orbit, code);
    }
  }
}
