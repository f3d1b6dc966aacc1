import { DtstreamError } from '../../../errors.js';
import type { Headers, RecordBatch } from '../../transport.js';
import { type Compression, compressions } from '../compression.js';
import { codecOf } from './codecs.js';
import { crc32c } from './crc32c.js';

/** Record batches of one partition as they came, with what is needed to pass over aborted transactions. */
export interface FetchedRecords {
  readonly topic: string;
  readonly partition: number;
  readonly records: Buffer;
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[];
}

const headerBytes = 61;
/** Values up to this are copied byte by byte: quicker than a call. */
const shortBytes = 48;

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
  #at = 0;
  /** What is left of a batch whose records do not share their headers. */
  #rest: RecordBatch[] = [];
  #nextOffset: number;

  /** @param from records before are passed over: a batch may begin earlier than was asked for */
  constructor(source: FetchedRecords, from: number) {
    this.#source = source;
    this.#aborted = [...source.aborted].sort((a, b) => b.firstOffset - a.firstOffset);
    this.#nextOffset = from;
  }

  /** Where reading goes on after what {@link next} gave. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /**
   * The next records, undefined at the end. A batch without records is one of markers or aborted records.
   *
   * @throws DtstreamError `transport` on damage or an unknown compression
   */
  next(): RecordBatch | undefined {
    const batch = this.#rest.shift() ?? this.#decode();
    if (batch !== undefined) this.#nextOffset = batch.nextOffset;
    return batch;
  }

  #decode(): RecordBatch | undefined {
    const { records } = this.#source;
    while (records.length - this.#at >= headerBytes) {
      const start = this.#at;
      const end = start + 12 + records.readInt32BE(start + 8);
      if (end > records.length) return undefined;
      this.#at = end;
      const baseOffset = Number(records.readBigInt64BE(start));
      const nextOffset = baseOffset + records.readInt32BE(start + 23) + 1;
      if (nextOffset <= this.#nextOffset) continue;
      this.#check(start, end, baseOffset);
      const timestampMs = Number(records.readBigInt64BE(start + 35));
      if (this.#isPassedOver(start, end, nextOffset)) return this.#empty(nextOffset, timestampMs);
      const batches = this.#split({ start, end, baseOffset, nextOffset, timestampMs });
      this.#rest = batches.slice(1);
      return batches[0] ?? this.#empty(nextOffset, timestampMs);
    }
    return undefined;
  }

  #empty(nextOffset: number, timestampMs: number): RecordBatch {
    const { partition } = this.#source;
    const none = { values: new Uint8Array(0), valueEnds: new Uint32Array(0), headers: {} };
    return { partition, ...none, firstOffset: nextOffset, nextOffset, timestampMs };
  }

  #check(start: number, end: number, baseOffset: number): void {
    const { records, topic, partition } = this.#source;
    const magic = records.readInt8(start + 16);
    if (magic !== 2) {
      throw this.#failure(baseOffset, `its format must be 2, got ${magic}; written by a broker before 0.11`);
    }
    const expected = records.readUInt32BE(start + 17);
    const actual = crc32c(records, start + 21, end);
    if (actual !== expected) {
      const rule = `its checksum must be ${expected}, got ${actual}; the log is damaged`;
      throw new DtstreamError('transport', `cannot read ${topic}/${partition} at offset ${baseOffset}: ${rule}`);
    }
  }

  /** Whether a batch holds markers, or records of a transaction that was aborted. */
  #isPassedOver(start: number, end: number, nextOffset: number): boolean {
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
      if (end - start >= headerBytes + 9 && records.readInt16BE(start + headerBytes + 7) === 0) {
        this.#aborting.delete(producerId);
      }
      return true;
    }
    return isTransactional && this.#aborting.has(producerId);
  }

  /** Records of one batch, in as many batches as there are changes of headers. */
  #split(place: BatchPlace): RecordBatch[] {
    const { records, topic, partition } = this.#source;
    const { start, end, baseOffset, nextOffset, timestampMs } = place;
    const compression = compressionAt(records, start);
    if (compression === undefined) throw this.#failure(baseOffset, `it must be packed as ${compressions.join(', ')}`);
    const count = records.readInt32BE(start + 57);
    const body = records.subarray(start + headerBytes, end);
    try {
      const bytes = compression === 'none' ? body : bufferOf(codecOf(compression).unpack(body));
      return readRecords({ bytes, count, baseOffset, from: this.#nextOffset }).map((run, index, runs) => ({
        partition,
        ...run,
        nextOffset: index === runs.length - 1 ? nextOffset : runs[index + 1].firstOffset,
        timestampMs,
      }));
    } catch (error) {
      if (error instanceof DtstreamError) throw error;
      throw new DtstreamError(
        'transport',
        `cannot read ${topic}/${partition} at offset ${baseOffset}: records must be whole, packed as ${compression}`,
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

/** Offset after the last whole record batch, undefined without one, and the ways in which those batches are packed. */
export function surveyRecords(records: Buffer): {
  readonly end: number | undefined;
  readonly packed: Set<Compression>;
} {
  let end: number | undefined;
  const packed = new Set<Compression>();
  for (let at = 0; records.length - at >= headerBytes;) {
    const next = at + 12 + records.readInt32BE(at + 8);
    if (next > records.length) break;
    end = Number(records.readBigInt64BE(at)) + records.readInt32BE(at + 23) + 1;
    const compression = compressionAt(records, at);
    if (compression !== undefined) packed.add(compression);
    at = next;
  }
  return { end, packed };
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

interface BatchPlace {
  readonly start: number;
  readonly end: number;
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly timestampMs: number;
}

type RecordRun = Pick<RecordBatch, 'headers' | 'values' | 'valueEnds' | 'keys' | 'firstOffset' | 'offsets'>;

/** Place of the cursor; varints leave what they read in `value`. */
interface Cursor {
  at: number;
}

/** Hot: one turn a record. bench/kafka.ts guards it. */
function readRecords(batch: {
  readonly bytes: Buffer;
  readonly count: number;
  readonly baseOffset: number;
  readonly from: number;
}): RecordRun[] {
  const { bytes, count, baseOffset, from } = batch;
  const runs: RecordRun[] = [];
  const cursor: Cursor = { at: 0 };
  const values = new Uint8Array(bytes.length);
  let valuesAt = 0;
  let run = new OpenRun(values, count);
  for (let record = 0; record < count; record++) {
    const length = readVarint(bytes, cursor);
    const end = cursor.at + length;
    if (length < 0 || end > bytes.length) throw new RangeError('a record goes beyond its batch');
    cursor.at++; // attributes
    skipVarint(bytes, cursor); // time
    const offset = baseOffset + readVarint(bytes, cursor);
    const keyLength = readVarint(bytes, cursor);
    const keyAt = cursor.at;
    if (keyLength > 0) cursor.at += keyLength;
    const valueLength = readVarint(bytes, cursor);
    const valueAt = cursor.at;
    if (valueLength > 0) cursor.at += valueLength;
    if (offset >= from) {
      if (run.count > 0 && !run.hasHeaders(bytes, cursor.at, end)) {
        runs.push(run.close(valuesAt));
        run = new OpenRun(values, count - record, valuesAt);
      }
      if (run.count === 0) run.open(bytes, cursor.at, end, offset);
      if (valueLength <= shortBytes) {
        for (let at = valueAt, to = valueAt + valueLength; at < to; at++) values[valuesAt++] = bytes[at];
      } else {
        values.set(bytes.subarray(valueAt, valueAt + valueLength), valuesAt);
        valuesAt += valueLength;
      }
      run.add(valuesAt, offset, keyLength < 0 ? null : bytes.toString('utf8', keyAt, keyAt + keyLength));
    }
    cursor.at = end;
  }
  if (run.count > 0) runs.push(run.close(valuesAt));
  return runs;
}

/** Records with the same headers, one after the other. */
class OpenRun {
  count = 0;
  readonly #values: Uint8Array;
  readonly #valuesFrom: number;
  readonly #ends: Uint32Array;
  readonly #offsets: Float64Array;
  #keys: (string | null)[] | undefined;
  #headerBytes: Buffer = Buffer.alloc(0);
  #headers: Headers = {};
  #firstOffset = 0;
  #isDense = true;

  constructor(values: Uint8Array, countMax: number, valuesFrom = 0) {
    this.#values = values;
    this.#valuesFrom = valuesFrom;
    this.#ends = new Uint32Array(countMax);
    this.#offsets = new Float64Array(countMax);
  }

  open(bytes: Buffer, from: number, to: number, offset: number): void {
    this.#headerBytes = bytes.subarray(from, to);
    this.#headers = readHeaders(bytes, from);
    this.#firstOffset = offset;
  }

  hasHeaders(bytes: Buffer, from: number, to: number): boolean {
    const own = this.#headerBytes;
    if (own.length !== to - from) return false;
    for (let at = 0; at < own.length; at++) if (own[at] !== bytes[from + at]) return false;
    return true;
  }

  add(valueEnd: number, offset: number, key: string | null): void {
    this.#ends[this.count] = valueEnd - this.#valuesFrom;
    this.#offsets[this.count] = offset;
    if (offset !== this.#firstOffset + this.count) this.#isDense = false;
    if (key !== null) this.#keys ??= Array.from({ length: this.count }, () => null);
    this.#keys?.push(key);
    this.count++;
  }

  close(valuesTo: number): RecordRun {
    return {
      headers: this.#headers,
      values: this.#values.subarray(this.#valuesFrom, valuesTo),
      valueEnds: this.#ends.subarray(0, this.count),
      ...(this.#keys === undefined ? {} : { keys: this.#keys }),
      firstOffset: this.#firstOffset,
      ...(this.#isDense ? {} : { offsets: this.#offsets.subarray(0, this.count) }),
    };
  }
}

function readHeaders(bytes: Buffer, from: number): Headers {
  const cursor: Cursor = { at: from };
  const entries: [string, string][] = [];
  for (let left = readVarint(bytes, cursor); left > 0; left--) {
    entries.push([readText(bytes, cursor), readText(bytes, cursor)]);
  }
  return Object.fromEntries(entries);
}

function readText(bytes: Buffer, cursor: Cursor): string {
  const length = Math.max(0, readVarint(bytes, cursor));
  const from = cursor.at;
  cursor.at += length;
  return bytes.toString('utf8', from, from + length);
}

/** A zigzag varint of up to 32 bits. */
function readVarint(bytes: Buffer, cursor: Cursor): number {
  let byte = bytes[cursor.at++];
  if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
  let value = byte & 0x7f;
  for (let shift = 7; shift < 35; shift += 7) {
    byte = bytes[cursor.at++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
  }
  throw new RangeError('a number goes beyond 32 bits');
}

function skipVarint(bytes: Buffer, cursor: Cursor): void {
  while (bytes[cursor.at++] >= 0x80);
}
