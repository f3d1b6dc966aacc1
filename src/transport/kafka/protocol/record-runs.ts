import type { Headers, RecordBatch } from '../../transport.js';

/** Values up to this are copied byte by byte: quicker than a call. */
const shortBytes = 48;
/** A record without key, value and headers: its attributes and six numbers of a byte each. */
const recordBytesMin = 7;

/** Records of one batch, one after the other, that share their headers. */
export type RecordRun = Pick<RecordBatch, 'headers' | 'values' | 'valueEnds' | 'keys' | 'firstOffset' | 'offsets'>;

/** Unpacked records of one batch. */
export interface PackedRecords {
  readonly bytes: Buffer;
  /** How many, as the batch says it. */
  readonly count: number;
  readonly baseOffset: number;
  /** Above the offsets of all of them. */
  readonly nextOffset: number;
  /** Earlier records are skipped. */
  readonly from: number;
}

/**
 * Parses the records of a batch (layout in record-batch-reader.ts), one run of equal headers at each {@link next}, so that
 * a batch whose headers change with every record never needs all its runs in memory.
 *
 * ```
 *  records     1 2 3 │ 4 5 │ 6      values, ends and offsets of all runs lie in one array each
 *  runs        ──────┴─────┴──      of at most 12 bytes per record beside its value
 * ```
 */
export class RecordRuns {
  readonly #records: PackedRecords;
  readonly #values: Uint8Array;
  readonly #ends: Uint32Array;
  readonly #offsets: Float64Array;
  /** The record that comes next, once it was looked at. */
  readonly #record: ParsedRecord = { at: 0, end: 0, delta: -1, keyAt: 0, keyLength: 0, valueAt: 0, headersAt: 0 };
  #isParsed = false;
  /** Records parsed, those given, and the bytes of their values. */
  #parsed = 0;
  #given = 0;
  #valuesAt = 0;

  /** @throws RangeError when the bytes cannot hold so many records */
  constructor(records: PackedRecords) {
    const { bytes, count } = records;
    if (count < 0 || count * recordBytesMin > bytes.length) {
      throw new RangeError(`${count} records must have ${recordBytesMin} bytes each, got ${bytes.length} together`);
    }
    this.#records = records;
    this.#values = new Uint8Array(bytes.length);
    this.#ends = new Uint32Array(count);
    this.#offsets = new Float64Array(count);
  }

  /** Offset of the first record that {@link next} will give; undefined at the end. @throws RangeError as `next` does */
  peek(): number | undefined {
    const { baseOffset, from } = this.#records;
    while (this.#isParsed || this.#parse()) {
      const offset = baseOffset + this.#record.delta;
      if (offset >= from) return offset;
      this.#isParsed = false;
    }
    return undefined;
  }

