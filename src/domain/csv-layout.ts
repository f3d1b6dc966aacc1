import { hitFields } from './hit.js';
import { isPlainReading, plainReading, type TextReading } from './text-reading.js';

/** What may stand between two fields; `blanks` is any number of spaces and tabs, where only quotes hold an empty field. */
export const delimiters = [',', ';', '\t', '|', 'blanks'] as const;
export type Delimiter = (typeof delimiters)[number];

/**
 * Which field a record may have beside those that the header names: none, an empty one at its end (a delimiter after the
 * last field), or the name of the row at its start.
 */
type MoreField = 'none' | 'empty' | 'row name';

/** Where the six fields of a hit stand in the lines of a file, and how their numbers are to be taken. */
export interface CsvLayout {
  readonly delimiter: Delimiter;
  /** Index in a record of each field of `hitFields`, in that order. */
  readonly columns: readonly number[];
  /** Number of fields that a record must have. */
  readonly columnCount: number;
  /** Whether fields may be in quotes. */
  readonly hasQuotes: boolean;
  readonly moreField: MoreField;
  /** Whether lines may end in several CR before the LF. */
  readonly hasManyCr: boolean;
  readonly reading: TextReading;
}

const inOrder: readonly number[] = hitFields.map((_, index) => index);

/** Text of canonical columns, as it stands. */
export const canonicalLayout: CsvLayout = {
  delimiter: ',',
  columns: inOrder,
  columnCount: hitFields.length,
  hasQuotes: false,
  moreField: 'none',
  hasManyCr: false,
  reading: plainReading,
};

/** Whether lines of the layout are rows as a log has them, which the kernel decodes. */
export function isCanonical(layout: CsvLayout): boolean {
  return (
    layout.delimiter === ',' &&
    layout.columnCount === hitFields.length &&
    layout.columns.every((column, index) => column === index) &&
    !(layout.hasQuotes || layout.hasManyCr) &&
    layout.moreField === 'none' &&
    isPlainReading(layout.reading)
  );
}

/** Whether two layouts give every line the same meaning. */
export function isSameLayout(one: CsvLayout, other: CsvLayout): boolean {
  return (
    one.delimiter === other.delimiter &&
    one.columnCount === other.columnCount &&
    one.columns.every((column, index) => column === other.columns[index]) &&
    one.hasQuotes === other.hasQuotes &&
    one.moreField === other.moreField &&
    one.hasManyCr === other.hasManyCr &&
    one.reading.head === other.reading.head &&
    one.reading.channelOffset === other.reading.channelOffset &&
    one.reading.tdcOffset === other.reading.tdcOffset &&
    one.reading.signedOrbits === other.reading.signedOrbits
  );
}
