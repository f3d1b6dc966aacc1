import type { Headers, OutgoingBatch } from '../../transport.js';
import { batchHeaderBytes } from './batch-frame.js';
import { FieldWriter } from './field-writer.js';
import { type Compression, compressions } from '../writing/compression.js';
import { codecOf } from './codecs.js';
import { crc32c } from './crc32c.js';
import type { ProducerIdentity } from './requests.js';

/** Records `from` to `to` (excluded) of a batch. */
export interface RecordRange {
  readonly batch: OutgoingBatch;
  readonly from: number;
  readonly to: number;
}

export interface BatchSettings {
  readonly compression: Compression;
  readonly timestampMs: number;
  /** Identity of the writer, for records that must not come twice; absent = they may. */
  readonly producer?: ProducerIdentity & { readonly sequence: number };
  readonly isTransactional: boolean;
}

/** Bytes of a record beside key, value and headers, at most. */
const recordBytesMax = 1 + 4 * 5 + 1;
const shortBytes = 48;

/** Bytes that a range takes at most before it is packed. */
export function batchBytesMax({ batch, from, to }: RecordRange): number {
  const valuesFrom = from === 0 ? 0 : batch.valueEnds[from - 1];
  const valueBytes = to === 0 ? 0 : batch.valueEnds[to - 1] - valuesFrom;
  let keyBytes = 0;
  if (batch.keys) for (let i = from; i < to; i++) keyBytes += Buffer.byteLength(batch.keys[i] ?? '');
  return (
    batchHeaderBytes + valueBytes + keyBytes + (to - from) * (recordBytesMax + encodeHeaders(batch.headers).length)
  );
}

/** One record batch of format 2, drawn in record-batch-reader.ts, of records that go to one partition in this order. */
export function encodeRecordBatch(ranges: readonly RecordRange[], settings: BatchSettings): Buffer {
  const { compression, timestampMs, producer, isTransactional } = settings;
  const size = ranges.reduce((sum, range) => sum + batchBytesMax(range), 0);
  let bytes: Buffer = Buffer.allocUnsafe(size);
  let at = batchHeaderBytes;
  let count = 0;
  for (const range of ranges) {
    at = writeRecords(bytes, at, range, count);
    count += range.to - range.from;
  }
  if (compression !== 'none') {
    const packed = codecOf(compression).pack(bytes.subarray(batchHeaderBytes, at));
    const whole = Buffer.allocUnsafe(batchHeaderBytes + packed.length);
    whole.set(packed, batchHeaderBytes);
    bytes = whole;
    at = whole.length;
  }
  const time = BigInt(timestampMs);
  bytes.writeBigInt64BE(0n, 0);
  bytes.writeInt32BE(at - 12, 8);
  bytes.writeInt32BE(-1, 12);
  bytes.writeInt8(2, 16);
  bytes.writeInt16BE(compressions.indexOf(compression) | (isTransactional ? 0x10 : 0), 21);
  bytes.writeInt32BE(count - 1, 23);
  bytes.writeBigInt64BE(time, 27);
  bytes.writeBigInt64BE(time, 35);
  bytes.writeBigInt64BE(BigInt(producer?.producerId ?? -1), 43);
  bytes.writeInt16BE(producer?.epoch ?? -1, 51);
  bytes.writeInt32BE(producer?.sequence ?? -1, 53);
  bytes.writeInt32BE(count, 57);
  bytes.writeUInt32BE(crc32c(bytes, 21, at), 17);
  return bytes.subarray(0, at);
}

/** Hot: one turn a record. benchmarks/kafka.ts guards it. */
function writeRecords(bytes: Buffer, start: number, { batch, from, to }: RecordRange, firstDelta: number): number {
  const { values, valueEnds, keys } = batch;
  const headers = encodeHeaders(batch.headers);
  let at = start;
  let valueFrom = from === 0 ? 0 : valueEnds[from - 1];
  for (let record = from; record < to; record++) {
    const valueTo = valueEnds[record];
    const valueLength = valueTo - valueFrom;
    const key = keys?.[record] ?? null;
    const keyLength = key === null ? -1 : Buffer.byteLength(key);
    const delta = firstDelta + record - from;
    const length =
      2 +
      varintBytes(delta) +
      varintBytes(keyLength) +
      Math.max(0, keyLength) +
      varintBytes(valueLength) +
      valueLength +
      headers.length;
    at = writeVarint(bytes, at, length);
    bytes[at++] = 0; // attributes
    bytes[at++] = 0; // time delta
    at = writeVarint(bytes, at, delta);
    at = writeVarint(bytes, at, keyLength);
    if (key !== null) at += bytes.write(key, at);
    at = writeVarint(bytes, at, valueLength);
    if (valueLength <= shortBytes) {
      for (let from = valueFrom; from < valueTo; from++) bytes[at++] = values[from];
    } else {
      bytes.set(values.subarray(valueFrom, valueTo), at);
      at += valueLength;
    }
    for (let i = 0; i < headers.length; i++) bytes[at++] = headers[i];
    valueFrom = valueTo;
  }
  return at;
}

/** Cache of encoded headers: a writer repeats the same few sets. */
const encodedHeaders = new WeakMap<Headers, Uint8Array>();

function encodeHeaders(headers: Headers): Uint8Array {
  const known = encodedHeaders.get(headers);
  if (known !== undefined) return known;
  const entries = Object.entries(headers);
  const writer = new FieldWriter(64);
  writer.uvarint(2 * entries.length);
  for (const text of entries.flat()) {
    const bytes = Buffer.from(text);
    writer.uvarint(2 * bytes.length).raw(bytes);
  }
  encodedHeaders.set(headers, writer.buffer);
  return writer.buffer;
}

function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

function varintBytes(value: number): number {
  const rest = ((value << 1) ^ (value >> 31)) >>> 0;
  if (rest < 0x80) return 1;
  return Math.ceil((32 - Math.clz32(rest)) / 7);
}
