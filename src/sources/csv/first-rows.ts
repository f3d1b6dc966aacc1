import { type CsvLayout, isCanonical } from '../../domain/csv-layout.js';
import { Decimals, parseDecimal, skipBlanks } from '../../domain/decimal.js';
import { hitFields } from '../../domain/hit.js';
import { FieldSpans, splitFields } from '../../domain/split-fields.js';
import type { HeadLine, HeadLines } from './head-lines.js';

/** Number of rows that must agree on properties missing from the header. */
const rowsMax = 3;
const rowsMin = 2;
const quote = 0x22;

/** Explanation of a row with one field more than the header. */
interface LongRow {
  /** Whether the last field is empty, and those before it are as the header says. */
  readonly isTrailing: boolean;
  /** Whether those behind the first field are. */
  readonly isNamed: boolean;
  /** Whether the first field is in quotes. */
  readonly isQuoted: boolean;
  /** The first field, where it is a whole number. */
  readonly number: number | undefined;
}

const fields = new Decimals(hitFields.length);

/**
 * The layout completed by the first rows: fields in quotes, lines that end in CR CR LF, an empty field at the end of all
 * rows, or a name in front of all of them: in quotes, or whole numbers that count up by one.
 *
 * @param first the first row, where it was taken already
 */
export async function withFirstRows(layout: CsvLayout, lines: HeadLines, first?: HeadLine): Promise<CsvLayout> {
  const long: LongRow[] = [];
  let found = layout;
  for (let line = first ?? (await lines.next()); line !== undefined; line = await lines.next()) {
    if (line.carriageReturns > 1) found = withQuotes({ ...found, hasManyCr: true });
    const spans = new FieldSpans(layout.columnCount + 1);
    splitFields(line.text, 0, line.text.length, { delimiter: layout.delimiter, hasQuotes: true }, spans);
    if (spans.count === layout.columnCount) {
      const needsQuotes = line.text.includes(quote) && areNumbers(line, spans, layout, 0);
      if (needsQuotes) found = { ...found, hasQuotes: true };
      break;
    }
    if (spans.count !== layout.columnCount + 1) continue;
    long.push(longRow(line, spans, layout));
    if (long.length === rowsMax) break;
  }
  return withQuotes({ ...found, ...whatLongRowsSay(long) });
}

/** Names that count up are names; else a row that may be read in both ways says nothing where its first field is quoted. */
function whatLongRowsSay(rows: readonly LongRow[]): Partial<CsvLayout> {
  const all = (test: (row: LongRow) => boolean): boolean => rows.length > 0 && rows.every(test);
  const start = rows.at(0)?.number ?? Number.NaN;
  const areNamed = all(({ isNamed }) => isNamed);
  const areQuoted = all(({ isQuoted }) => isQuoted);
  const areTrailing = all(({ isTrailing }) => isTrailing);
  const isSure = rows.length >= rowsMin;
  if (areNamed && isSure && rows.every(({ number }, row) => number === start + row)) return { moreField: 'row name' };
  if (areNamed && areQuoted) return areTrailing ? {} : { moreField: 'row name' };
  return areTrailing && isSure ? { moreField: 'empty' } : {};
}

/** Layouts that the kernel does not decode may also have quotes. */
function withQuotes(layout: CsvLayout): CsvLayout {
  return isCanonical(layout) ? layout : { ...layout, hasQuotes: true };
}

function longRow(line: HeadLine, spans: FieldSpans, layout: CsvLayout): LongRow {
  const { text } = line;
  const { starts, ends } = spans;
  const last = layout.columnCount;
  const isEmpty = skipBlanks(text, starts[last], ends[last]) === ends[last];
  const isTrailing = isEmpty && areNumbers(line, spans, layout, 0);
  const isNamed = areNumbers(line, spans, layout, 1);
  const isWhole =
    parseDecimal(text, starts[0], ends[0], fields, 0) === ends[0] && fields.fraction[0] + fields.negative[0] === 0;
  return {
    isTrailing,
    isNamed,
    isQuoted: text[ends[0]] === quote && text[starts[0] - 1] === quote,
    number: isWhole ? fields.whole[0] : undefined,
  };
}

function areNumbers({ text }: HeadLine, { starts, ends }: FieldSpans, layout: CsvLayout, shift: 0 | 1): boolean {
  return layout.columns.every((column, field) => {
    const end = ends[column + shift];
    return parseDecimal(text, starts[column + shift], end, fields, field) === end;
  });
}
