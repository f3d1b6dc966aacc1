import { headerBytesMax } from '../../domain/header-line.js';
import type { PeekReader } from '../peek-reader.js';

/** A line at the start of an input. */
export interface HeadLine {
  /** Without its line end. */
  readonly text: Uint8Array;
  /** Number of CR before its LF. */
  readonly carriageReturns: number;
  /** Counted from 1. */
  readonly line: number;
  /** Where the line after it begins, in the bytes that are next. */
  readonly next: number;
}

/** Number of lines inspected before the first row is read. */
const linesMax = 50;
const carriageReturn = 0x0d;
const blank = /^[ \t]*$/;

/** The first lines of an input that are not blank, one by one, without waiting for more bytes than each needs. */
export class HeadLines {
  readonly #reader: PeekReader;
  #start = 0;
  #line = 0;

  constructor(reader: PeekReader) {
    this.#reader = reader;
  }

  /** The next line that is not blank; undefined at the end of the input or of the inspected bytes. */
  async next(): Promise<HeadLine | undefined> {
    while (this.#line < linesMax && this.#start < headerBytesMax) {
      const end = await this.#reader.peekLineEnd(this.#start);
      if (end === undefined) return undefined;
      const head = await this.#reader.peek(0);
      if (this.#start >= head.length) return undefined;
      let to = end;
      while (to > this.#start && head[to - 1] === carriageReturn) to--;
      const text = Uint8Array.from(head.subarray(this.#start, to));
      this.#line++;
      this.#start = Math.min(end + 1, head.length);
      if (!blank.test(Buffer.from(text).toString('latin1'))) {
        return { text, carriageReturns: end - to, line: this.#line, next: this.#start };
      }
    }
    return undefined;
  }
}
