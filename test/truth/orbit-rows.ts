import type { Geometry } from '../../src/domain/geometry.js';
import { decodeWord, wordBytes } from '../../src/domain/word.js';

/** The rows of one orbit, with ticks from its start. */
export interface OrbitRows {
  /** Earliest tick of a trigger; Infinity without one. */
  trigger: number;
  /** Three numbers a hit: chamber, channel within it, tick. */
  readonly hits: number[];
}

/** No row trails a later one by so many orbits. */
const latenessOrbits = 4096;

/** Puts the words of one run together by orbit, read plainly, and gives each orbit once no more rows of it can come. */
export class OrbitCollector {
  readonly #geometry: Geometry;
  readonly #onOrbit: (orbit: number, rows: OrbitRows) => void;
  readonly #open = new Map<number, OrbitRows>();
  #frontier = -Infinity;
  #closed = -Infinity;

  constructor(geometry: Geometry, onOrbit: (orbit: number, rows: OrbitRows) => void) {
    this.#geometry = geometry;
    this.#onOrbit = onOrbit;
  }

  /** @param words whole ones */
  add(words: Uint8Array): void {
    const { chambers, triggers, clock } = this.#geometry;
    const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    for (let at = 0; at < words.length; at += wordBytes) {
      const { head, fpga, tdcChannel, orbitCnt, bxCounter, tdcMeas } = decodeWord(view, at);
      if (head !== 2) continue;
      const tick = bxCounter * clock.bxTdcCounts + tdcMeas;
      const chamber = chambers.findIndex(
        (one) => one.fpga === fpga && tdcChannel >= one.channelFirst && tdcChannel < one.channelFirst + one.channels,
      );
      if (chamber >= 0) {
        this.#rowsOf(orbitCnt).hits.push(chamber, tdcChannel - chambers[chamber].channelFirst, tick);
      } else if (triggers.some((trigger) => trigger.fpga === fpga && trigger.channel === tdcChannel)) {
        const rows = this.#rowsOf(orbitCnt);
        rows.trigger = Math.min(rows.trigger, tick);
      }
    }
    if (this.#frontier > this.#closed + 2 * latenessOrbits) this.#close(this.#frontier - latenessOrbits);
  }

  /** Gives what is left. */
  end(): void {
    this.#close(Infinity);
  }

  #rowsOf(orbit: number): OrbitRows {
    let rows = this.#open.get(orbit);
    if (rows === undefined) {
      if (orbit < this.#closed) throw new Error(`a row of orbit ${orbit} comes after orbit ${this.#frontier}`);
      this.#frontier = Math.max(this.#frontier, orbit);
      rows = { trigger: Infinity, hits: [] };
      this.#open.set(orbit, rows);
    }
    return rows;
  }

  /** Gives all orbits before one. */
  #close(before: number): void {
    this.#closed = before;
    for (const [orbit, rows] of this.#open) {
      if (orbit >= before) continue;
      this.#open.delete(orbit);
      this.#onOrbit(orbit, rows);
    }
  }
}
