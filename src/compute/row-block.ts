import type { ClockUnits } from '../domain/geometry.js';
import { rowKinds } from '../domain/row-code.js';
import { Kernel } from './kernel.js';

/** Rows of a chunk between two notes of its largest orbit: few enough that a cut within finds it quickly. */
export const orbitIndexStride = 1024;

/** Parts of a chunk, at most. */
export const partsMax = 2048;

/** Steps of a chunk that begin a stretch: beyond them rows go through the clock one by one. */
export const stepsMax = 4096;

/**
 * Numbers that describe a stretch: its first row, the first, last, smallest and largest orbit less the chunk's `base`, and
 * 1 if there are steps in it.
 *
 * ```
 *  row    0     1     2   │  3   │  4     5     6
 *  orbit  7     8     8   │ 2^30 │  9     9    10      a row with a corrupt orbit is a stretch of its own
 * ```
 */
export const stretchStride = 6;

/** Bytes around the text that the kernel may read. */
const marginBytes = 64;
const listsMax = 65_536;

/**
 * Rows of one chunk in row order, as decoding leaves them: the raw orbit and the row key of every row. One block a
 * thread, used again for every chunk. It lies in the memory of a kernel, with the text that it comes from and the lists
 * that its rows go to:
 *
 * ```
 *  wires │ text │ orbits keys │ starts │ lists: orbits rows keys │ list of each row │ kinds │ largest so far │ …
 *                                       │ record ends │ record rows ─────────────────►│ until the rows are routed
 * ```
 */
export class RowBlock {
  readonly kernel = new Kernel();
  readonly bytesMax: number;
  readonly wires: Uint16Array;
  readonly clock: ClockUnits;
  /** Where each part begins in the kernel's memory. */
  readonly at: Readonly<Record<keyof ReturnType<typeof partsOf> | 'recordEnds' | 'recordRows', number>>;
  readonly text: Uint8Array;
  /** Raw orbits; meaningless for rows that are neither hit nor scintillator. */
  readonly orbits: Uint32Array;
  readonly keys: Uint32Array;
  /** Rows decoded so far. */
  rows = 0;
  /** Lines seen so far, header and blank ones included; words count as lines. */
  lines = 0;
  /** {@link rejectedStride} numbers a rejected row: row, line, first byte, end of its bytes, row code. */
  rejected: number[] = [];
  /** Rows that only a negative orbit keeps from being hits, one that a signed 32-bit counter prints; of text of files. */
  signedOrbits = 0;
  /** Why the first rejected row was; of text of files. */
  explanation: string | undefined;

  /**
   * @param bytesMax most bytes of a chunk
   * @param wires row code of each wire, see `wireCodes`
   * @param clock what makes the ticks of a row
   */
  constructor(bytesMax: number, wires: Uint16Array, clock: ClockUnits) {
    const { kernel } = this;
    const rowsMax = rowsMaxOf(bytesMax);
    this.bytesMax = bytesMax;
    this.wires = wires;
    this.clock = clock;
    const { text, ...parts } = kernel.regions(partsOf(bytesMax, wires));
    // A record has at least one byte, so both need 4 bytes per byte of text: 8 per row, as the orbits of lists have, and as
    // their rows and their keys have together.
    this.at = { text: text + marginBytes, ...parts, recordEnds: parts.listOrbits, recordRows: parts.listRows };
    new Uint16Array(kernel.memory, this.at.wires, wires.length).set(wires);
    this.text = new Uint8Array(kernel.memory, this.at.text, bytesMax);
    this.orbits = new Uint32Array(kernel.memory, this.at.orbits, rowsMax);
    this.keys = new Uint32Array(kernel.memory, this.at.keys, rowsMax);
    kernel.run.useClock(clock.bxTdcCounts, clock.orbitBx);
  }

  clear(): void {
    this.rows = 0;
    this.lines = 0;
    this.rejected = [];
    this.signedOrbits = 0;
    this.explanation = undefined;
  }
}

/** Numbers that describe one rejected row. */
export const rejectedStride = 5;

/** Rows that a chunk of that many bytes seldom passes: a word has 8 bytes, a line of six fields most often 20 or more. */
export function rowsLikelyMaxOf(bytes: number, format: 'csv' | 'words'): number {
  return Math.ceil(bytes / (format === 'csv' ? 16 : 8));
}

/** Bytes of each part, in their order. */
function partsOf(bytesMax: number, wires: Uint16Array) {
  const rowsMax = rowsMaxOf(bytesMax);
  return {
    wires: wires.byteLength,
    text: marginBytes + bytesMax + marginBytes,
    orbits: 4 * rowsMax,
    keys: 4 * rowsMax,
    next: 4 * (listsMax + 1),
    listOrbits: 8 * rowsMax,
    listRows: 4 * rowsMax,
    listKeys: 4 * rowsMax,
    shardOf: 2 * rowsMax,
    kinds: 4 * rowKinds,
    maxBefore: 8 * Math.ceil(rowsMax / orbitIndexStride),
    partRows: 4 * partsMax,
    stretches: 4 * stretchStride * (stepsMax + partsMax),
  };
}

/** Most rows that a chunk of that many bytes holds: the shortest is one byte and its line end. */
function rowsMaxOf(bytes: number): number {
  return Math.ceil(bytes / 2);
}
