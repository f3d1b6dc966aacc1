import { hitFields } from '../domain/hit.js';
import { type CsvLayout, unquote } from './csv-layout.js';

/**
 * A record of any layout as one line of canonical columns, ending in LF.
 *
 * - A record with more or fewer fields than the header becomes a line that does not have six fields, so that it is
 *   rejected as `fields`.
 * - A comma or line end inside a field becomes `;`, which no number holds, so that the row is rejected as `number` and no
 *   other field moves.
 */
export function canonicalLine(fields: readonly string[], layout: CsvLayout): string {
  if (fields.length !== layout.columnCount) return wrongCountLine(fields);
  const [head, fpga, channel, orbit, bx, tdc] = layout.columns;
  return (
    `${oneField(fields[head])},${oneField(fields[fpga])},${oneField(fields[channel])},` +
    `${oneField(fields[orbit])},${oneField(fields[bx])},${oneField(fields[tdc])}\n`
  );
}

/** The fields as they stand, and an empty one more where the line would look like a row or a blank line. */
function wrongCountLine(fields: readonly string[]): string {
  const line = fields.map(oneField).join(',');
  return fields.length === hitFields.length || isBlank(line) ? `${line},\n` : `${line}\n`;
}

function oneField(field: string): string {
  const text = field.includes('"') ? unquote(field) : field;
  return /[,\r\n]/.test(text) ? text.replaceAll(/[,\r\n]/g, ';') : text;
}

/** Whether the text is nothing but spaces and tabs, which as a line is not a row. */
export function isBlank(text: string): boolean {
  return !/[^ \t]/.test(text);
}
