import { wordBytes } from '../../domain/word.js';
import type { Headers, OutgoingBatch } from '../../transport/transport.js';
import { orbitDigitsMax, type RowText, wordLineBytesMax, writeWithOrbit, writeWordLine } from './row-text.js';

/** How the rows of a message are written. */
export const messageKinds = ['csv', 'words'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** What every message is made by. */
export interface MessageRules {
  /** Rows of a message, at most. */
  readonly rowsPerMessage: number;
  readonly headers: Readonly<Record<MessageKind, Headers>>;
}

/** A message of several lines ends before it gets longer than this: brokers take about 1 MB. */
export const messageBytesMax = 900_000;

/** Up to here a loop copies quicker than a call. */
const shortLineBytes = 64;
const growBytesMin = 1024;
const lf = 0x0a;
const cr = 0x0d;

/** Messages of one kind, back to back. */
interface Segment {
  readonly kind: MessageKind;
  readonly from: number;
  readonly to: number;
  readonly endsFrom: number;
  readonly endsTo: number;
}

/**
 * Messages of one partition under construction, in one reused piece of memory.
 *
 * ```
 *  bytes │ message │ message │ gap to 8 bytes │ message │ message, still open │
 *        └──── segment csv ──┘                └──── segment words ────────────┘ ─► one OutgoingBatch each
 * ```
 */
export class PartitionBuilder {
  readonly partition: number;
  readonly #rules: MessageRules;
  // Grows from nothing: there may be thousands of partitions.
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(this.#bytes.buffer);
  #at = 0;
  #ends = new Uint32Array(0);
  #endCount = 0;
  #segments: Segment[] = [];
  #kind: MessageKind = 'csv';
  #segmentFrom = 0;
  #segmentEndsFrom = 0;
  #messageFrom = 0;
  #rowsOpen = 0;
  #needsLineEnd = false;

  constructor(partition: number, rules: MessageRules) {
    this.partition = partition;
    this.#rules = rules;
  }

  /** Bytes held. */
  get size(): number {
    return this.#at;
  }

  /** Whether a message has been begun and not ended. */
  get isOpen(): boolean {
    return this.#rowsOpen > 0;
  }

  /** What kind the open message is of. */
  get kind(): MessageKind {
    return this.#kind;
  }

  addWord(low: number, high: number): void {
    if (this.#kind !== 'words') this.#begin('words');
    this.#reserve(wordBytes);
    this.#words[this.#at >>> 2] = low;
    this.#words[(this.#at >>> 2) + 1] = high;
    this.#at += wordBytes;
    if (++this.#rowsOpen === this.#rules.rowsPerMessage) this.endMessage();
  }

  /** Adds the word as a line of text. */
  addWordAsLine(low: number, high: number): void {
    this.#beginLine(wordLineBytesMax);
    this.#endLine(writeWordLine(low, high, this.#bytes, this.#at));
  }

  /** Adds a line of text with another orbit. */
  addWithOrbit(row: RowText, orbit: number): void {
    this.#beginLine(row.end - row.start + orbitDigitsMax);
    this.#endLine(writeWithOrbit(row, orbit, this.#bytes, this.#at));
  }

  /** Adds a line of text as it stands. */
  addLine(bytes: Uint8Array, start: number, end: number): void {
    this.#beginLine(end - start);
    const target = this.#bytes;
    let to = this.#at;
    if (end - start > shortLineBytes) {
      target.set(bytes.subarray(start, end), to);
      to += end - start;
    } else {
      for (let at = start; at < end; at++) target[to++] = bytes[at];
    }
    this.#endLine(to);
  }

  /** Ends the open message, if there is one. */
  endMessage(): void {
    if (this.#rowsOpen === 0) return;
    if (this.#endCount === this.#ends.length) {
      const ends = new Uint32Array(Math.max(2 * this.#ends.length, 64));
      ends.set(this.#ends);
      this.#ends = ends;
    }
    this.#ends[this.#endCount++] = this.#at - this.#segmentFrom;
    this.#rowsOpen = 0;
    this.#messageFrom = this.#at;
    this.#needsLineEnd = false;
  }

  /** Ends the open message and adds all messages to `batches`; their memory is free again after {@link clear}. */
  collect(batches: OutgoingBatch[]): void {
    this.#endSegment();
    for (const { kind, from, to, endsFrom, endsTo } of this.#segments) {
      batches.push({
        partition: this.partition,
        headers: this.#rules.headers[kind],
        values: this.#bytes.subarray(from, to),
        valueEnds: this.#ends.subarray(endsFrom, endsTo),
      });
    }
  }

  clear(): void {
    this.#segments = [];
    this.#at = 0;
    this.#endCount = 0;
    this.#segmentFrom = 0;
    this.#segmentEndsFrom = 0;
    this.#messageFrom = 0;
  }

  #beginLine(bytesMax: number): void {
    if (this.#kind !== 'csv') this.#begin('csv');
    if (this.#rowsOpen > 0 && this.#at - this.#messageFrom + bytesMax >= messageBytesMax) this.endMessage();
    this.#reserve(bytesMax + 3);
    if (this.#needsLineEnd) this.#bytes[this.#at++] = lf;
  }

  #endLine(to: number): void {
    // A CR that belongs to the text would be taken for a line end: such a row keeps its own.
    const endsInCr = to > this.#at && this.#bytes[to - 1] === cr;
    if (endsInCr) {
      this.#bytes[to++] = cr;
      this.#bytes[to++] = lf;
    }
    this.#needsLineEnd = !endsInCr;
    this.#at = to;
    if (++this.#rowsOpen === this.#rules.rowsPerMessage) this.endMessage();
  }

  #begin(kind: MessageKind): void {
    this.#endSegment();
    this.#kind = kind;
    // Words are written as two numbers of 32 bits, which need a place that is a multiple of 4.
    this.#at = Math.ceil(this.#at / wordBytes) * wordBytes;
    this.#segmentFrom = this.#at;
    this.#messageFrom = this.#at;
  }

  #endSegment(): void {
    this.endMessage();
    if (this.#endCount > this.#segmentEndsFrom) {
      this.#segments.push({
        kind: this.#kind,
        from: this.#segmentFrom,
        to: this.#at,
        endsFrom: this.#segmentEndsFrom,
        endsTo: this.#endCount,
      });
    }
    this.#segmentFrom = this.#at;
    this.#segmentEndsFrom = this.#endCount;
  }

  #reserve(count: number): void {
    const size = this.#at + count;
    if (size <= this.#bytes.length) return;
    const bytes = new Uint8Array(
      Math.ceil(Math.max(2 * this.#bytes.length, size, growBytesMin) / wordBytes) * wordBytes,
    );
    bytes.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = bytes;
    this.#words = new Uint32Array(bytes.buffer);
  }
}
