import { nextWordRecord } from '../../compute/decode-words.js';
import { wordBytes } from '../../domain/word.js';
import { contentTypes, headerNames, type RecordBatch } from '../../transport/transport.js';
import type { ChunkBuffer, ChunkBuffers } from '../chunk-buffers.js';

/** Records of one partition as one chunk of rows. */
export interface RecordChunk {
  readonly partition: number;
  readonly format: 'csv' | 'words';
  readonly buffer: ChunkBuffer;
  readonly length: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly recordOffsets: Float64Array;
  /** End of each record's bytes in the chunk, padding not included. */
  readonly recordEnds: Uint32Array;
  /** Records of no bytes at all: a NUL byte stands for them. */
  readonly emptyRecords: ReadonlySet<number>;
  /** Read again after a restart. */
  readonly replayed: boolean;
  /** When its first record came, ms. */
  readonly arrivedMs: number;
}

interface OpenChunk {
  readonly partition: number;
  readonly format: 'csv' | 'words';
  readonly buffer: ChunkBuffer;
  readonly replayed: boolean;
  readonly arrivedMs: number;
  readonly firstOffset: number;
  nextOffset: number;
  length: number;
  readonly offsets: number[];
  readonly ends: number[];
  readonly empty: Set<number>;
}

const lf = 0x0a;
/** Values below this are copied byte by byte: quicker than a call. */
const shortBytes = 64;

/**
 * Packs records into chunks, one open chunk a partition, so that small messages are decoded by the thousand.
 *
 * ```
 *  csv    2,0,1,7,0,5␊2,0,2,7,1,5␊ …      a line end after each record that lacks one
 *  words  ########················## …     each record from a multiple of 8 bytes
 * ```
 */
export class ChunkAssembler {
  readonly #buffers: ChunkBuffers;
  readonly #emit: (chunk: RecordChunk) => void;
  readonly #open = new Map<number, OpenChunk>();
  /** Where the next chunk of each partition begins: chunks leave no gap. */
  readonly #next: Map<number, number>;

  /** @param starts where reading begins, by partition */
  constructor(buffers: ChunkBuffers, starts: ReadonlyMap<number, number>, emit: (chunk: RecordChunk) => void) {
    this.#buffers = buffers;
    this.#next = new Map(starts);
    this.#emit = emit;
  }

  /** Bytes in open chunks. */
  get openBytes(): number {
    let bytes = 0;
    for (const { length } of this.#open.values()) bytes += length;
    return bytes;
  }

  /** When the first record came that is in an open chunk and not read again, ms; Infinity without one. */
  get arrivedMs(): number {
    let arrivedMs = Infinity;
    for (const chunk of this.#open.values()) if (!chunk.replayed) arrivedMs = Math.min(arrivedMs, chunk.arrivedMs);
    return arrivedMs;
  }

  /** Adds the records with offsets below `to`; those below `replayUntil` are read again. */
  async append(
    batch: RecordBatch,
    range: { readonly to: number; readonly replayUntil: number; readonly nowMs: number },
  ): Promise<void> {
    const { partition, values, valueEnds, offsets, firstOffset } = batch;
    const format = batch.headers[headerNames.contentType] === contentTypes.words ? 'words' : 'csv';
    let start = 0;
    for (let record = 0; record < valueEnds.length; record++) {
      const end = valueEnds[record];
      const offset = offsets === undefined ? firstOffset + record : offsets[record];
      if (offset >= range.to) return;
      const replayed = offset < range.replayUntil;
      const needed = end - start + wordBytes;
      let open = this.#open.get(partition);
      if (open?.format !== format || open.replayed !== replayed || open.length + needed > open.buffer.bytes.length) {
        this.#sealOne(partition);
        const buffer = await this.#buffers.takeFor(needed);
        // Nothing may come between this and the record: a chunk that is open can be handed out at any time.
        open = this.#begin({ partition, format, replayed, buffer, arrivedMs: range.nowMs });
      }
      put(open, values, start, end, offset);
      start = end;
    }
    const open = this.#open.get(partition);
    if (open !== undefined) open.nextOffset = Math.max(open.nextOffset, Math.min(batch.nextOffset, range.to));
  }

  /** Hands out every open chunk. */
  seal(): void {
    for (const partition of [...this.#open.keys()]) this.#sealOne(partition);
  }

  #begin(chunk: Pick<OpenChunk, 'partition' | 'format' | 'replayed' | 'buffer' | 'arrivedMs'>): OpenChunk {
    const firstOffset = this.#next.get(chunk.partition) ?? 0;
    const place = { firstOffset, nextOffset: firstOffset, length: 0 };
    const open: OpenChunk = { ...chunk, ...place, offsets: [], ends: [], empty: new Set() };
    this.#open.set(chunk.partition, open);
    return open;
  }

  #sealOne(partition: number): void {
    const open = this.#open.get(partition);
    if (open === undefined) return;
    this.#open.delete(partition);
    this.#next.set(partition, open.nextOffset);
    const { offsets, ends, empty, ...rest } = open;
    this.#emit({
      ...rest,
      recordOffsets: Float64Array.from(offsets),
      recordEnds: Uint32Array.from(ends),
      emptyRecords: empty,
    });
  }
}

/** Copies one record's value to the end of the chunk. */
function put(open: OpenChunk, values: Uint8Array, start: number, end: number, offset: number): void {
  const { bytes } = open.buffer;
  let at = open.length;
  if (end - start < shortBytes) {
    for (let from = start; from < end; from++) bytes[at++] = values[from];
  } else {
    bytes.set(values.subarray(start, end), at);
    at += end - start;
  }
  if (open.format === 'words') {
    open.ends.push(at);
    at = nextWordRecord(open.length, at);
  } else {
    if (end === start) {
      open.empty.add(open.ends.length);
      bytes[at++] = 0;
    }
    if (bytes[at - 1] !== lf) bytes[at++] = lf;
    open.ends.push(at);
  }
  open.length = at;
  open.offsets.push(offset);
  open.nextOffset = offset + 1;
}
