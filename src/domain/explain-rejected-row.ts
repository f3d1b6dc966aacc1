import { canonicalLayout, type CsvLayout, isCanonical } from './csv-layout.js';
import { Decimals, parseDecimal } from './decimal.js';
import { readNames } from './header-line.js';
import { hitFields } from './hit.js';
import { type JsonProblem, readJsonRow } from './json-row.js';
import { fieldName, fieldOutOfRange, rangeRule } from './drop-and-reject-rules.js';
import { FieldSpans, shiftOfColumns, splitFields } from './split-fields.js';
import { applyReading } from './text-reading.js';
import { wordBytes } from './word.js';

/** Longest piece of a row that is shown. */
const shownMax = 40;
/** Number of bytes of a row that are inspected. */
const bytesMax = 16 * 1024;
/** A line that names so many of the six columns was meant to be a header. */
const namesMin = 3;
const tab = 0x09;
const carriageReturn = 0x0d;
const firstPrintable = 0x20;

/**
 * Why a record's row is rejected, for people.
 *
 * @param row as it is kept of it: a line without its end, or what remains of a message of words
 */
export function explainRejectedRecordRow(row: Uint8Array): string {
  if (row.length === 0) return 'an empty message';
  const isPiece =
    row.length < wordBytes && row.some((byte) => byte < firstPrintable && byte !== tab && byte !== carriageReturn);
  return isPiece ? `${row.length} bytes, a word has ${wordBytes}` : explainRejectedRow(row, canonicalLayout);
}

/**
 * Why a line is rejected, in one line for people: `field 4 (ORBIT_CNT) must be a number, got "abc"`.
 *
 * @param bytes a rejected row without its LF or CRLF
 */
export function explainRejectedRow(row: Uint8Array, layout: CsvLayout): string {
  const bytes = row.subarray(0, bytesMax);
  const cr = bytes.indexOf(carriageReturn);
  if (cr >= 0 && cr === bytes.length - 1) return 'the line ends in CR CR LF, must be LF or CR LF';
  if (cr >= 0) return 'a CR is inside the line, but lines must end in LF or CR LF';
  const fields = new Decimals(hitFields.length);
  const object = isCanonical(layout) ? readJsonRow(bytes, 0, bytes.length, fields) : undefined;
  if (object !== undefined) return object === 'row' ? explainRange(fields) : explainObject(object);
  const { missing } = readNames(bytes);
  if (hitFields.length - missing.length >= namesMin) {
    return missing.length === 0
      ? 'a header must name each column once'
      : `a header must name ${hitFields.join(', ')}; missing: ${missing.join(', ')}`;
  }
  return explainFields(bytes, layout);
}

function explainObject(problem: JsonProblem): string {
  if (problem.rule === 'number') {
    return `${problem.field} must be a number, got ${shown(Buffer.from(JSON.stringify(problem.value)))}`;
  }
  if (problem.twice !== undefined) return `an object must have ${problem.twice} once`;
  return `an object must have ${hitFields.join(', ')}; missing: ${problem.missing.join(', ')}`;
}

function explainRange(fields: Decimals): string {
  const wrong = fieldOutOfRange(fields);
  if (wrong < 0) return 'it breaks no rule';
  const sign = fields.negative[wrong] === 1 ? '-' : '';
  const decimals = fields.fraction[wrong] === 1 ? '.…' : '';
  return `${fieldName(wrong)} ${rangeRule(fieldName(wrong))}, got ${sign}${fields.whole[wrong]}${decimals}`;
}

function explainFields(bytes: Uint8Array, layout: CsvLayout): string {
  const { columnCount, columns } = layout;
  const spans = new FieldSpans(columnCount + 1);
  splitFields(bytes, 0, bytes.length, layout, spans);
  if (spans.isOpen) return 'a quote is not closed';
  const shift = shiftOfColumns(bytes, spans, layout);
  if (shift < 0) return `${spans.count} ${spans.count === 1 ? 'field' : 'fields'}, must be ${columnCount}`;
  const fields = new Decimals(hitFields.length);
  const placeOf = (field: number): readonly [string, Uint8Array] => {
    const column = columns[field] + shift;
    return [`field ${column + 1} (${fieldName(field)})`, bytes.subarray(spans.starts[column], spans.ends[column])];
  };
  for (let field = 0; field < hitFields.length; field++) {
    const [place, text] = placeOf(field);
    if (parseDecimal(text, 0, text.length, fields, field) !== text.length) {
      return `${place} must be a number, got ${shown(text)}`;
    }
  }
  applyReading(fields, layout.reading);
  const wrong = fieldOutOfRange(fields);
  if (wrong < 0) return 'it breaks no rule';
  const [place, text] = placeOf(wrong);
  return `${place} ${rangeRule(fieldName(wrong))}, got ${shown(text)}`;
}

function shown(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, shownMax));
  return `"${text}${bytes.length > shownMax ? '…' : ''}"`;
}
