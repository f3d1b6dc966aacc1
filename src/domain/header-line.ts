import { type CsvLayout, type Delimiter, delimiters, isCanonical } from './csv-layout.js';
import { Decimals, parseDecimal, skipBlanks } from './decimal.js';
import { type HitField, hitFields } from './hit.js';
import { isObject } from './json-row.js';
import { FieldSpans, splitFields } from './split-fields.js';
import { plainReading } from './text-reading.js';

/** The fields of a line as text, a character a byte, without quotes around them. */
export type SplitLine = (line: Uint8Array, delimiter: Delimiter) => readonly string[];

/** A line that may name columns, split where it names most of the six. */
export interface NamesLine {
  readonly delimiter: Delimiter;
  /** Upper case, without blanks around them. */
  readonly names: readonly string[];
  readonly hasQuotes: boolean;
  /** Whether the line began with the sign of a comment. */
  readonly isComment: boolean;
  /** The fields of a hit that it does not name, and the first that it names twice. */
  readonly missing: readonly HitField[];
  readonly twice: HitField | undefined;
}

/** Properties of a file known before its header is read; they also hold after a later header. */
export type LayoutBase = Pick<CsvLayout, 'hasQuotes' | 'moreField' | 'hasManyCr' | 'reading'>;

/** What a file has that says nothing else. */
export const plainBase: LayoutBase = {
  hasQuotes: false,
  moreField: 'none',
  hasManyCr: false,
  reading: plainReading,
};

/** Blanks as rows may have them: no CR, for one. */
const blanksAround = /^[ \t]+|[ \t]+$/g;
const quote = 0x22;
const carriageReturn = 0x0d;
const byteOrderMark = [0xef, 0xbb, 0xbf];
/** `HEAD`; no header is without it. */
const head = [0x48, 0x45, 0x41, 0x44];
/** Clears the bit by which lower case letters differ. */
const upperCaseMask = 0xdf;
/** `#` as of numpy and gnuplot, `%` as of Octave, `//`: any number of them. */
const commentSigns = [{ sign: [0x23] }, { sign: [0x25] }, { sign: [0x2f, 0x2f] }] as const;
const scratch = new Decimals(1);
/** Longer lines name no columns. */
export const headerBytesMax = 64 * 1024;
/** The shortest header has the six names with a delimiter between them. */
const headerBytesMin = hitFields.join(',').length;

/** Splits a line by the rules that rows are split by. */
export const splitNames: SplitLine = (line, delimiter) => {
  const spans = new FieldSpans(line.length + 1);
  splitFields(line, 0, line.length, { delimiter, hasQuotes: true }, spans);
  // A line that ends inside quotes was cut: how many columns it names is not known.
  const count = spans.isOpen ? 0 : spans.count;
  return Array.from({ length: count }, (_, field) => textOf(line, spans.starts[field], spans.ends[field]));
};

/**
 * Looks for names of columns in a line, between any delimiter, without the sign of a comment in front.
 *
 * @param line without its line end
 */
export function readNames(line: Uint8Array, split: SplitLine = splitNames): NamesLine {
  const start = skipComment(line);
  const text = line.subarray(start);
  const hasQuotes = text.includes(quote);
  const splits = delimiters.map((delimiter) => {
    const fields = split(text, delimiter).map((name) => name.replace(blanksAround, '').toUpperCase());
    // A comma among words is not a name, unless it is in quotes: what stands between them is no blank then.
    const isBroken = delimiter === 'blanks' && !hasQuotes && fields.some((field) => /[,;|]/.test(field));
    const names = isBroken ? [] : fields;
    return { delimiter, names, missing: hitFields.filter((field) => !names.includes(field)) };
  });
  const best = splits.toSorted((a, b) => a.missing.length - b.missing.length)[0];
  const { delimiter, names, missing } = best;
  const twice = hitFields.find((field) => names.indexOf(field) !== names.lastIndexOf(field));
  return { delimiter, names, missing, twice, hasQuotes, isComment: start > markOf(line) };
}

/** Whether a line says the six names once each: a header. */
export function isHeader({ missing, twice }: NamesLine): boolean {
  return missing.length === 0 && twice === undefined;
}