  /**
   * The next records, undefined at the end. Hot: one turn a record. benchmarks/kafka.ts guards it.
   *
   * @throws RangeError when a record is not whole, or its offset does not rise
   */
  next(): RecordRun | undefined {
    const firstOffset = this.peek();
    if (firstOffset === undefined) return undefined;
    const { bytes, baseOffset } = this.#records;
    const record = this.#record;
    const values = this.#values;
    const first = this.#given;
    const valuesFrom = this.#valuesAt;
    const { headersAt, end: headersEnd } = record;
    const headers = readHeaders(bytes, headersAt, headersEnd);
    let keys: (string | null)[] | undefined;
    let valuesAt = valuesFrom;
    let given = first;
    do {
      this.#isParsed = true;
      if (!isSame(bytes, headersAt, headersEnd, record.headersAt, record.end)) break;
      const { valueAt, headersAt: valueEnd, keyLength } = record;
      if (valueEnd - valueAt <= shortBytes) {
        for (let at = valueAt; at < valueEnd; at++) values[valuesAt++] = bytes[at];
      } else {
        values.set(bytes.subarray(valueAt, valueEnd), valuesAt);
        valuesAt += valueEnd - valueAt;
      }
      if (keyLength >= 0 || keys !== undefined) {
        keys ??= Array.from({ length: given - first }, () => null);
        keys.push(keyLength < 0 ? null : bytes.toString('utf8', record.keyAt, record.keyAt + keyLength));
      }
      this.#ends[given] = valuesAt - valuesFrom;
      this.#offsets[given++] = baseOffset + record.delta;
      this.#isParsed = false;
    } while (this.#parse());
    this.#given = given;
    this.#valuesAt = valuesAt;
    const isDense = this.#offsets[given - 1] === firstOffset + given - first - 1;
    return {
      headers,
      values: values.subarray(valuesFrom, valuesAt),
      valueEnds: this.#ends.subarray(first, given),
      ...(keys === undefined ? {} : { keys }),
      firstOffset,
      ...(isDense ? {} : { offsets: this.#offsets.subarray(first, given) }),
    };
  }

  /** Parses one more record; false when there is none. */
  #parse(): boolean {
    const { bytes, count, baseOffset, nextOffset } = this.#records;
    const record = this.#record;
    if (this.#parsed === count) {
      if (record.at !== bytes.length)
        throw new RangeError(`${bytes.length - record.at} bytes are left after the records`);
      return false;
    }
    const deltaBefore = record.delta;
    parseRecord(bytes, record);
    if (record.delta <= deltaBefore || baseOffset + record.delta >= nextOffset) {
      throw new RangeError(`offsets of records must rise within their batch, got ${deltaBefore}, ${record.delta}`);
    }
    this.#parsed++;
    this.#isParsed = true;
    return true;
  }
}

/** Places of one record; a function that reads a number leaves `at` behind it. */
interface ParsedRecord {
  at: number;
  end: number;
  /** Offset, counted from the batch's first one. */
  delta: number;
  keyAt: number;
  /** -1 without a key. */
  keyLength: number;
  valueAt: number;
  /** The end of the value, too. */
  headersAt: number;
}

/** Parses the record at `record.at` and moves on to its end. */
function parseRecord(bytes: Buffer, record: ParsedRecord): void {
  const length = readVarint(bytes, record);
  const end = record.at + length;
  if (length < 0 || end > bytes.length) throw new RangeError(`a record goes beyond its batch, got ${length} bytes`);
  record.at++; // attributes
  skipVarint(bytes, record); // time
  const delta = readVarint(bytes, record);
  const keyLength = readVarint(bytes, record);
  const keyAt = record.at;
  if (keyLength > 0) record.at += keyLength;
  const valueLength = readVarint(bytes, record);
  const valueAt = record.at;
  const headersAt = valueLength > 0 ? valueAt + valueLength : valueAt;
  if (headersAt >= end)
    throw new RangeError(`key and value go beyond their record, got ${keyLength} and ${valueLength}`);
  record.at = end;
  record.end = end;
  record.delta = delta;
  record.keyAt = keyAt;
  record.keyLength = keyLength;
  record.valueAt = valueAt;
  record.headersAt = headersAt;
}

function isSame(bytes: Buffer, from: number, to: number, otherFrom: number, otherTo: number): boolean {
  if (otherTo - otherFrom !== to - from) return false;
  for (let at = from, other = otherFrom; at < to; at++, other++) if (bytes[at] !== bytes[other]) return false;
  return true;
}

function readHeaders(bytes: Buffer, from: number, to: number): Headers {
  const cursor = { at: from };
  const entries: [string, string][] = [];
  for (let left = readVarint(bytes, cursor); left > 0; left--) {
    entries.push([readText(bytes, cursor, to), readText(bytes, cursor, to)]);
  }
  if (cursor.at !== to) throw new RangeError(`headers must end with their record, at ${to}, got ${cursor.at}`);
  return Object.fromEntries(entries);
}

function readText(bytes: Buffer, cursor: { at: number }, to: number): string {
  const length = Math.max(0, readVarint(bytes, cursor));
  const from = cursor.at;
  cursor.at += length;
  if (cursor.at > to) throw new RangeError(`a header goes beyond its record, got ${length} bytes`);
  return bytes.toString('utf8', from, cursor.at);
}

/** A zigzag varint of up to 32 bits; beyond the end a byte is undefined, and no number ends. */
function readVarint(bytes: Buffer, cursor: { at: number }): number {
  let byte = bytes[cursor.at++];
  if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
  let value = byte & 0x7f;
  for (let shift = 7; shift < 35; shift += 7) {
    byte = bytes[cursor.at++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
  }
  throw new RangeError('a number goes beyond 32 bits, or its record');
}

function skipVarint(bytes: Buffer, cursor: { at: number }): void {
  while (bytes[cursor.at++] >= 0x80);
}
