import { defaultGeometry } from '../../src/domain/geometry.js';
import { hitFields } from '../../src/domain/hit.js';
import type { TextReading } from '../../src/domain/text-reading.js';
import { classify, type NoRow, type Row } from './classify.js';

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

/** The numbers of a row by another convention; only those in reach of double precision are used with one. */
function read(fields: readonly string[], reading: TextReading): string[] {
  const { head, channelOffset, tdcOffset, signedOrbits } = reading;
  const [ownHead, fpga, channel, orbit, bx, tdc] = fields;
  const added = (field: string, offset: number): string => (offset === 0 ? field : plain(Number(field) + offset));
  const heads = new Map([[head, '2'], [2, String(head)], ...(head === 2 ? [[2, '2'] as const] : [])]);
  const isSigned = signedOrbits && Number.isInteger(Number(orbit)) && Number(orbit) < 0 && Number(orbit) >= -(2 ** 31);
  return [
    heads.get(Number(ownHead)) ?? ownHead,
    fpga,
    added(channel, channelOffset),
    isSigned ? String(Number(orbit) + 2 ** 32) : orbit,
    bx,
    added(tdc, tdcOffset),
  ];
}

function plain(value: number): string {
  return Math.abs(value) < 1e21 ? String(value) : '9'.repeat(30);
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
      fieldsOf(text, { ...before, between, hasQuotes: true })?.map((name) => name.trim().toUpperCase()) ?? [];
    const columns = hitFields.map((field) => names.indexOf(field));
    if (!columns.every((column) => column >= 0)) continue;
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
