import { decodeRecords } from '../../compute/decode-records.js';
import { nextWordRecord } from '../../compute/decode-words.js';
import { RowBlock } from '../../compute/row-block.js';
import type { ClockUnits } from '../../domain/geometry.js';
import { contentTypes, headerNames, type RecordBatch } from '../../transport/transport.js';

/** The rows of one batch of records, in order. */
export interface RawRows {
  readonly records: number;
  /** Offset of each record, ascending. */
  readonly offsets: Float64Array;
  /** Rows before the end of each record. */
  readonly recordRows: Uint32Array;
  /** Raw orbits; meaningless for rows that are neither hit nor scintillator. */
  readonly orbits: Uint32Array;
  readonly keys: Uint32Array;
  /** Mark of all its records. */
  readonly mark: string | undefined;
  /** Next offset to read after the batch. */
  readonly nextOffset: number;
}

const lf = 0x0a;
const noTurns = { turns: new Uint32Array(0), turnStarts: new Uint32Array(0) };
/** Line end, and the NUL byte that stands for a record of no bytes. */
const extraBytesMax = 8;

/** Decodes batches of records, each on its own. */
export class RawRowsDecoder {
  readonly #wires: Uint16Array;
  readonly #clock: ClockUnits;
  #bytes = new Uint8Array(0);
  #block: RowBlock;

  /** @param wires row code of each wire, see `wireCodes` */
  constructor(wires: Uint16Array, clock: ClockUnits) {
    this.#wires = wires;
    this.#clock = clock;
    this.#block = new RowBlock(0, wires, clock);
  }

  decode(batch: RecordBatch): RawRows {
    const { values, valueEnds, offsets, firstOffset, nextOffset, headers } = batch;
    const records = valueEnds.length;
    this.#reserve(values.length + (records + 1) * extraBytesMax);
    const isWords = headers[headerNames.contentType] === contentTypes.words;
    const recordEnds = isWords ? this.#packWords(batch) : this.#packLines(batch);
    const block = this.#block;
    const bytes = this.#bytes.subarray(0, recordEnds.at(-1));
    const recordRows = decodeRecords(bytes, isWords ? 'words' : 'csv', { ends: recordEnds, ...noTurns }, block);
    return {
      records,
      offsets: offsets ?? Float64Array.from({ length: records }, (_, record) => firstOffset + record),
      recordRows,
      orbits: block.orbits.slice(0, block.rows),
      keys: block.keys.slice(0, block.rows),
      mark: headers[headerNames.run],
      nextOffset,
    };
  }

  #reserve(bytes: number): void {
    if (this.#bytes.length < bytes) {
      this.#bytes = new Uint8Array(Math.ceil(bytes / 4) * 8);
      this.#block = new RowBlock(this.#bytes.length, this.#wires, this.#clock);
    }
    this.#block.clear();
  }

  /** Each record's lines with an end to the last one; returns where each record ends. */
  #packLines({ values, valueEnds }: RecordBatch): Uint32Array {
    const bytes = this.#bytes;
    let at = 0;
    let start = 0;
    return valueEnds.map((end) => {
      bytes.set(values.subarray(start, end), at);
      at += end - start;
      if (end === start) bytes[at++] = 0;
      if (bytes[at - 1] !== lf) bytes[at++] = lf;
      start = end;
      return at;
    });
  }

  /** Each record from a multiple of 8 bytes; returns where the bytes of each end. */
  #packWords({ values, valueEnds }: RecordBatch): Uint32Array {
    let at = 0;
    let start = 0;
    return valueEnds.map((end) => {
      this.#bytes.set(values.subarray(start, end), at);
      const recordEnd = at + end - start;
      at = nextWordRecord(at, recordEnd);
      start = end;
      return recordEnd;
    });
  }
}
