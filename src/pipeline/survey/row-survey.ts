import { chamberChannels, type Geometry, orbitNsOf } from '../../domain/geometry.js';
import { hitLimits } from '../../domain/hit.js';
import { codeOfKey } from '../../domain/row-key.js';
import { PartitionClock, type ReleasedRow } from '../../domain/orbit-clock.js';
import { Timeline, counterSpan } from '../../domain/timeline.js';
import { rowCode, wireCodes } from '../../domain/row-code.js';

const wireCount = hitLimits.FPGA * hitLimits.TDC_CHANNEL;

/**
 * Row codes that name the wire of each hit instead of its chamber: entry `fpga * 512 + channel` is its own index, below
 * all codes of other rows. Blocks to be surveyed are decoded with them.
 */
export const surveyWires = Uint16Array.from({ length: wireCount }, (_, wire) => wire);

/** A channel of a board with its rows. */
export interface WireRows {
  readonly fpga: number;
  readonly channel: number;
  readonly rows: number;
}

/** Orbits without a row after which that is a pause: about a second. */
const pauseOrbits = 11_223;
/** Hits below which a silent channel says nothing. */
const countedHitsMin = 10_000;
/** Orbits of a block, a tenth of a second; blocks that are remembered, a day of data. */
const blockOrbits = 1024;
const blocksMax = 1_000_000;

/** A stretch of the orbit counter without a row. */
export interface SurveyedPause {
  /** Raw counter before it. */
  readonly after: number;
  readonly seconds: number;
}

/** A stretch of the orbit counter without a restart. */
export interface SurveyedRun {
  /** Raw counters; the last is below the first where the counter wrapped. */
  readonly first: number;
  readonly last: number;
  readonly seconds: number;
}

/** Counts rows by what they say, wire by wire, whether the geometry knows the wire or not. */
export class RowSurvey {
  readonly #geometry: Geometry;
  readonly #codes: Uint16Array;
  readonly #wires = new Float64Array(wireCount);
  readonly #timeline = new Timeline();
  readonly #clock = new PartitionClock(this.#timeline);
  readonly #released: ReleasedRow[] = [];
  /** Blocks of orbits of the time line that have a row, to find pauses whatever the order of the rows. */
  readonly #blocks = new Set<number>();
  rows = 0;
  /** Rows whose HEAD is not that of a hit, and rejected ones. */
  otherHeads = 0;
  rejected = 0;

  constructor(geometry: Geometry) {
    this.#geometry = geometry;
    this.#codes = wireCodes(geometry);
  }

  /** Adds rows decoded with {@link surveyWires}. Their orbits are placed as those of one partition. */
  add({
    rows,
    keys,
    orbits,
  }: {
    readonly rows: number;
    readonly keys: Uint32Array;
    readonly orbits: Uint32Array;
  }): void {
    this.rows += rows;
    for (let row = 0; row < rows; row++) {
      const code = codeOfKey(keys[row]);
      if (code >= rowCode.rejectedFields) this.rejected++;
      else if (code >= wireCount) this.otherHeads++;
      else {
        this.#wires[code]++;
        if (this.#codes[code] === rowCode.droppedChannel) continue;
        const orbit = this.#clock.step(orbits[row], code, 0, this.#released);
        if (orbit !== undefined) this.#see(orbit);
        for (const released of this.#released) if (!released.claimed) this.#see(released.orbit);
        this.#released.length = 0;
      }
    }
  }

  /** Hits of each chamber of the geometry. */
  get chambers(): readonly number[] {
    const hits = this.#geometry.chambers.map(() => 0);
    this.#codes.forEach((code, wire) => {
      if (code < rowCode.scintillator) hits[Math.floor(code / chamberChannels)] += this.#wires[wire];
    });
    return hits;
  }

  /** The trigger channels of the geometry. */
  get triggers(): readonly WireRows[] {
    return this.#geometry.triggers.map(({ fpga, channel }) => this.#wire(fpga * hitLimits.TDC_CHANNEL + channel));
  }

  /**
   * Whether channels are numbered from 1: no board with chambers has a row of its first wire, and each has rows of the
   * channel behind its last one.
   */
  get countsFromOne(): boolean {
    const { chambers } = this.#geometry;
    const boards = [...new Set(chambers.map(({ fpga }) => fpga))].map((fpga) => {
      const first = chambers.filter((chamber) => chamber.fpga === fpga).map(({ channelFirst }) => channelFirst);
      const rowsAt = (channel: number): number => this.#wires[fpga * hitLimits.TDC_CHANNEL + channel] ?? 0;
      return { low: rowsAt(Math.min(...first)), high: rowsAt(Math.max(...first) + chamberChannels) };
    });
    const hits = this.chambers.reduce((total, count) => total + count, 0);
    return hits >= countedHitsMin && boards.length > 1 && boards.every(({ low, high }) => low === 0 && high > 0);
  }

  /** Channels with rows that are in no chamber and no trigger, those of most rows first. */
  get strays(): readonly WireRows[] {
    return this.#seen((code) => code === rowCode.droppedChannel).sort((a, b) => b.rows - a.rows);
  }

  /** Boards with rows. */
  get boards(): readonly number[] {
    return [...new Set(this.#seen(() => true).map(({ fpga }) => fpga))];
  }

  get runs(): readonly SurveyedRun[] {
    const orbitS = orbitNsOf(this.#geometry.clock) * 1e-9;
    return this.#timeline.runs.map(({ min, max }) => {
      return { first: min % counterSpan, last: max % counterSpan, seconds: (max - min + 1) * orbitS };
    });
  }

  /** Pauses of a second or more, in order. */
  get pauses(): readonly SurveyedPause[] {
    const orbitS = orbitNsOf(this.#geometry.clock) * 1e-9;
    const blocks = [...this.#blocks].sort((a, b) => a - b);
    return blocks.slice(1).flatMap((block, index) => {
      const [end, begin] = [(blocks[index] + 1) * blockOrbits, block * blockOrbits];
      const isOneRun = this.#timeline.runs.some(({ min, max }) => min <= end && begin <= max);
      if (!isOneRun || begin - end < pauseOrbits) return [];
      return [{ after: (end - 1) % counterSpan, seconds: (begin - end) * orbitS }];
    });
  }

  #see(orbit: number): void {
    if (this.#blocks.size < blocksMax) this.#blocks.add(Math.floor(orbit / blockOrbits));
  }

  #seen(isMeant: (code: number) => boolean): WireRows[] {
    return Array.from(this.#wires.keys(), (wire) => this.#wire(wire)).filter(
      ({ rows }, wire) => rows > 0 && isMeant(this.#codes[wire]),
    );
  }

  #wire(wire: number): WireRows {
    const fpga = Math.floor(wire / hitLimits.TDC_CHANNEL);
    return { fpga, channel: wire % hitLimits.TDC_CHANNEL, rows: this.#wires[wire] };
  }
}
