import type { CsvLayout, Delimiter } from './csv-layout.js';
import { skipBlanks } from './decimal.js';

const space = 0x20;
const tab = 0x09;
const quote = 0x22;

/** Where the fields of a line are, used again for the next one. */
export class FieldSpans {
  /** First byte of each field and its end; quotes around it and the blanks outside of them are not part of it. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Fields of the line: those beyond the arrays are only counted. */
  count = 0;
  /** Whether the last field begins with a quote that the line does not close. */
  isOpen = false;

  /** @param fields of which the places are wanted */
  constructor(fields: number) {
    this.starts = new Uint32Array(fields);
    this.ends = new Uint32Array(fields);
  }
}

/** The byte of a delimiter; that of `blanks` is a space. */
export function delimiterByte(delimiter: Delimiter): number {
  return delimiter === 'blanks' ? space : delimiter.charCodeAt(0);
}

/**
 * Finds the fields of one line, which never reach into the next one.
 *
 * A quote opens a field only at its beginning (after blanks), and the field includes delimiters up to the closing quote;
 * two quotes in it stand for one. An unclosed field, or one with text after the closing quote, is not a quoted field: the
 * former ends with the line, the latter at the next delimiter, with its quotes unchanged.
 *
 * ```
 *  2 ; "5" ;"1;2";a"b
 *  ▔   ▔     ▔▔▔  ▔▔▔
 * ```
 *
 * @param end end of the line without its line end
 * @param hasQuotes otherwise a quote is a character like any other
 */
export function splitFields(
  bytes: Uint8Array,
  start: number,
  end: number,
  { delimiter, hasQuotes }: { readonly delimiter: Delimiter; readonly hasQuotes: boolean },
  spans: FieldSpans,
): void {
  const { starts, ends } = spans;
  const isBlanks = delimiter === 'blanks';
  const stop = delimiterByte(delimiter);
  spans.count = 0;
  spans.isOpen = false;
  let at = isBlanks ? skipBlanks(bytes, start, end) : start;
  if (isBlanks && at === end) return;
  for (;;) {
    let from = at;
    let to = -1;
    if (hasQuotes) {
      const open = skipInner(bytes, at, end, stop);
      if (open < end && bytes[open] === quote) {
        const close = closingQuote(bytes, open + 1, end);
        const next = close < 0 ? end : isBlanks ? close + 1 : skipInner(bytes, close + 1, end, stop);
        if (next === end || bytes[next] === stop || (isBlanks && bytes[next] === tab)) {
          from = open + 1;
          to = close < 0 ? end : close;
          at = next;
          spans.isOpen = close < 0;
        }
      }
    }
    if (to < 0) {
      while (at < end && bytes[at] !== stop && !(isBlanks && bytes[at] === tab)) at++;
      to = at;
    }
    if (spans.count < starts.length) {
      starts[spans.count] = from;
      ends[spans.count] = to;
    }
    spans.count++;
    if (isBlanks) at = skipBlanks(bytes, at, end);
    if (at === end) return;
    if (!isBlanks) at++;
  }
}

/** How far the columns of a record are shifted, by a name of the row; -1 when it has not the fields that it must have. */
export function shiftOfColumns(bytes: Uint8Array, spans: FieldSpans, layout: CsvLayout): 0 | 1 | -1 {
  const { columnCount } = layout;
  if (spans.isOpen) return -1;
  if (spans.count === columnCount) return 0;
  if (spans.count !== columnCount + 1) return -1;
  if (layout.moreField === 'row name') return 1;
  const last = spans.ends[columnCount];
  return layout.moreField === 'empty' && skipBlanks(bytes, spans.starts[columnCount], last) === last ? 0 : -1;
}

/** Skips blanks that are no delimiter. */
function skipInner(bytes: Uint8Array, start: number, end: number, stop: number): number {
  let at = start;
  while (at < end && (bytes[at] === space || bytes[at] === tab) && bytes[at] !== stop) at++;
  return at;
}

/** The quote that closes a field, or -1. */
function closingQuote(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== quote) continue;
    if (at + 1 === end || bytes[at + 1] !== quote) return at;
    at++;
  }
  return -1;
}
