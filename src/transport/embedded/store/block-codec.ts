import { DtstreamError } from '../../../errors.js';
import { valueStart } from '../../records-of.js';
import type { Headers, OutgoingBatch } from '../../transport.js';
import { checksumOf } from './checksum.js';

/**
 * A block is the unit the log stores: consecutive records of one partition with the same headers, as one LMDB value.
 *
 * ```
 *  byte 0    4          8             16      20         24      28  32
 *  ┌────────┬──────────┬─────────────┬───────┬──────────┬───────┬───┬────────────┬─────────┬──────┬────────┐
 *  │ magic  │ checksum │ timestampMs │ count │ bytes of │ bytes │ 0 │ value ends │ headers │ keys │ values │
 *  │ "DTB1" │ of 8…end │ f64         │ u32   │ headers  │ keys  │   │ u32 each   │ JSON    │ JSON │        │
 *  └────────┴──────────┴─────────────┴───────┴──────────┴───────┴───┴────────────┴─────────┴──────┴────────┘
 * ```
 *
 * Little endian. Value ends start at a multiple of 4, so a decoded block is views into the bytes that were read: one
 * copy out of the store, none after. Keys are a JSON array of strings and nulls, 0 bytes when there are none.
 */
export interface Block {
  readonly timestampMs: number;
  readonly headers: Headers;
  readonly keys?: readonly (string | null)[];
  readonly valueEnds: Uint32Array;
  readonly values: Uint8Array;
}

/**
 * A block's size at most, unless one record alone is larger: four messages of 4096 words, in 33 pages of 4 KiB. Larger
 * ones are not quicker to append or read, and are the least that a reader must take at once.
 */
export const blockBytesMax = 33 * 4096 - 64;
/** Largest value of a record. lmdb-js would hand out memory of its map for values above 16 MiB. */
export const recordBytesMax = 8 * 1024 * 1024;

const magic = 0x31425444;
const headBytes = 32;
const utf8 = new TextEncoder();
const text = new TextDecoder();

/** Records `from` (included) to `to` of a batch that make one block. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/** Cuts a batch into blocks of at most {@link blockBytesMax}. */
export function splitIntoBlocks(batch: OutgoingBatch): BlockRange[] {
  const ranges: BlockRange[] = [];
  const { valueEnds } = batch;
  const headersBytes = headBytes + JSON.stringify(batch.headers).length * 3;
  if (!batch.keys && headersBytes + valueEnds.length * 4 + batch.values.length <= blockBytesMax) {
    return valueEnds.length === 0 ? [] : [{ from: 0, to: valueEnds.length }];
  }
  let from = 0;
  let bytes = headersBytes;
  for (let i = 0; i < valueEnds.length; i++) {
    // A character is at most 3 bytes; an escape may be more, but the limit need not be exact.
    const keyBytes = batch.keys ? 3 + (batch.keys[i]?.length ?? 4) * 3 : 0;
    const recordBytes = valueEnds[i] - valueStart(batch, i) + 4 + keyBytes;
    if (i > from && bytes + recordBytes > blockBytesMax) {
      ranges.push({ from, to: i });
      from = i;
      bytes = headersBytes;
    }
    bytes += recordBytes;
  }
  if (valueEnds.length > from) ranges.push({ from, to: valueEnds.length });
  return ranges;
}

/**
 * The bytes of one block.
 *
 * @param memory gives memory of so many bytes, starting at a multiple of 4; default new memory
 */
export function encodeBlock(
  batch: OutgoingBatch,
  { from, to }: BlockRange,
  timestampMs: number,
  memory: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): Uint8Array {
  const headers = utf8.encode(JSON.stringify(batch.headers));
  const keys = batch.keys ? utf8.encode(JSON.stringify(batch.keys.slice(from, to))) : new Uint8Array(0);
  const valuesFrom = valueStart(batch, from);
  const valuesTo = valueStart(batch, to);
  const count = to - from;
  const endsBytes = count * 4;
  const bytes = memory(headBytes + endsBytes + headers.length + keys.length + valuesTo - valuesFrom);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(0, magic, true);
  view.setFloat64(8, timestampMs, true);
  view.setUint32(16, count, true);
  view.setUint32(20, headers.length, true);
  view.setUint32(24, keys.length, true);
  view.setUint32(28, 0, true);
  const ends = new Uint32Array(bytes.buffer, bytes.byteOffset + headBytes, count);
  ends.set(batch.valueEnds.subarray(from, to));
  if (valuesFrom > 0) for (let i = 0; i < count; i++) ends[i] -= valuesFrom;
  const headersAt = headBytes + endsBytes;
  const keysAt = headersAt + headers.length;
  bytes.set(headers, headersAt);
  bytes.set(keys, keysAt);
  bytes.set(batch.values.subarray(valuesFrom, valuesTo), keysAt + keys.length);
  view.setUint32(4, checksumOf(bytes, 8), true);
  return bytes;
}

