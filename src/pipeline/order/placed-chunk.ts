import { type HitLists, viewHitLists } from '../../compute/hit-lists.js';
import { placeRowByRow, type RowsPlacedOneByOne } from '../../compute/place-row-by-row.js';
import type { DecodeResult } from '../../compute/tasks.js';
import type { PartitionClock } from '../../domain/orbit-clock.js';

/** A decoded chunk of one partition, in the order of reading. */
export interface DecodedChunk {
  readonly partition: number;
  /** Where it begins: the offset of its first record or of a gap before it; where it has no records, of its first row. */
  readonly firstOffset: number;
  /** Next offset to read after it. */
  readonly nextOffset: number;
  /** Offsets of its records; absent where they are consecutive from `firstOffset`. */
  readonly recordOffsets?: Float64Array | undefined;
  readonly decoded: DecodeResult;
  readonly lists: SharedArrayBuffer;
  /** Read again after a restart, up to the offset committed as read. */
  readonly replayed: boolean;
  /** Nothing but records that were deleted before they were read. */
  readonly isHole?: boolean;
  /** Its first record opens the run of this mark (`produce --new-run`). */
  readonly mark?: string | undefined;
}

/** A chunk whose rows have their place on the time line. */
export interface PlacedChunk<Chunk extends DecodedChunk = DecodedChunk> {
  readonly chunk: Chunk;
  readonly buffer: SharedArrayBuffer;
  readonly lists: HitLists;
  readonly starts: Uint32Array;
  /** What to add to the lists' orbits. */
  readonly delta: number;
  readonly placedByRow: Pick<RowsPlacedOneByOne, 'maxAfterRow' | 'waitingAfterRow'> | undefined;
  /** Rows of the partition that waited before it. */
  readonly waitingBefore: number;
  /** Rows already taken, and where each list continues. */
  rowsTaken: number;
  readonly next: Uint32Array;
}

/** Sends a chunk through its partition's clock: as a whole where that is possible, else row by row. */
export function placeChunk<Chunk extends DecodedChunk>(chunk: Chunk, clock: PartitionClock): PlacedChunk<Chunk> {
  // What came before a hole is gone, and with it what the places after it depended on.
  if (!chunk.replayed || chunk.isHole === true) clock.endReplay();
  const waitingBefore = clock.waiting.length;
  if (chunk.mark !== undefined) clock.mark(chunk.mark);
  const delta = clock.advance(chunk.decoded);
  const placedByRow =
    delta === undefined
      ? placeRowByRow(chunk.decoded, chunk.lists, clock, (row) => offsetOfRow(chunk, row))
      : undefined;
  const starts = placedByRow?.starts ?? chunk.decoded.starts;
  return {
    chunk,
    buffer: placedByRow?.lists ?? chunk.lists,
    lists: viewHitLists(placedByRow?.lists ?? chunk.lists),
    starts,
    delta: delta ?? 0,
    placedByRow,
    waitingBefore,
    rowsTaken: 0,
    next: starts.slice(0, -1),
  };
}

/** Largest orbit of a chunk, waiting rows that it released included; -Infinity without any. */
export function highestOrbit({ chunk, lists, starts, delta, placedByRow }: PlacedChunk): number {
  if (placedByRow === undefined) return chunk.decoded.max + delta;
  const orbits = lists.orbits.subarray(0, starts[starts.length - 2]);
  return orbits.reduce((highest, orbit) => Math.max(highest, orbit), -Infinity);
}

/** Offset in its partition of a row of the chunk. */
export function offsetOfRow(chunk: DecodedChunk, row: number): number {
  return offsetOfRecord(chunk, recordOfRow(chunk.decoded.recordRows, row));
}

/** Offset of a record, by its number in the chunk. */
export function offsetOfRecord(
  { recordOffsets, firstOffset }: Pick<DecodedChunk, 'recordOffsets' | 'firstOffset'>,
  record: number,
): number {
  return recordOffsets === undefined ? firstOffset + record : recordOffsets[record];
}

/** The first row at or after `row` that begins a record: a batch takes records whole. */
export function endOfRecord({ decoded: { recordRows, rows } }: DecodedChunk, row: number): number {
  if (recordRows.length === 0 || row === 0 || row === rows) return row;
  return recordRows[recordOfRow(recordRows, row - 1)];
}

/** Index of the record that holds a row, by the rows before the end of each; without these every row is a record. */
export function recordOfRow(recordRows: Uint32Array, row: number): number {
  if (recordRows.length === 0) return row;
  let low = 0;
  let high = recordRows.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (recordRows[middle] <= row) low = middle + 1;
    else high = middle;
  }
  return low;
}
