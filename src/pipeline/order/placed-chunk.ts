import { type HitLists, lowerBound, viewHitLists } from '../../compute/hit-lists.js';
import type { DecodeResult } from '../../compute/tasks.js';
import type { PartitionClock } from '../../domain/orbit-clock.js';
import { ChunkPlacer, type LateRow, type PlacedRows } from './place-rows.js';

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
export interface PlacedChunk<Chunk extends DecodedChunk = DecodedChunk> extends PlacedRows {
  readonly chunk: Chunk;
  readonly lists: HitLists;
  /** What to add to the lists' orbits. */
  readonly delta: number;
  /** Rows that had waited and got their place with a row of the chunk, by that row. */
  readonly released: readonly LateRow[];
  /** Rows already taken, and where each list continues. */
  rowsTaken: number;
  readonly next: Uint32Array;
  releasedTaken: number;
  /** Largest orbit of the rows taken that moved the clock; not kept where `isWhole`. */
  maxTaken: number;
}

/** Sends a chunk through its partition's clock. */
export function placeChunk<Chunk extends DecodedChunk>(chunk: Chunk, clock: PartitionClock): PlacedChunk<Chunk> {
  // What came before a hole is gone, and with it what the places after it depended on.
  if (!chunk.replayed || chunk.isHole === true) clock.endReplay();
  if (chunk.mark !== undefined) clock.mark(chunk.mark);
  const lists = viewHitLists(chunk.lists);
  const placer = new ChunkPlacer(chunk.decoded, lists);
  const rows = placer.place(0, chunk.decoded.rows, clock, (row) => offsetOfRow(chunk, row));
  return placedChunk(chunk, { ...rows, lists, delta: placer.delta, released: placer.released });
}

/** A chunk of which nothing is taken. */
export function placedChunk<Chunk extends DecodedChunk>(
  chunk: Chunk,
  placed: PlacedRows & Pick<PlacedChunk, 'lists' | 'delta' | 'released'>,
): PlacedChunk<Chunk> {
  const next = chunk.decoded.starts.slice(0, -1);
  return { ...placed, chunk, rowsTaken: 0, next, releasedTaken: 0, maxTaken: -Infinity };
}

/** Rows of the partition that wait after the first `rowEnd` rows of the chunk. */
export function waitingAfter({ waiting: { rows, counts }, waitingBefore }: PlacedRows, rowEnd: number): number {
  const changes = lowerBound(rows, 0, rows.length, rowEnd);
  return changes === 0 ? waitingBefore : counts[changes - 1];
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
