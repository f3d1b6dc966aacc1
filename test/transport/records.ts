import type { LogReader, OutgoingBatch, RecordBatch } from '../../src/transport/transport.js';

/** One record, as tests compare them. */
export interface PlainRecord {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A batch of text values. */
export function batchOf(
  partition: number,
  values: readonly string[],
  extra: { headers?: Record<string, string>; keys?: readonly (string | null)[] } = {},
): OutgoingBatch {
  const bytes = values.map((value) => Buffer.from(value));
  let end = 0;
  return {
    partition,
    headers: extra.headers ?? {},
    values: Buffer.concat(bytes),
    valueEnds: Uint32Array.from(bytes, ({ length }) => (end += length)),
    ...(extra.keys ? { keys: extra.keys } : {}),
  };
}

/** The records of batches, one by one; `latin1` keeps values that are not text apart. */
export function recordsOf(batches: readonly RecordBatch[], encoding: 'utf8' | 'latin1' = 'utf8'): PlainRecord[] {
  return batches.flatMap((batch) =>
    Array.from(batch.valueEnds, (end, i) => ({
      partition: batch.partition,
      offset: batch.offsets ? batch.offsets[i] : batch.firstOffset + i,
      value: Buffer.from(batch.values.subarray(i === 0 ? 0 : batch.valueEnds[i - 1], end)).toString(encoding),
      key: batch.keys?.[i] ?? null,
      headers: batch.headers,
    })),
  );
}

/** Reads until `count` records came, at most for a time that no working log needs. */
export async function readRecords(reader: LogReader, count: number): Promise<PlainRecord[]> {
  const records: PlainRecord[] = [];
  const signal = AbortSignal.timeout(30_000);
  while (records.length < count && !signal.aborted) {
    records.push(...recordsOf(await reader.read({ bytesMax: 64 * 1024, waitMs: 1000, signal })));
  }
  return records;
}

/** Reads what is between a reader's position and the ends that it has now. */
export async function readToEnd(reader: LogReader, encoding: 'utf8' | 'latin1' = 'utf8'): Promise<PlainRecord[]> {
  const records: PlainRecord[] = [];
  const ends = await reader.bounds();
  const signal = AbortSignal.timeout(30_000);
  const behind = (): boolean => ends.some(({ partition, end }) => (reader.positions().get(partition) ?? 0) < end);
  while (behind() && !signal.aborted) {
    records.push(...recordsOf(await reader.read({ bytesMax: 64 * 1024, waitMs: 1000, signal }), encoding));
  }
  return records;
}

/** Values of one partition, in the order they were read. */
export function valuesOf(records: readonly PlainRecord[], partition?: number): string[] {
  return records
    .filter((record) => partition === undefined || record.partition === partition)
    .map((record) => record.value);
}
