import { DtstreamError } from '../../../errors.js';
import type { RecordBatch } from '../../transport.js';
import { type Compression, compressions } from '../writing/compression.js';
import { batchHeaderBytes, type BatchFrame, frameAt } from './batch-frame.js';
import { codecOf } from './codecs.js';
import { crc32c } from './crc32c.js';
import { RecordRuns } from './record-runs.js';

/** Record batches of one partition as received, with the data needed to skip aborted transactions. */
export interface FetchedRecords {
  readonly topic: string;
  readonly partition: number;
  readonly records: Buffer;
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[];
}

/** A batch of which a part was given. */
interface OpenBatch {
  readonly frame: BatchFrame;
  readonly timestampMs: number;
  readonly runs: RecordRuns;
}

/**
 * Takes record batches (format 2) apart, one at each {@link next}: values of records back to back, as the pipeline reads them.
 *
 * ```
 *  0 offset i64 │ 8 length i32 │ 12 epoch i32 │ 16 magic i8 │ 17 crc u32 │ 21 attributes i16 │ 23 last delta i32
 *  27 first time i64 │ 35 largest time i64 │ 43 producer i64 │ 51 epoch i16 │ 53 sequence i32 │ 57 count i32 │ 61 records
 *  record: length, attributes i8, time delta, offset delta, key, value, headers; lengths and deltas are zigzag varints
 * ```
 */
export class RecordBatchReader {
  readonly #source: FetchedRecords;
  /** Aborted transactions not yet begun, oldest last, and the producers of those under way. */
  readonly #aborted: { readonly producerId: number; readonly firstOffset: number }[];
  readonly #aborting = new Set<number>();
  /** The next batch, and where the offsets of the one before it end. */
  #at = 0;
  #endOffset = 0;
  /** The rest of a batch whose records do not share their headers. */
  #rest: OpenBatch | undefined;
  #nextOffset: number;
  /** Another request would not get past damaged data. */
  #fault: { readonly error: unknown } | undefined;

  /** @param from earlier records are skipped: a batch may begin before the requested offset */
  constructor(source: FetchedRecords, from: number) {
    this.#source = source;
    this.#aborted = [...source.aborted].sort((a, b) => b.firstOffset - a.firstOffset);
    this.#nextOffset = from;
  }

  /** Next offset to read after the result of {@link next}. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /**
   * The next records, undefined at the end. A batch without records is one of markers or aborted records.
   *
   * @throws DtstreamError `transport` on damage or an unknown compression
   */
  next(): RecordBatch | undefined {
    if (this.#fault !== undefined) throw this.#fault.error;
    try {
      const batch = this.#rest === undefined ? this.#decode() : this.#nextRun(this.#rest);
      if (batch !== undefined) this.#nextOffset = batch.nextOffset;
      return batch;
    } catch (error) {
      this.#fault = { error };
      throw error;
    }
  }

  #decode(): RecordBatch | undefined {
    const { records } = this.#source;
    for (;;) {
      const frame = frameAt(records, this.#at, this.#endOffset);
      if (frame === undefined) return undefined;
      if ('rule' in frame) throw this.#failure(frame.baseOffset, frame.rule);
      this.#at = frame.end;
      this.#endOffset = frame.nextOffset;
      if (frame.nextOffset <= this.#nextOffset) continue;
      this.#checkSum(frame);
      const timestampMs = Number(records.readBigInt64BE(frame.start + 35));
      if (this.#isPassedOver(frame)) return this.#empty(frame.nextOffset, timestampMs);
      return this.#nextRun({ frame, timestampMs, runs: this.#open(frame) });
    }
  }

  #empty(nextOffset: number, timestampMs: number): RecordBatch {
    const { partition } = this.#source;
    const none = { values: new Uint8Array(0), valueEnds: new Uint32Array(0), headers: {} };
    return { partition, ...none, firstOffset: nextOffset, nextOffset, timestampMs };
  }

  #checkSum({ start, end, baseOffset }: BatchFrame): void {
    const { records } = this.#source;
    const expected = records.readUInt32BE(start + 17);
    const actual = crc32c(records, start + 21, end);
    if (actual === expected) return;
    throw this.#failure(baseOffset, `its checksum must be ${expected}, got ${actual}; the log is damaged`);
  }

  /** Whether a batch holds markers, or records of a transaction that was aborted. */
  #isPassedOver({ start, end, nextOffset }: BatchFrame): boolean {
    const { records } = this.#source;
    const attributes = records.readInt16BE(start + 21);
    const isTransactional = (attributes & 0x10) !== 0;
    const producerId = Number(records.readBigInt64BE(start + 43));
    for (let oldest = this.#aborted.at(-1); oldest !== undefined && oldest.firstOffset < nextOffset;) {
      this.#aborting.add(oldest.producerId);
      this.#aborted.pop();
      oldest = this.#aborted.at(-1);
    }
    if ((attributes & 0x20) !== 0) {
      // A marker's key is a version and a type, 0 for aborted; its record header is 5 bytes of small numbers.
      if (end - start >= batchHeaderBytes + 9 && records.readInt16BE(start + batchHeaderBytes + 7) === 0) {
        this.#aborting.delete(producerId);
      }
      return true;
    }
    return isTransactional && this.#aborting.has(producerId);
  }

