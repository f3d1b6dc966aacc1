import { type Geometry, chamberChannels } from '../../src/domain/geometry.js';
import { hitFields, hitHead, hitLimits } from '../../src/domain/hit.js';

/** A row and its fate: the first rule of docs/semantics.md that fits. */
export type Row =
  /** `channel` counts 0-63 inside the chamber, `orbit` is the raw counter. */
  | { readonly kind: 'hit'; readonly chamber: number; readonly channel: number; readonly orbit: number }
  | { readonly kind: 'scintillator'; readonly orbit: number }
  | { readonly kind: 'dropped'; readonly reason: 'head' | 'channel' }
  | { readonly kind: 'rejected'; readonly reason: 'fields' | 'number' | 'range' };

/** A header or blank line, which is no row. */
export interface NoRow {
  readonly kind: 'none';
}

/**
 * The fate of one CSV line, decided on its text, so that no rounding of floats can matter.
 *
 * @param line with or without its line end (LF, CRLF, or a CR where the text ends)
 */
export function classify(line: Uint8Array | string, geometry: Geometry): Row | NoRow {
  const text = (typeof line === 'string' ? line : latin1(line)).replace(/(\r\n|\n|\r)$/, '');
  const object = objectOf(text);
  if (object !== undefined) return classifyObject(object, geometry);
  const fields = text.split(',').map((field) => field.replace(/^[ \t]+|[ \t]+$/g, ''));
  if (fields.join(',') === '') return { kind: 'none' };
  if (fields.join(',').toUpperCase() === hitFields.join(',')) return { kind: 'none' };

  if (fields.length !== hitFields.length) return { kind: 'rejected', reason: 'fields' };
  return classifyFields(fields, geometry);
}

/** An object with the six names, each once whatever its case; other names do not matter. */
function classifyObject(object: object, geometry: Geometry): Row {
  const named = hitFields.map((field) =>
    Object.entries(object).filter(([name]) => name.trim().toUpperCase() === field),
  );
  if (named.some((entries) => entries.length !== 1)) return { kind: 'rejected', reason: 'fields' };
  const fields = named.map(([[, value]]) =>
    typeof value === 'number' || typeof value === 'string' ? String(value).replace(/^[ \t]+|[ \t]+$/g, '') : '',
  );
  return classifyFields(fields, geometry);
}

/** What is an object between its braces, as JSON writes it. */
export function objectOf(text: string): object | undefined {
  if (!/^[ \t]*\{/.test(text)) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'))) as object;
  } catch {
    return undefined;
  }
}

/** The fate of six fields without blanks around them. */
function classifyFields(fields: readonly string[], geometry: Geometry): Row {
  const numbers = fields.map(parseDecimal);
  if (!numbers.every((number) => number !== undefined)) return { kind: 'rejected', reason: 'number' };
  const [head, fpga, channel, orbit, bx, tdc] = numbers;

  if (head.whole !== BigInt(hitHead)) return { kind: 'dropped', reason: 'head' };
  const inRange =
    isBelow(fpga, hitLimits.FPGA) &&
    isBelow(channel, hitLimits.TDC_CHANNEL) &&
    isBelow(orbit, hitLimits.ORBIT_CNT) &&
    isBelow(bx, hitLimits.BX_COUNTER) &&
    !tdc.belowZero &&
    tdc.digits < BigInt(hitLimits.TDC_MEAS);
  if (!inRange) return { kind: 'rejected', reason: 'range' };

  return fateOfWire({ fpga: Number(fpga.whole), channel: Number(channel.whole), orbit: Number(orbit.whole) }, geometry);
}

/**
 * The rows of one message of `data_raw`.
 *
 * An empty message is one rejected row; words end in at most one rejected row, the bytes that make no whole word.
 */
export function rowsOfMessage(value: Uint8Array, geometry: Geometry, encoding: 'csv' | 'words' = 'csv'): Row[] {
  if (value.length === 0) return [{ kind: 'rejected', reason: 'fields' }];
  return encoding === 'csv' ? rowsOfText(value, geometry) : rowsOfWords(value, geometry);
}

/** The rows of CSV text: lines that end in LF or CRLF, the last one optionally. */
export function rowsOfText(text: Uint8Array | string, geometry: Geometry): Row[] {
  const lines = (typeof text === 'string' ? text : latin1(text)).split('\n');
  return lines.map((line) => classify(line, geometry)).filter((row) => row.kind !== 'none');
}

function rowsOfWords(value: Uint8Array, geometry: Geometry): Row[] {
  const rows: Row[] = [];
  for (let start = 0; start < value.length; start += 8) {
    const bytes = Uint8Array.from(value.subarray(start, start + 8));
    if (bytes.length < 8) rows.push({ kind: 'rejected', reason: 'fields' });
    else rows.push(...rowsOfText(lineOfWord(bytes), geometry));
  }
  return rows;
}

/** The CSV line of a little-endian word: TDC_MEAS in the lowest 5 bits, then 12, 32, 9, 3 and 3 bits. */
function lineOfWord(bytes: Uint8Array): string {
  let rest = new DataView(bytes.buffer).getBigUint64(0, true);
  const values = [5n, 12n, 32n, 9n, 3n, 3n].map((bits) => {
    const value = rest % 2n ** bits;
    rest /= 2n ** bits;
    return value;
  });
  return values.reverse().join(',');
}

/** A decimal number, exactly: `whole` is its value when that is a whole number, `digits` what is before the point. */
interface Decimal {
  readonly whole: bigint | undefined;
  readonly digits: bigint;
  readonly belowZero: boolean;
}

/** Larger than any field may be, whatever the digits: so no exponent makes work. */
const placesMax = 40n;

/** Normalises to `0.digits × 10^places`, digits without zeros around them. */
function parseDecimal(text: string): Decimal | undefined {
  const match = /^([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, before, behind = '', exponent = '0'] = match;
  const significant = (before + behind).replace(/^0+/, '');
  const places = BigInt(significant.length - behind.length) + BigInt(exponent);
  const shown = significant.replace(/0+$/, '');
  if (shown === '') return { whole: 0n, digits: 0n, belowZero: false };
  const count = Number(places < 0n ? 0n : places > placesMax ? placesMax : places);
  const size = BigInt(`0${shown.slice(0, count).padEnd(count, '0')}`);
  const hasFraction = places < BigInt(shown.length);
  return {
    whole: hasFraction ? undefined : sign === '-' ? -size : size,
    digits: size,
    belowZero: sign === '-',
  };
}

function isBelow(number: Decimal, limit: number): boolean {
  return number.whole !== undefined && number.whole >= 0n && number.whole < BigInt(limit);
}

function fateOfWire(hit: { fpga: number; channel: number; orbit: number }, geometry: Geometry): Row {
  const { fpga, channel, orbit } = hit;
  if (geometry.triggers.some((trigger) => trigger.fpga === fpga && trigger.channel === channel)) {
    return { kind: 'scintillator', orbit };
  }
  for (const [chamber, { fpga: board, channelFirst }] of geometry.chambers.entries()) {
    if (board === fpga && channel >= channelFirst && channel < channelFirst + chamberChannels) {
      return { kind: 'hit', chamber, channel: channel - channelFirst, orbit };
    }
  }
  return { kind: 'dropped', reason: 'channel' };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
