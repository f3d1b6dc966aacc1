import { canonicalLayout, type CsvLayout, delimiters, isCanonical } from '../../domain/csv-layout.js';
import {
  isHeader,
  layoutOfHeader,
  layoutOfRows,
  type LayoutBase,
  type NamesLine,
  plainBase,
  readNames,
  readNumbers,
  type SplitLine,
} from '../../domain/header-line.js';
import { hitFields } from '../../domain/hit.js';
import type { TextReading } from '../../domain/text-reading.js';
import type { HeadLine, HeadLines } from './head-lines.js';
import { inputError } from '../input-error.js';
import { withFirstRows } from './first-rows.js';

/** Properties of an input found in its first lines. */
export interface FoundLayout {
  readonly layout: CsvLayout;
  /** The header, where there is one. */
  readonly header: HeadLine | undefined;
  /** Lines before the header that are not blank. */
  readonly leftOut: readonly HeadLine[];
}

/** A line that was meant to be a header and lacks columns. */
interface Claim {
  readonly line: HeadLine;
  readonly names: NamesLine;
}

/** A comment that names fewer of the columns is prose. */
const commentNamesMin = 2;

/**
 * Recognises the columns of an input by its first lines: by the first that names all six columns, before any row, or else
 * by the first that consists of six numbers. The rows after it determine what the header does not: a delimiter at their
 * end, names in front of them, quotes.
 *
 * @throws DtstreamError `input` for a header that lacks a column or has one twice
 */
export async function findLayout(
  name: string,
  lines: HeadLines,
  options: { readonly reading: TextReading; readonly split: SplitLine },
): Promise<FoundLayout> {
  const base: LayoutBase = { ...plainBase, reading: options.reading };
  const before: HeadLine[] = [];
  let claim: Claim | undefined;
  for (let line = await lines.next(); line !== undefined; line = await lines.next()) {
    const names = readNames(line.text, options.split);
    if (names.missing.length === 0 && names.twice !== undefined) {
      throw inputError(name, `line ${line.line}: the header names ${names.twice} twice`);
    }
    if (isHeader(names)) {
      const layout = layoutOfHeader(names, { ...base, hasManyCr: line.carriageReturns > 1 });
      return { layout: await withFirstRows(layout, lines), header: line, leftOut: before };
    }
    const row = rowOf(line);
    if (row !== undefined || (claim !== undefined && isData(line))) {
      if (claim !== undefined) throw missingColumns(name, claim);
      const layout = layoutOfRows(row?.delimiter ?? ',', base);
      return { layout: await withFirstRows(layout, lines, line), header: undefined, leftOut: [] };
    }
    if (claim === undefined && claimsNames(line, names, options.split)) claim = { line, names };
    before.push(line);
  }
  if (claim !== undefined) throw missingColumns(name, claim);
  const layout = { ...canonicalLayout, reading: options.reading };
  return { layout: isCanonical(layout) ? layout : { ...layout, hasQuotes: true }, header: undefined, leftOut: [] };
}

/** Six numbers between some delimiter, perhaps with one more behind the last. */
function rowOf({ text }: HeadLine): ReturnType<typeof readNumbers> {
  const readings = delimiters.map((delimiter) => readNumbers(text, delimiter));
  return readings.find((numbers) => numbers?.count === hitFields.length);
}

/** Several numbers and nothing else. */
function isData({ text }: HeadLine): boolean {
  return delimiters.some((delimiter) => (readNumbers(text, delimiter)?.count ?? 0) > 1);
}

/** Whether a line was meant to name columns: some of the six, or as many others. */
function claimsNames({ text }: HeadLine, { missing, isComment }: NamesLine, split: SplitLine): boolean {
  const named = hitFields.length - missing.length;
  if (isComment) return named >= commentNamesMin;
  const areNames = (names: readonly string[]): boolean =>
    names.length >= hitFields.length && names.every((word) => /^[ \t]*[A-Z_]/i.test(word));
  return named > 0 || delimiters.some((delimiter) => areNames(split(text, delimiter)));
}

function missingColumns(name: string, { line, names }: Claim): Error {
  const missing = names.missing.join(', ');
  return inputError(name, `line ${line.line}: a header must name ${hitFields.join(', ')}; missing: ${missing}`);
}
