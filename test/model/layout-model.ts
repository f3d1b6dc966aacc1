import { defaultGeometry } from '../../src/domain/geometry.js';
import { hitFields } from '../../src/domain/hit.js';
import type { TextReading } from '../../src/domain/text-reading.js';
import { classify, type NoRow, objectOf, type Row } from './classify.js';

/** A layout as the rules of docs/inputs.md say it; a regular expression is a delimiter of blanks. */
export interface ModelLayout {
  readonly between: string;
  readonly columns: readonly number[];
  readonly columnCount: number;
  readonly moreField: 'none' | 'empty' | 'row name';
  readonly hasManyCr: boolean;
  /** False only for text that is canonical. */
  readonly hasQuotes: boolean;
  readonly reading: TextReading;
}

/**
 * The rows of a file from its first line on: each line by the layout in force, which a header changes.
 *
 * @param text a character a byte; every line has its LF
 */
export function rowsOfLayout(
  text: string,
  first: ModelLayout,
): { readonly rows: readonly Row[]; readonly lines: readonly number[] } {
  let layout = first;
  const rows: Row[] = [];
  const lines: number[] = [];
  text
    .split('\n')
    .slice(0, -1)
    .forEach((ended, line) => {
      const content = ended.replace(layout.hasManyCr ? /\r+$/ : /\r$/, '');
      const fate = fateOf(content, layout);
      const header = fate.kind === 'rejected' && fate.reason !== 'range' ? headerOf(content, layout) : undefined;
      if (header !== undefined) layout = header;
      else if (fate.kind !== 'none') {
        rows.push(fate);
        lines.push(line);
      }
    });
  return { rows, lines };
}

/** The fate of one line, without its end. */
function fateOf(line: string, layout: ModelLayout): Row | NoRow {
  if (/^[ \t]*$/.test(line)) return { kind: 'none' };
  // Objects are rows only where a log could hold the line as it is.
  if (!layout.hasQuotes && objectOf(line) !== undefined) return classify(line, defaultGeometry);
  const fields = fieldsOf(line, layout);
  if (fields === undefined) return { kind: 'rejected', reason: 'fields' };
  const { columnCount } = layout;
  const isTrailing =
    layout.moreField === 'empty' && fields.length === columnCount + 1 && /^[ \t]*$/.test(fields[columnCount]);
  const shift = layout.moreField === 'row name' && fields.length === columnCount + 1 ? 1 : 0;
  if (fields.length - shift !== columnCount && !isTrailing) return { kind: 'rejected', reason: 'fields' };
  const picked = layout.columns.map((column) => fields[column + shift]);
  const isNumber = (field: string): boolean => /^[ \t]*[+-]?\d+(\.\d+)?([eE][+-]?\d+)?[ \t]*$/.test(field);
  if (!picked.every(isNumber)) return { kind: 'rejected', reason: 'number' };
  return classify(read(picked, layout.reading).join(','), defaultGeometry);
}

/** The numbers of a row by another convention. */
function read(fields: readonly string[], { head, channelOffset, tdcOffset, signedOrbits }: TextReading): string[] {
  const [ownHead, fpga, channel, orbit, bx, tdc] = fields;
  const value = scaled(ownHead);
  const [own, other] = [BigInt(head) * unit, 2n * unit];
  const isSigned =
    signedOrbits && scaled(orbit) % unit === 0n && scaled(orbit) < 0n && scaled(orbit) >= -(2n ** 31n) * unit;
  return [
    value === own ? '2' : value === other ? String(head) : ownHead,
    fpga,
    channelOffset === 0 ? channel : written(scaled(channel) + BigInt(channelOffset) * unit),
    isSigned ? written(scaled(orbit) + 2n ** 32n * unit) : orbit,
    bx,
    tdcOffset === 0 ? tdc : written(scaled(tdc) + BigInt(tdcOffset) * unit),
  ];
}

const places = 300;
const exponentMax = 100n;
const unit = 10n ** BigInt(places);

/** A number in units of 10^-300; exponents that no field can have count as 100. */
function scaled(text: string): bigint {
  const [, sign, before, behind = '', exponent = '0'] =
    /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text.replaceAll(/[ \t]/g, '')) ?? [];
  const asked = BigInt(exponent);
  const power = asked > exponentMax ? exponentMax : asked < -exponentMax ? -exponentMax : asked;
  const size = BigInt(before + behind) * 10n ** (BigInt(places - behind.length) + power);
  return sign === '-' ? -size : size;
}

function written(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(places + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The fields of a line; undefined where a quote is not closed. */
function fieldsOf(line: string, { between, hasQuotes }: ModelLayout): string[] | undefined {
  const isBlanks = between === 'blanks';
  const stop = isBlanks ? '[ \\t]' : `\\${between}`;
  const blanks = isBlanks ? '' : between === '\t' ? ' *' : '[ \\t]*';
  const quoted = new RegExp(`^${blanks}"((?:[^"]|"")*)"${blanks}(?=${stop}|$)`);
  const open = new RegExp(`^${blanks}"(?:[^"]|"")*$`);
  const bare = new RegExp(`^[^${isBlanks ? ' \\t' : stop}]*`);
  const fields: string[] = [];
  let rest = isBlanks ? line.replace(/^[ \t]+/, '') : line;
  for (;;) {
    if (hasQuotes && open.test(rest)) return undefined;
    const match = (hasQuotes ? quoted.exec(rest) : null) ?? bare.exec(rest);
    if (match === null) throw new Error('a bare field matches anything');
    fields.push(match.at(1) ?? match[0]);
    rest = rest.slice(match[0].length);
    if (isBlanks) rest = rest.replace(/^[ \t]+(?=$)/, '');
    if (rest === '') return fields;
    rest = isBlanks ? rest.replace(/^[ \t]+/, '') : rest.slice(1);
  }
}

/** The layout that a header begins: all six names between some delimiter, each once. */
function headerOf(line: string, before: ModelLayout): ModelLayout | undefined {
  const text = line
    .replace(/\r+$/, '')
    .replace(/^\xef\xbb\xbf/, '')
    .replace(/^[ \t]*(#+|%+|(\/\/)[/]*)[ \t]*/, '');
  for (const between of [',', ';', '\t', '|', 'blanks']) {
    const names =
      fieldsOf(text, { ...before, between, hasQuotes: true })?.map((name) =>
        name.replace(/^[ \t]+|[ \t]+$/g, '').toUpperCase(),
      ) ?? [];
    const columns = hitFields.map((field) => names.indexOf(field));
    if (!columns.every((column) => column >= 0)) continue;
    if (between === 'blanks' && !text.includes('"') && names.some((name) => /[,;|]/.test(name))) continue;
    if (hitFields.some((field) => names.indexOf(field) !== names.lastIndexOf(field))) return undefined;
    const hasManyCr = before.hasManyCr || line.endsWith('\r');
    const isInOrder = names.length === 6 && columns.every((column, index) => column === index) && between === ',';
    const { reading, moreField } = before;
    const isPlain =
      reading.head === 2 && reading.channelOffset === 0 && reading.tdcOffset === 0 && !reading.signedOrbits;
    const isCanonical = isInOrder && isPlain && moreField === 'none' && !hasManyCr;
    const hasQuotes = !isCanonical || before.hasQuotes || text.includes('"');
    return { between, columns, columnCount: names.length, moreField, hasManyCr, hasQuotes, reading };
  }
  return undefined;
}