/**
 * Reads a block back; the result shares memory with `bytes`.
 *
 * @param where says what the block is, for messages
 * @throws DtstreamError `store` when the bytes are not a whole, unchanged block
 */
export function decodeBlock(bytes: Uint8Array, where: () => string): Block {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.byteLength);
  if (bytes.length < headBytes || view.getUint32(0, true) !== magic) throw damaged(where, 'it does not begin as one');
  if (view.getUint32(4, true) !== checksumOf(aligned, 8)) throw damaged(where, 'its checksum differs');
  const count = view.getUint32(16, true);
  const headersAt = headBytes + count * 4;
  const keysAt = headersAt + view.getUint32(20, true);
  const valuesAt = keysAt + view.getUint32(24, true);
  if (valuesAt > bytes.length) throw damaged(where, 'its parts are longer than it is');
  const valueEnds = new Uint32Array(aligned.buffer, aligned.byteOffset + headBytes, count);
  const values = aligned.subarray(valuesAt);
  if (!areEndsIn(valueEnds, values.length)) throw damaged(where, 'its records are not one after the other in it');
  const timestampMs = view.getFloat64(8, true);
  if (!Number.isFinite(timestampMs)) throw damaged(where, `its time is ${timestampMs}`);
  const headers = headersIn(aligned.subarray(headersAt, keysAt));
  if (headers === undefined) throw damaged(where, 'its headers are not names with texts');
  if (valuesAt === keysAt) return { timestampMs, headers, valueEnds, values };
  const keys = parseJson(aligned.subarray(keysAt, valuesAt), isKeys);
  if (keys?.length !== count) throw damaged(where, 'it does not have one key per record');
  return { timestampMs, headers, keys, valueEnds, values };
}

/** Whether ends never fall, and end with the values: one pass over numbers, a hundredth of the time of a read. */
function areEndsIn(ends: Uint32Array, valueBytes: number): boolean {
  let before = 0;
  for (const end of ends) {
    if (end < before) return false;
    before = end;
  }
  return before === valueBytes;
}

/** Headers that were parsed last: those of the next block are most often the same. */
let parsed: { readonly bytes: Uint8Array; readonly headers: Headers } | undefined;

function headersIn(bytes: Uint8Array): Headers | undefined {
  if (parsed !== undefined && Buffer.compare(parsed.bytes, bytes) === 0) return parsed.headers;
  const headers = parseJson(bytes, isHeaders);
  if (headers !== undefined) parsed = { bytes: bytes.slice(), headers };
  return headers;
}

function parseJson<T>(bytes: Uint8Array, is: (value: unknown) => value is T): T | undefined {
  try {
    const value: unknown = JSON.parse(text.decode(bytes));
    return is(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isHeaders(value: unknown): value is Headers {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((header) => typeof header === 'string');
}

function isKeys(value: unknown): value is (string | null)[] {
  return Array.isArray(value) && value.every((key) => key === null || typeof key === 'string');
}

/**
 * When a block was appended, without reading the rest.
 *
 * @param where says what the block is, for messages
 * @throws DtstreamError `store` when the bytes are not so many
 */
export function timestampOfBlock(bytes: Uint8Array, where: () => string): number {
  if (bytes.length < headBytes) throw damaged(where, `it has ${bytes.length} bytes`);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(8, true);
}

function damaged(where: () => string, why: string): DtstreamError {
  return new DtstreamError(
    'store',
    `cannot read ${where()}: it must be a block of records, but ${why}; the store is damaged`,
  );
}
