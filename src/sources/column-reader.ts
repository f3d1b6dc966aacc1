import { type ByteReader, blockBytes, copyInto } from './byte-reader.js';
import { canonicalLine } from './canonical-line.js';
import type { CsvLayout, LinePlace } from './csv-layout.js';
import { inputError } from './input-error.js';
import { PlainRecords, RowTooLong } from './plain-records.js';
import { QuotedRecords, rowBytesRule } from './quoted-records.js';

const quote = 0x22;

/**
 * Turns the rows of any layout into lines of canonical columns.
 *
 * ```
 *  block ──► no quote so far ──► PlainRecords ──┐
 *    └─────► from the first one ─► QuotedRecords ┴─► canonicalLine ─► lines ─► target
 * ```
 */
export class ColumnReader implements ByteReader {
  readonly #place: LinePlace;
  readonly #inner: ByteReader;
  readonly #layout: CsvLayout;
  readonly #plain: PlainRecords;
  #quoted: QuotedRecords | undefined;
  /** Lines of the block at work, then their bytes that are not yet delivered. */
  #lines = '';
  #ready: Uint8Array = new Uint8Array(0);
  #ended = false;
  #failure: { readonly cause: unknown } | undefined;

  /** @param place of the first row */
  constructor(inner: ByteReader, layout: CsvLayout, place: LinePlace) {
    this.#inner = inner;
    this.#layout = layout;
    this.#place = place;
    this.#plain = new PlainRecords(layout.delimiter, this.#onRecord);
  }

  get bytesTotal(): number | undefined {
    return this.#inner.bytesTotal;
  }

  get bytesDone(): number {
    return this.#inner.bytesDone;
  }

  async read(target: Uint8Array): Promise<number> {
    while (this.#ready.length === 0) {
      if (this.#failure !== undefined) throw this.#failure.cause;
      if (this.#ended) return 0;
      await this.#fill();
    }
    const count = copyInto(target, this.#ready);
    this.#ready = this.#ready.subarray(count);
    return count;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  readonly #onRecord = (fields: readonly string[]): void => {
    this.#lines += canonicalLine(fields, this.#layout);
  };

  /** Takes one block; what comes out of it before a failure is delivered first. */
  async #fill(): Promise<void> {
    const block = Buffer.allocUnsafe(blockBytes);
    const count = await this.#inner.read(block);
    this.#ended = count === 0;
    try {
      await (this.#ended ? this.#finish() : this.#push(block.subarray(0, count)));
    } catch (cause) {
      this.#failure = { cause: this.#explain(cause) };
    }
    this.#ready = Buffer.from(this.#lines, 'latin1');
    this.#lines = '';
  }

  async #push(block: Buffer): Promise<void> {
    if (this.#quoted !== undefined) return this.#quoted.push(block);
    // Between blanks no field can be quoted: they would have to be told from the blanks inside.
    if (this.#layout.delimiter !== 'blanks' && block.includes(quote)) {
      this.#quoted = await QuotedRecords.open(this.#layout.delimiter, this.#onRecord);
      return this.#quoted.push(Buffer.concat([this.#plain.rest, block]));
    }
    this.#plain.push(block);
  }

  async #finish(): Promise<void> {
    if (this.#quoted === undefined) this.#plain.finish();
    else await this.#quoted.finish();
  }

  /** What the parser of quoted text found, as the rule that was broken; anything else is a bug and stays as it is. */
  #explain(cause: unknown): unknown {
    if (cause instanceof RowTooLong) return this.#lineError(cause.message);
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'CSV_QUOTE_NOT_CLOSED') return this.#lineError('a quote is not closed', cause);
    if (code === 'CSV_MAX_RECORD_SIZE') {
      return this.#lineError(`${rowBytesRule}; a quote may not be closed`, cause);
    }
    return cause;
  }

  #lineError(rule: string, cause?: unknown): Error {
    const line = this.#place.line + this.#plain.lineCount + (this.#quoted?.lineCount ?? 0);
    return inputError(this.#place.name, `line ${line}: ${rule}`, cause);
  }
}
