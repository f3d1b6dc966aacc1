import { type CsvLayout, isCanonical } from '../../domain/csv-layout.js';
import { Decimals, parseDecimal } from '../../domain/decimal.js';
import { csvHeader, hitFields, hitHead } from '../../domain/hit.js';
import { isObject, readJsonRow } from '../../domain/json-row.js';
import { FieldSpans, shiftOfColumns, splitFields } from '../../domain/split-fields.js';
import { applyReading, isPlainReading } from '../../domain/text-reading.js';
import { addedDecimal } from './added-decimal.js';

/** Kind of a line: a row of six numbers, or the rule that it breaks; an object, where rows are canonical, is its own line. */
export type LineKind = 'row' | 'number' | 'fields' | 'object';

const comma = 0x2c;
const semicolon = 0x3b;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** Numbers that were changed need more room than their text, but never so much. */
const roomBytes = 512;
/** Whole numbers up to here are exact. */
const exactMax = 2 ** 53;

/**
 * Writes lines of a layout as lines of canonical columns, so that each has the fate there that it has here:
 *
 * - six numbers are written as they stand, without quotes around them, or as the layout's reading changes them;
 * - a record with another number of fields becomes a line that does not have six;
 * - where a field is not a number, a comma or CR in it becomes `;`, so that no other field moves.
 */
export class CanonicalLines {
  readonly #layout: CsvLayout;
  readonly #isPlain: boolean;
  readonly #takesObjects: boolean;
  readonly #spans: FieldSpans;
  #shift: 0 | 1 | -1 = 0;
  #out = Buffer.alloc(0);
  #at = 0;
  /** Numbers of the last line that was a row, in the order of `hitFields`, as they count. */
  readonly fields = new Decimals(hitFields.length);

  constructor(layout: CsvLayout) {
    this.#layout = layout;
    this.#isPlain = isPlainReading(layout.reading);
    this.#takesObjects = isCanonical(layout);
    this.#spans = new FieldSpans(layout.columnCount + 1);
  }

  /** Looks at a line, which {@link write} then writes. */
  read(bytes: Uint8Array, start: number, end: number): LineKind {
    if (this.#takesObjects && readJsonRow(bytes, start, end, this.fields) !== undefined) return 'object';
    splitFields(bytes, start, end, this.#layout, this.#spans);
    this.#shift = shiftOfColumns(bytes, this.#spans, this.#layout);
    if (this.#shift < 0) return 'fields';
    for (let field = 0; field < hitFields.length; field++) {
      const to = this.#end(field);
      if (parseDecimal(bytes, this.#start(field), to, this.fields, field) !== to) return 'number';
    }
    if (!this.#isPlain) applyReading(this.fields, this.#layout.reading);
    return 'row';
  }

  /** Writes the line that was read last behind those written before. */
  write(bytes: Buffer, start: number, end: number, kind: LineKind): void {
    this.#reserve(end - start + roomBytes);
    switch (kind) {
      case 'row':
        for (let field = 0; field < hitFields.length; field++) this.#writeNumber(bytes, field);
        this.#out[this.#at - 1] = lineFeed;
        return;
      case 'number': {
        const first = this.#at;
        for (let field = 0; field < hitFields.length; field++) {
          this.#copy(bytes, this.#start(field), this.#end(field), true);
          this.#out[this.#at++] = comma;
        }
        this.#at--;
        // Picked from among others, the names would be a header, and pieces of text an object.
        if (
          isObject(this.#out, first, this.#at) ||
          this.#out.toString('latin1', first, this.#at).replaceAll(/[ \t]/g, '').toUpperCase() === csvHeader
        ) {
          this.#out[this.#at++] = semicolon;
        }
        break;
      }
      case 'fields':
        this.#copy(bytes, start, end, true);
        break;
      case 'object':
        this.#copy(bytes, start, end, false);
        break;
      default:
        return kind satisfies never;
    }
    this.#out[this.#at++] = lineFeed;
  }

  /** All lines written; valid until the next one is written. */
  take(): Uint8Array {
    const lines = this.#out.subarray(0, this.#at);
    this.#at = 0;
    return lines;
  }

  #start(field: number): number {
    return this.#spans.starts[this.#layout.columns[field] + this.#shift];
  }

  #end(field: number): number {
    return this.#spans.ends[this.#layout.columns[field] + this.#shift];
  }

  #writeNumber(bytes: Buffer, field: number): void {
    const start = this.#start(field);
    const end = this.#end(field);
    const changed = this.#isPlain ? undefined : this.#changed(bytes.toString('latin1', start, end), field);
    if (changed === undefined) this.#copy(bytes, start, end, false);
    else this.#at += this.#out.write(changed, this.#at, 'latin1');
    this.#out[this.#at++] = comma;
  }

  /** A number that the reading has changed; undefined where its text may stay. */
  #changed(text: string, field: number): string | undefined {
    const { head, channelOffset, tdcOffset, signedOrbits } = this.#layout.reading;
    const whole = this.fields.whole[field];
    const hasFraction = this.fields.fraction[field] === 1;
    // Too large for its field, with and without the added number.
    if (whole >= exactMax) return undefined;
    const sign = this.fields.negative[field] === 1 ? '-' : '';
    switch (hitFields[field]) {
      case 'HEAD':
        return hasFraction || head === hitHead ? undefined : `${sign}${whole}`;
      case 'TDC_CHANNEL':
        return hasFraction || channelOffset === 0 ? undefined : `${sign}${whole}`;
      case 'ORBIT_CNT':
        return hasFraction || !signedOrbits ? undefined : `${sign}${whole}`;
      case 'TDC_MEAS':
        if (tdcOffset === 0) return undefined;
        return hasFraction ? addedDecimal(text, tdcOffset) : `${sign}${whole}`;
      case 'FPGA':
      case 'BX_COUNTER':
      case undefined:
        return undefined;
    }
  }

  /** @param isOdd whether commas and CR become `;` */
  #copy(bytes: Uint8Array, start: number, end: number, isOdd: boolean): void {
    const out = this.#out;
    let at = this.#at;
    for (let from = start; from < end; from++) {
      const byte = bytes[from];
      out[at++] = isOdd && (byte === comma || byte === carriageReturn) ? semicolon : byte;
    }
    this.#at = at;
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#out.length) return;
    const out = Buffer.allocUnsafe(2 * (this.#at + count));
    out.set(this.#out.subarray(0, this.#at));
    this.#out = out;
  }
}
