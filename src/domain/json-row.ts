import { type Decimals, parseDecimal, skipBlanks } from './decimal.js';
import { type HitField, hitFields } from './hit.js';

/** What is wrong with an object that is not a row of six numbers. */
export type JsonProblem =
  | { readonly rule: 'fields'; readonly missing: readonly HitField[]; readonly twice: HitField | undefined }
  | { readonly rule: 'number'; readonly field: HitField; readonly value: unknown };

type Values = Partial<Record<HitField, unknown>>;

const openBrace = 0x7b;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a line that is a JSON object with the six names, in any order and case, beside any others: what producers write
 * that know no CSV. Values are numbers, or text that holds one: `{"HEAD": 2, "FPGA": "0", …}`.
 *
 * @param end end of the line without its line end
 * @param fields receives the numbers in the order of `hitFields`
 * @returns undefined for a line that is no JSON object, `row` for six numbers, otherwise the problem
 */
export function readJsonRow(
  bytes: Uint8Array,
  start: number,
  end: number,
  fields: Decimals,
): 'row' | JsonProblem | undefined {
  const object = isObject(bytes, start, end) ? parseObject(bytes.slice(start, end)) : undefined;
  if (object === undefined) return undefined;
  const values = hasPlainNames(object) ? object : namedInCapitals(object);
  if ('rule' in values) return values;
  for (let slot = 0; slot < hitFields.length; slot++) {
    const field = hitFields[slot];
    const value = values[field];
    if (!takeNumber(value, fields, slot)) return { rule: 'number', field, value };
  }
  return 'row';
}

/** A line that {@link readJsonRow} finds to be a row, as canonical text. */
export function canonicalTextOf(bytes: Uint8Array, start: number, end: number): string {
  const object = parseObject(bytes.slice(start, end)) ?? {};
  const values = hasPlainNames(object) ? object : namedInCapitals(object);
  return hitFields.map((field) => String('rule' in values ? '' : values[field]).trim()).join(',');
}

/** Whether a line begins as an object does. */
export function isObject(bytes: Uint8Array, start: number, end: number): boolean {
  const first = skipBlanks(bytes, start, end);
  return first < end && bytes[first] === openBrace;
}

/** Parses a copy of the bytes: no decoder of text takes shared memory. */
function parseObject(text: Uint8Array): object | undefined {
  try {
    return JSON.parse(utf8.decode(text)) as object;
  } catch {
    return undefined;
  }
}

/** Whether an object has the six names as they are, and no other. */
function hasPlainNames(object: object): object is Values {
  return Object.keys(object).length === hitFields.length && hitFields.every((field) => Object.hasOwn(object, field));
}

/** The values of the six names in any case; a problem when one is missing, or there twice. */
function namedInCapitals(object: object): Values | JsonProblem {
  const values: Values = {};
  let twice: HitField | undefined;
  for (const [name, value] of Object.entries(object)) {
    const field = hitFields.find((known) => known === name.trim().toUpperCase());
    if (field === undefined) continue;
    if (field in values) twice = field;
    values[field] = value;
  }
  const missing = hitFields.filter((field) => !(field in values));
  return missing.length > 0 || twice !== undefined ? { rule: 'fields', missing, twice } : values;
}

/** Takes a value into a slot; false when it is not a number. */
function takeNumber(value: unknown, fields: Decimals, slot: number): boolean {
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    fields.whole[slot] = Math.abs(value);
    fields.fraction[slot] = 0;
    fields.negative[slot] = value < 0 ? 1 : 0;
    return true;
  }
  if (typeof value !== 'number' && typeof value !== 'string') return false;
  const text = Buffer.from(String(value));
  return parseDecimal(text, 0, text.length, fields, slot) === text.length;
}
