import { type HitLists, lowerBound, viewHitLists } from '../../compute/hit-lists.js';
import type { DecodeResult } from '../../compute/tasks.js';
import type { PartitionClock } from '../../domain/orbit-clock.js';
import { ChunkPlacer, type LateRow, type PlacedRows } from './place-rows.js';

/** A decoded chunk of a lane, in the order of reading. */
export interface DecodedChunk {
  /** Whose records they are, one after the other. */
  readonly parts: readonly ChunkPart[];
  readonly decoded: DecodeResult;
  readonly lists: SharedArrayBuffer;
  /** Read again after a restart, up to the offset committed as read. */
  readonly replayed: boolean;
  /** Nothing but records of one partition that were deleted before they were read. */
  readonly isHole?: boolean;
}

/** Records of one partition that follow each other in a chunk. */
export interface ChunkPart {
  readonly partition: number;
  /** Where it begins: the offset of its first record or of a gap before it; where it has no records, of its first row. */
  readonly firstOffset: number;
  /** Next offset to read after it. */
  readonly nextOffset: number;
  /** Number of its first record in the chunk. */
  readonly firstRecord: number;
  /** Offsets of its records; absent where they are consecutive from `firstOffset`. */
  readonly recordOffsets?: Float64Array | undefined;
  /** Its first record opens the run of this mark (`produce --new-run`). */
  readonly mark?: string | undefined;
}

/** A part of a chunk whose rows have their place. */
export interface PlacedPart extends PlacedRows {
  readonly part: ChunkPart;
  /** Largest orbit of the rows taken that moved the clock; not kept where `isWhole`. */
  maxTaken: number;
}

/** A chunk whose rows have their place on the time line. */
export interface PlacedChunk<Chunk extends DecodedChunk = DecodedChunk> {
  readonly chunk: Chunk;
  readonly parts: readonly PlacedPart[];
  readonly lists: HitLists;
  /** What to add to the lists' orbits. */
  readonly delta: number;
  /** Rows that had waited and got their place with a row of the chunk, by that row. */
  readonly released: readonly LateRow[];
  /** Rows and parts already taken, and where each list and the rows that had waited continue. */
  rowsTaken: number;
  partsTaken: number;
  readonly next: Uint32Array;
  releasedTaken: number;
}

/**
 * Sends a chunk through the clocks of its partitions.
 *
 * @param clockOf called for each part in turn, when those before it are placed
 */
export function placeChunk<Chunk extends DecodedChunk>(
  chunk: Chunk,
  clockOf: (part: ChunkPart) => PartitionClock,
): PlacedChunk<Chunk> {
  const lists = viewHitLists(chunk.lists);
  const placer = new ChunkPlacer(chunk.decoded, lists);
  const parts = chunk.parts.map((part, index): PlacedPart => {
    const clock = clockOf(part);
    // What came before a hole is gone, and with it what the places after it depended on.
    if (!chunk.replayed || chunk.isHole === true) clock.endReplay();
    if (part.mark !== undefined) clock.mark(part.mark);
    const from = rowOfRecord(chunk.decoded, part.firstRecord);
    const next = chunk.parts[index + 1];
    const to = next === undefined ? chunk.decoded.rows : rowOfRecord(chunk.decoded, next.firstRecord);
    const rows = placer.place(from, to, clock, (row) => offsetOfRow(chunk.decoded, part, row));
    return { ...rows, part, maxTaken: -Infinity };
  });
  return placedChunk(chunk, { parts, lists, delta: placer.delta, released: placer.released });
}

/** A chunk of which nothing is taken. */
export function placedChunk<Chunk extends DecodedChunk>(
  chunk: Chunk,
  placed: Pick<PlacedChunk, 'parts' | 'lists' | 'delta' | 'released'>,
): PlacedChunk<Chunk> {
  return { ...placed, chunk, rowsTaken: 0, partsTaken: 0, next: chunk.decoded.starts.slice(0, -1), releasedTaken: 0 };
}

/** Rows of the partition that wait after the rows of the chunk before `rowEnd`. */
export function waitingAfter({ waiting: { rows, counts }, waitingBefore }: PlacedRows, rowEnd: number): number {
  const changes = lowerBound(rows, 0, rows.length, rowEnd);
  return changes === 0 ? waitingBefore : counts[changes - 1];
}

/** Offset in its partition of a row of a part. */
export function offsetOfRow({ recordRows }: Pick<DecodeResult, 'recordRows'>, part: ChunkPart, row: number): number {
  return offsetOfRecord(part, recordOfRow(recordRows, row));
}

/** Offset of a record of a part, by its number in the chunk. */
export function offsetOfRecord({ recordOffsets, firstOffset, firstRecord }: ChunkPart, record: number): number {
  return recordOffsets === undefined ? firstOffset + record - firstRecord : recordOffsets[record - firstRecord];
}

/** The part that holds a record. */
export function partOfRecord(parts: readonly ChunkPart[], record: number): ChunkPart {
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (parts[middle].firstRecord <= record) low = middle;
    else high = middle - 1;
  }
  return parts[low];
}

/** The first row at or after `row` that begins a record: a batch takes records whole. */
export function endOfRecord({ decoded: { recordRows, rows } }: DecodedChunk, row: number): number {
  if (recordRows.length === 0 || row === 0 || row === rows) return row;
  return recordRows[recordOfRow(recordRows, row - 1)];
}

/** Rows before a record; without the rows before the end of each every row is a record. */
function rowOfRecord({ recordRows }: Pick<DecodeResult, 'recordRows'>, record: number): number {
  return recordRows.length === 0 || record === 0 ? record : recordRows[record - 1];
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
