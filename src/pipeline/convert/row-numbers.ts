import { classifyRow } from '../../compute/classify-row.js';
import { explainRejectedRow } from '../../domain/explain-rejected-row.js';
import { canonicalLayout } from '../../domain/csv-layout.js';
import { hitFields } from '../../domain/hit.js';
import { canonicalTextOf, isObject } from '../../domain/json-row.js';
import { rowCode } from '../../domain/row-code.js';
import { fieldName } from '../../domain/drop-and-reject-rules.js';
import { noWires } from '../produce/scan-csv.js';
import type { ColumnLimits } from './row-target.js';

/** Longer than any number that a double holds is written. */
const exactTextMax = 100;
const shownMax = 40;

/** The text of a row with six numbers, a JSON object as canonical text; undefined for a malformed row. */
export function sixNumbers(bytes: Uint8Array, start: number, end: number): string | undefined {
  const code = classifyRow(bytes, start, end, noWires);
  if (code === rowCode.rejectedFields || code === rowCode.rejectedNumber) return undefined;
  if (isObject(bytes, start, end)) return canonicalTextOf(bytes, start, end);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/**
 * The numbers of a row as doubles.
 *
 * @param text six numbers between commas
 * @param into receives them in the order of `hitFields`
 * @returns place of the first field that is out of its limits or that no double says exactly; -1 = there is none
 */
export function takeNumbers(text: string, limits: readonly ColumnLimits[], into: Float64Array): number {
  const texts = text.split(',');
  for (let field = 0; field < hitFields.length; field++) {
    const value = Number(texts[field]);
    const { min, max, isWhole } = limits[field];
    // Not `value < min`: neither is true of no number.
    if (!(value >= min && value <= max) || (isWhole && !Number.isInteger(value))) return field;
    if (!isExact(texts[field], value)) return field;
    into[field] = value;
  }
  return -1;
}

/** Why a format does not hold a row: the rule and the value. */
export function explainMisfit(
  row: Uint8Array,
  { name, limits }: { readonly name: string; readonly limits: readonly ColumnLimits[] | undefined },
): string {
  const text = sixNumbers(row, 0, row.length);
  if (text === undefined || limits === undefined) return explainRejectedRow(row, canonicalLayout);
  const field = takeNumbers(text, limits, new Float64Array(hitFields.length));
  const value = text.split(',')[field].trim();
  const got = `got ${value.length > shownMax ? `${value.slice(0, shownMax)}…` : value}`;
  const { min, max, isWhole } = limits[field];
  if (!isWhole) return `${fieldName(field)} in ${name} must be a number of at most 17 digits, ${got}`;
  return `${fieldName(field)} in ${name} must be a whole number from ${min} to ${max}, ${got}`;
}

/** Whether a text says the number that a double is printed as. */
function isExact(text: string, value: number): boolean {
  if (/^-?\d{1,15}$/.test(text)) return true;
  return text.length <= exactTextMax && plainDigits(text) === plainDigits(String(value));
}

/** The digits of a number without zeros around them, and the exponent of the last one. */
function plainDigits(text: string): string {
  const [, sign = '', whole = '', decimals = '', exponent = '0'] =
    /^[ \t]*([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?[ \t]*$/i.exec(text) ?? [];
  const digits = (whole + decimals).replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  return `${sign === '-' ? '-' : ''}${kept}e${Number(exponent) - decimals.length + digits.length - kept.length}`;
}
