import type { CsvLayout } from '../domain/csv-layout.js';
import { parseDecimal, skipBlanks } from '../domain/decimal.js';
import { hitFields } from '../domain/hit.js';
import { rowCode } from '../domain/row-code.js';
import { FieldSpans, shiftOfColumns, splitFields } from '../domain/split-fields.js';
import { applyReading } from '../domain/text-reading.js';
import { codeOfFields, notARow, parsedFields } from './classify-row.js';

/** The careful way to read lines of a layout that is not canonical, one by one; its memory is used again. */
export class LayoutParser {
  readonly #layout: CsvLayout;
  readonly #spans: FieldSpans;

  constructor(layout: CsvLayout) {
    this.#layout = layout;
    this.#spans = new FieldSpans(layout.columnCount + 1);
  }

  /**
   * The fate of any line as `classifyRow` says it of canonical ones; a header is a rejected row here.
   *
   * @param end end of the line without its line end
   * @returns a row code, or `notARow` for a blank line
   */
  codeOf(bytes: Uint8Array, start: number, end: number, wires: Uint16Array): number {
    const layout = this.#layout;
    const spans = this.#spans;
    if (skipBlanks(bytes, start, end) === end) return notARow;
    splitFields(bytes, start, end, layout, spans);
    const shift = shiftOfColumns(bytes, spans, layout);
    if (shift < 0) return rowCode.rejectedFields;
    for (let field = 0; field < hitFields.length; field++) {
      const column = layout.columns[field] + shift;
      const to = spans.ends[column];
      if (parseDecimal(bytes, spans.starts[column], to, parsedFields, field) !== to) return rowCode.rejectedNumber;
    }
    applyReading(parsedFields, layout.reading);
    return codeOfFields(wires);
  }
}
