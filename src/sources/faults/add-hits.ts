import { hitHead, hitLimits } from '../../domain/hit.js';
import type { Random } from '../simulator/random.js';
import { HitQueue, type QueuedHit, drawDelayOrbits } from '../simulator/stream-order.js';
import { FaultRow, type RowStage } from './fault-row.js';
import { moveCounts } from './move-time.js';
import type { StageFault } from './stage-fault.js';

/** Hits at random times. */
export interface HitProcess {
  /** Time of the next hit, in orbits since the first row; Infinity = none any more. */
  readonly next: number;
  /** Takes it and returns its wire. */
  takeWire(): number;
}

/** Faults that add hits: hot, burst. Like all hits they leave the read-out up to `disorderOrbits` late. */
export function addHits(
  before: RowStage,
  { window, record, random, clock }: StageFault,
  process: HitProcess,
  disorderOrbits: number,
): RowStage {
  const queue = new HitQueue();
  const hit: QueuedHit = { key: 0, orbit: 0, bits: 0 };
  let waiting: FaultRow | undefined;
  const nextAt = (): number => (process.next < window.until ? process.next : Infinity);
  const takeRow = (): FaultRow => {
    queue.pop(hit);
    const row = new FaultRow();
    row.head = hitHead;
    row.wire = hit.bits;
    row.fpga = Math.floor(row.wire / hitLimits.TDC_CHANNEL);
    row.tdcChannel = row.wire % hitLimits.TDC_CHANNEL;
    row.at = hit.orbit;
    row.leavesAt = hit.key;
    row.orbit = Math.floor(hit.orbit);
    moveCounts(row, Math.floor((hit.orbit - row.orbit) * clock.orbitBx * clock.bxTdcCounts), clock);
    row.touch(record);
    return row;
  };
  return {
    next: () => {
      waiting ??= before.next();
      if (waiting === undefined) return undefined;
      for (let at = nextAt(); at < Math.min(queue.firstKey, waiting.leavesAt); at = nextAt()) {
        queue.push(at + drawDelayOrbits(disorderOrbits, random), at, process.takeWire());
      }
      if (queue.firstKey < waiting.leavesAt) return takeRow();
      const row = waiting;
      waiting = undefined;
      return row;
    },
  };
}

/** Hits of one wire at a steady rate. */
export class SteadyHits implements HitProcess {
  next: number;
  readonly #wire: number;
  readonly #perOrbit: number;
  readonly #random: Random;

  /** @param from when they begin, in orbits */
  constructor({ wire, perOrbit, from }: { wire: number; perOrbit: number; from: number }, random: Random) {
    this.#wire = wire;
    this.#perOrbit = perOrbit;
    this.#random = random;
    this.next = from + this.#gap();
  }

  takeWire(): number {
    this.next += this.#gap();
    return this.#wire;
  }

  #gap(): number {
    return this.#perOrbit === 0 ? Infinity : this.#random.exponential() / this.#perOrbit;
  }
}