/** The layout of rows under a header. */
export function layoutOfHeader({ delimiter, names, hasQuotes }: NamesLine, base: LayoutBase): CsvLayout {
  const columns = hitFields.map((field) => names.indexOf(field));
  return layoutOf(
    { delimiter, columns, columnCount: names.length },
    { ...base, hasQuotes: hasQuotes || base.hasQuotes },
  );
}

/** The layout of rows of six numbers without a header. */
export function layoutOfRows(delimiter: Delimiter, base: LayoutBase): CsvLayout {
  return layoutOf({ delimiter, columns: hitFields.map((_, index) => index), columnCount: hitFields.length }, base);
}

/**
 * The layout that a line in the middle of a file begins when it is a header; undefined when it is none.
 *
 * @param end end of the line without its LF or CRLF
 * @param layout in force before it
 */
export function laterHeader(bytes: Uint8Array, start: number, end: number, layout: CsvLayout): CsvLayout | undefined {
  let to = end;
  while (to > start && bytes[to - 1] === carriageReturn) to--;
  const length = to - start;
  if (length < headerBytesMin || length > headerBytesMax || !holdsHead(bytes, start, to)) return undefined;
  if (isObject(bytes, start, to)) return undefined;
  const line = readNames(bytes.subarray(start, to));
  if (!isHeader(line)) return undefined;
  return layoutOfHeader(line, { ...layout, hasManyCr: layout.hasManyCr || to < end });
}

/** A line of nothing but numbers. */
export interface NumbersLine {
  readonly delimiter: Delimiter;
  /** Numbers of the line. */
  readonly count: number;
  /** Whether an empty field follows them. */
  readonly hasTrailing: boolean;
  readonly hasQuotes: boolean;
}

/** The fields of a line, where all are numbers, but perhaps an empty one at its end; undefined where they are not. */
export function readNumbers(line: Uint8Array, delimiter: Delimiter): NumbersLine | undefined {
  const spans = new FieldSpans(line.length + 1);
  splitFields(line, 0, line.length, { delimiter, hasQuotes: true }, spans);
  const { starts, ends } = spans;
  const last = spans.count - 1;
  const hasTrailing = last > 0 && isEmpty(line, starts[last], ends[last]);
  const count = hasTrailing ? last : spans.count;
  for (let field = 0; field < count; field++) {
    if (parseDecimal(line, starts[field], ends[field], scratch, 0) !== ends[field]) return undefined;
  }
  return count === 0 || spans.isOpen ? undefined : { delimiter, count, hasTrailing, hasQuotes: line.includes(quote) };
}

function layoutOf(
  where: Pick<CsvLayout, 'delimiter' | 'columns' | 'columnCount'>,
  { hasQuotes, moreField, hasManyCr, reading }: LayoutBase,
): CsvLayout {
  const layout = { ...where, hasQuotes, moreField, hasManyCr, reading };
  // The kernel knows no quotes; elsewhere any field may have them.
  return isCanonical(layout) ? layout : { ...layout, hasQuotes: true };
}

/** Where the text begins behind the sign of a comment, or behind a byte-order mark where there is none. */
function skipComment(line: Uint8Array): number {
  const mark = markOf(line);
  let at = skipBlanks(line, mark, line.length);
  const signs = commentSigns.find(({ sign }) => sign.every((byte, index) => line[at + index] === byte));
  if (signs === undefined) return mark;
  for (at += signs.sign.length; line[at] === signs.sign[0]; at++);
  return skipBlanks(line, at, line.length);
}

/** Where the text begins behind a byte-order mark, which files that were joined have in their middle. */
function markOf(line: Uint8Array): number {
  return byteOrderMark.every((byte, index) => line[index] === byte) ? byteOrderMark.length : 0;
}

/** Whether `HEAD` stands anywhere, in any case. */
function holdsHead(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at + head.length <= end; at++) {
    if (
      (bytes[at] & upperCaseMask) === head[0] &&
      head.every((byte, index) => (bytes[at + index] & upperCaseMask) === byte)
    )
      return true;
  }
  return false;
}

function isEmpty(line: Uint8Array, start: number, end: number): boolean {
  return skipBlanks(line, start, end) === end;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]);
  return text;
}
