import { isBlank } from './canonical-line.js';
import type { Delimiter } from './csv-layout.js';
import { rowBytesMax, rowBytesRule } from './quoted-records.js';

const lineFeed = 0x0a;

/** A row of more than {@link rowBytesMax}, wherever blocks end. */
export class RowTooLong extends Error {
  constructor() {
    super(rowBytesRule);
  }
}

/**
 * Cuts CSV text without quotes into records; several times as fast as a parser that has to look out for quotes. Blank
 * lines are not records. Bytes above 127 come as Latin-1, so that none is lost.
 */
export class PlainRecords {
  readonly #split: (line: string) => readonly string[];
  readonly #onRecord: (fields: readonly string[]) => void;
  #rest: Buffer = Buffer.alloc(0);
  #lineCount = 0;

  constructor(delimiter: Delimiter, onRecord: (fields: readonly string[]) => void) {
    this.#split = splitterOf(delimiter);
    this.#onRecord = onRecord;
  }

  /** Lines cut so far, blank ones included; the one after them is too long when that is thrown. */
  get lineCount(): number {
    return this.#lineCount;
  }

  /** The start of a line whose end has not come yet. */
  get rest(): Buffer {
    return this.#rest;
  }

  /**
   * @param block may not change afterwards
   * @throws RowTooLong once the records before it were handed on
   */
  push(block: Buffer): void {
    const bytes = this.#rest.length === 0 ? block : Buffer.concat([this.#rest, block]);
    const end = bytes.lastIndexOf(lineFeed);
    if (end !== -1) this.#cut(bytes.toString('latin1', 0, end));
    this.#rest = bytes.subarray(end + 1);
    if (this.#rest.length > rowBytesMax) throw new RowTooLong();
  }

  /** The last line needs no end. */
  finish(): void {
    if (this.#rest.length > 0) this.#cut(this.#rest.toString('latin1'));
    this.#rest = Buffer.alloc(0);
  }

  #cut(text: string): void {
    for (const ended of text.split('\n')) {
      if (ended.length > rowBytesMax) throw new RowTooLong();
      this.#lineCount++;
      const fields = this.#split(ended.endsWith('\r') ? ended.slice(0, -1) : ended);
      if (fields.length > 1 || !isBlank(fields[0] ?? '')) this.#onRecord(fields);
    }
  }
}

function splitterOf(delimiter: Delimiter): (line: string) => readonly string[] {
  if (delimiter !== 'blanks') return (line) => line.split(delimiter);
  return (line) => line.split(/[ \t]+/).filter((field) => field !== '');
}
