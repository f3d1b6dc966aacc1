/**
 * How the fields of a line stand, as src/domain/csv-layout.ts has it; set by the caller before lines are decoded by it.
 *
 * ```
 *  fields   event ; time ; HEAD ; note ; FPGA ; …
 *  wanted                  2 before      1 before
 * ```
 */

/** Whether lines have nothing but the six numbers in their order between commas. */
export let isCanonical: boolean = true;
/** Fields of a line, a name of the row included. */
export let fields: i32 = 6;
export let delimiter: u8 = 0x2c;
/** Whether fields stand between any number of spaces and tabs. */
export let isBlanks: boolean = false;
/** Whether a field may be in quotes. */
export let hasQuotes: boolean = false;
/** Whether a delimiter may follow the last field. */
export let hasTrailing: boolean = false;
/** Whether several CR may stand before the LF. */
export let hasManyCr: boolean = false;

/** How numbers count, as src/domain/text-reading.ts has it. */
export let ownHead: i32 = 2;
export let channelOffset: i32 = 0;
export let tdcOffset: i32 = 0;
export let hasSignedOrbits: boolean = false;

/** Wanted fields of a line. */
export const wantedFields: i32 = 6;

/** Sixteen copies each of the delimiter, and of two blanks: those that delimit, or else those that do not. */
export const delimiters16 = memory.data(16, 16);
export const spaces16 = memory.data(16, 16);
export const tabs16 = memory.data(16, 16);
/** Of the wanted fields, in the order of columns: how many stand before it and after the last wanted, u32. */
const gaps = memory.data(24, 16);
/** Likewise: which of HEAD, FPGA, TDC_CHANNEL, ORBIT_CNT, BX_COUNTER and TDC_MEAS it is, from 0, u32. */
const slots = memory.data(24, 16);

const space: u8 = 0x20;
const tab: u8 = 0x09;

export function useLayout(
  canonical: boolean,
  fieldCount: i32,
  delimiterByte: u8,
  areBlanks: boolean,
  mayHaveQuotes: boolean,
  mayHaveTrailing: boolean,
  mayHaveManyCr: boolean,
): void {
  isCanonical = canonical;
  fields = fieldCount;
  delimiter = delimiterByte;
  isBlanks = areBlanks;
  hasQuotes = mayHaveQuotes;
  hasTrailing = mayHaveTrailing;
  hasManyCr = mayHaveManyCr;
  memory.fill(delimiters16, delimiterByte, 16);
  memory.fill(spaces16, space, 16);
  memory.fill(tabs16, delimiterByte == tab ? space : tab, 16);
}

export function useColumn(place: i32, gap: i32, slot: i32): void {
  store<i32>(gaps + (place << 2), gap);
  store<i32>(slots + (place << 2), slot);
}

export function useReading(head: i32, channel: i32, tdc: i32, signedOrbits: boolean): void {
  ownHead = head;
  channelOffset = channel;
  tdcOffset = tdc;
  hasSignedOrbits = signedOrbits;
}

/** Fields to skip before the wanted field at that place, in the order of columns. */
export function gapBefore(place: i32): i32 {
  return load<i32>(gaps + (place << 2));
}

/** Which field of a hit that is. */
export function slotOf(place: i32): i32 {
  return load<i32>(slots + (place << 2));
}
