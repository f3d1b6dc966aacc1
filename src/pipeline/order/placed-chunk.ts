import { type HitLists, lowerBound, viewHitLists } from '../../compute/hit-lists.js';
import type { DecodeResult } from '../../compute/tasks.js';
import type { PartitionClock } from '../../domain/orbit-clock.js';
import { type ChunkPart, recordOfRow, rowsOfPart } from './chunk-parts.js';
import { ChunkPlacer, type LateRow, type PlacedPart } from './place-rows.js';

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
    const [from, to] = rowsOfPart(chunk, index);
    return placer.place(part, from, to, clock);
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
export function waitingAfter({ waiting: { rows, counts }, waitingBefore }: PlacedPart, rowEnd: number): number {
  const changes = lowerBound(rows, 0, rows.length, rowEnd);
  return changes === 0 ? waitingBefore : counts[changes - 1];
}

/** The first row at or after `row` that begins a record: a batch takes records whole. */
export function endOfRecord({ decoded: { recordRows, rows } }: DecodedChunk, row: number): number {
  if (recordRows.length === 0 || row === 0 || row === rows) return row;
  return recordRows[recordOfRow(recordRows, row - 1)];
}
