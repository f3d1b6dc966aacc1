import type { Geometry } from '../../domain/geometry.js';
import { wireCodes } from '../../domain/row-code.js';
import { DtstreamError } from '../../errors.js';
import type { LogReader } from '../../transport/transport.js';
import { type RawRows, RawRowsDecoder } from './raw-rows.js';

/** Takes rows of a partition: records [from, to) of a decoded batch. */
export type TakeRecords = (rows: RawRows, from: number, to: number) => void;

/** Rows of a partition that are read and not all taken. */
interface Stock {
  /** Batches that are read, oldest first; the first one is decoded. */
  readonly batches: RawRows[];
  /** Record of the first batch that is next. */
  next: number;
  /** Everything before is taken. */
  position: number;
}

/** Bytes of values that one read asks for, and that wait in all partitions together. */
const readBytesMax = 4 << 20;
const stockBytesMax = 64 << 20;
const waitMs = 1000;

/**
 * Hands out the records of partitions in any order that rises inside each partition, reading each record once. A
 * partition that is asked for is read alone, so that little waits.
 */
export class RawFeed {
  readonly #reader: LogReader;
  readonly #topic: string;
  readonly #decoder: RawRowsDecoder;
  readonly #stocks: Map<number, Stock>;
  readonly #readBytes: number;

  /**
   * @param reader opened at the starts; the caller closes it
   * @param starts where each partition begins
   */
  constructor(
    reader: LogReader,
    topic: string,
    { starts, geometry }: { readonly starts: ReadonlyMap<number, number>; readonly geometry: Geometry },
  ) {
    this.#reader = reader;
    this.#topic = topic;
    this.#decoder = new RawRowsDecoder(wireCodes(geometry), geometry.clock);
    this.#stocks = new Map([...starts].map(([partition, position]) => [partition, { batches: [], next: 0, position }]));
    this.#readBytes = Math.min(readBytesMax, stockBytesMax / starts.size);
  }

  /**
   * Hands out the records of a partition up to an offset, from where it was left.
   *
   * @throws DtstreamError `not-comparable` when retention deletes records before they are read
   */
  async take(partition: number, to: number, take: TakeRecords): Promise<void> {
    const stock = this.#stocks.get(partition);
    if (stock === undefined) return;
    while (stock.position < to) {
      const rows = stock.batches[0];
      if (rows === undefined) {
        await this.#load(partition);
        continue;
      }
      const end = recordsBelow(rows.offsets, to, stock.next);
      take(rows, stock.next, end);
      stock.next = end;
      stock.position = end < rows.records ? to : rows.nextOffset;
      if (end < rows.records) return;
      stock.batches.shift();
      stock.next = 0;
    }
  }

  async #load(partition: number): Promise<void> {
    this.#reader.pause([...this.#stocks.keys()].filter((other) => other !== partition));
    this.#reader.resume([partition]);
    const lostBefore = this.#reader.lostRecords;
    const batches = await this.#reader.read({ bytesMax: this.#readBytes, waitMs });
    if (this.#reader.lostRecords > lostBefore) {
      throw new DtstreamError(
        'not-comparable',
        `cannot compare with ${this.#topic}/${partition}: retention deleted some of its rows while they were read`,
      );
    }
    for (const batch of batches) this.#stocks.get(batch.partition)?.batches.push(this.#decoder.decode(batch));
  }
}

/** Records from `from` on whose offset is below a bound: the index of the first that is not. */
function recordsBelow(offsets: Float64Array, bound: number, from: number): number {
  if (offsets.length === 0 || offsets[offsets.length - 1] < bound) return offsets.length;
  let record = from;
  while (offsets[record] < bound) record++;
  return record;
}