  /** The records of a batch from where reading is on. */
  #open(frame: BatchFrame): RecordRuns {
    const { records } = this.#source;
    const { start, end, baseOffset, nextOffset } = frame;
    const compression = compressionAt(records, start);
    if (compression === undefined) throw this.#failure(baseOffset, `it must be packed as ${compressions.join(', ')}`);
    const body = records.subarray(start + batchHeaderBytes, end);
    return this.#whole(frame, () => {
      const bytes = compression === 'none' ? body : bufferOf(codecOf(compression).unpack(body));
      const count = records.readInt32BE(start + 57);
      return new RecordRuns({ bytes, count, baseOffset, nextOffset, from: this.#nextOffset });
    });
  }

  /** What a batch still has of records with the same headers. */
  #nextRun(open: OpenBatch): RecordBatch {
    const { frame, timestampMs, runs } = open;
    const run = this.#whole(frame, () => runs.next());
    // Looked for now, so that a batch is only at its end when its last record was seen to be whole.
    const following = this.#whole(frame, () => runs.peek());
    this.#rest = following === undefined ? undefined : open;
    if (run === undefined) return this.#empty(frame.nextOffset, timestampMs);
    const { partition } = this.#source;
    return { partition, ...run, nextOffset: following ?? frame.nextOffset, timestampMs };
  }

  /** Runs `work` on the records of a batch. @throws DtstreamError `transport` naming the batch, for any error */
  #whole<T>({ start, baseOffset }: BatchFrame, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof DtstreamError) throw error;
      const { records, topic, partition } = this.#source;
      throw new DtstreamError(
        'transport',
        `cannot read ${topic}/${partition} at offset ${baseOffset}: records must be whole, packed as ${compressionAt(records, start)}`,
        { cause: error },
      );
    }
  }

  #failure(offset: number, rule: string): DtstreamError {
    const { topic, partition } = this.#source;
    return new DtstreamError('transport', `cannot read ${topic}/${partition} at offset ${offset}: ${rule}`);
  }
}

/** How a record batch is packed; undefined for a number of the future. */
function compressionAt(records: Buffer, start: number): Compression | undefined {
  return compressions.at(records.readInt16BE(start + 21) & 7);
}

/** What a response holds of a partition, without taking it apart. */
export interface SurveyedRecords {
  /** Offset after the last whole record batch, undefined without one. */
  readonly end: number | undefined;
  /** The ways in which those batches are packed. */
  readonly packed: Set<Compression>;
}

/** Looks at record batches from one to the next, up to the first that is cut or is none. */
export function surveyRecords(records: Buffer): SurveyedRecords {
  let end: number | undefined;
  const packed = new Set<Compression>();
  for (let at = 0; ;) {
    const frame = frameAt(records, at, end ?? 0);
    if (frame === undefined || 'rule' in frame) return { end, packed };
    end = frame.nextOffset;
    const compression = compressionAt(records, at);
    if (compression !== undefined) packed.add(compression);
    at = frame.end;
  }
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
