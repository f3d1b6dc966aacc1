import { type HitField, hitFields } from '../domain/hit.js';
import { inputError } from './input-error.js';

/** What may stand between two fields; `blanks` is any number of spaces and tabs, where no field can be empty. */
const delimiters = [',', ';', '\t', '|', 'blanks'] as const;
export type Delimiter = (typeof delimiters)[number];

/** Where the six fields of a hit stand in the records of a file. */
export interface CsvLayout {
  readonly delimiter: Delimiter;
  /** Index in a record of each field of `hitFields`, in that order. */
  readonly columns: readonly number[];
  /** Number of fields that every record must have. */
  readonly columnCount: number;
  /** Whether the first line names the columns and is not a row. */
  readonly hasHeader: boolean;
  /** Whether the file can go to the decoder as it is. */
  readonly isCanonical: boolean;
}

/** A line of a file, for messages; lines count from 1. */
export interface LinePlace {
  readonly name: string;
  readonly line: number;
}

/**
 * Recognises the columns of a file from its first line that is not blank.
 *
 * A line that holds one of the six names (in any case, quoted or not) is a header and must hold them all. A line of six
 * or more words that look like names is the header of something else. Any other line is a row: six numbers between any
 * delimiter, or else comma-separated and the decoder's to judge.
 *
 * @throws DtstreamError `input` for a header that lacks a column or has one twice
 */
export function detectLayout(line: string, place: LinePlace): CsvLayout {
  const splits = delimiters.map((delimiter) => ({ delimiter, fields: splitLine(line, delimiter) }));
  const header = splits.toSorted((a, b) => namedCount(b) - namedCount(a))[0];
  if (namedCount(header) > 0) return headerLayout(header, line, place);
  if (splits.some(({ fields }) => fields.length >= hitFields.length && fields.every(looksLikeName))) {
    throw missingColumns(hitFields, place);
  }
  const row = splits.find(({ fields }) => fields.length === hitFields.length && fields.every(looksLikeNumber));
  const delimiter = row?.delimiter ?? ',';
  return {
    delimiter,
    columns: hitFields.map((_, index) => index),
    columnCount: hitFields.length,
    hasHeader: false,
    isCanonical: row === undefined || (delimiter === ',' && !line.includes('"')),
  };
}

/** A field without the quotes around it and the blanks outside of them; a field without quotes stays as it is. */
export function unquote(field: string): string {
  return /^[ \t]*"([^"]*)"[ \t]*$/.exec(field)?.[1] ?? field;
}

interface Split {
  readonly delimiter: Delimiter;
  readonly fields: readonly string[];
}

function headerLayout({ delimiter, fields }: Split, line: string, place: LinePlace): CsvLayout {
  const names = fields.map(nameOf);
  const columns = hitFields.map((field) => names.indexOf(field));
  const missing = hitFields.filter((field) => !names.includes(field));
  if (missing.length > 0) throw missingColumns(missing, place);
  const twice = hitFields.find((field) => names.indexOf(field) !== names.lastIndexOf(field));
  if (twice !== undefined) throw inputError(place.name, `line ${place.line}: the header names ${twice} twice`);
  const isInOrder = names.length === hitFields.length && columns.every((column, index) => column === index);
  return {
    delimiter,
    columns,
    columnCount: names.length,
    hasHeader: true,
    isCanonical: delimiter === ',' && isInOrder && !line.includes('"'),
  };
}

function missingColumns(missing: readonly HitField[], { name, line }: LinePlace): Error {
  const all = hitFields.join(', ');
  return inputError(name, `line ${line}: a header must name ${all}; missing: ${missing.join(', ')}`);
}

function splitLine(line: string, delimiter: Delimiter): readonly string[] {
  if (delimiter === 'blanks') return line.split(/[ \t]+/).filter((field) => field !== '');
  const fields: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"') isQuoted = !isQuoted;
    else if (line[at] === delimiter && !isQuoted) {
      fields.push(line.slice(start, at));
      start = at + 1;
    }
  }
  return [...fields, line.slice(start)];
}

function namedCount({ fields }: Split): number {
  const names = fields.map(nameOf);
  return hitFields.filter((field) => names.includes(field)).length;
}

function nameOf(field: string): string {
  return unquote(field).trim().toUpperCase();
}

function looksLikeName(field: string): boolean {
  return /^[A-Z_]/.test(nameOf(field));
}

function looksLikeNumber(field: string): boolean {
  return /^[ \t]*-?\d+(\.\d+)?[ \t]*$/.test(unquote(field));
}
