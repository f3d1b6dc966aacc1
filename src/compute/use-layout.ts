import { type CsvLayout, isCanonical } from '../domain/csv-layout.js';
import { delimiterByte } from '../domain/split-fields.js';
import type { Kernel } from './kernel.js';

/** Sets the layout of the lines that the kernel is given from now on. */
export function useLayout({ run }: Kernel, layout: CsvLayout): void {
  const { columns, columnCount, delimiter, hasQuotes, moreField, hasManyCr, reading } = layout;
  // Where rows have names, nearly all do.
  const shift = moreField === 'row name' ? 1 : 0;
  const isBlanks = delimiter === 'blanks';
  const hasTrailing = moreField === 'empty' && !isBlanks;
  const fields = columnCount + shift;
  run.useLayout(isCanonical(layout), fields, delimiterByte(delimiter), isBlanks, hasQuotes, hasTrailing, hasManyCr);
  run.useReading(reading.head, reading.channelOffset, reading.tdcOffset, reading.signedOrbits);
  let next = 0;
  columns
    .map((column, slot) => ({ column: column + shift, slot }))
    .sort((a, b) => a.column - b.column)
    .forEach(({ column, slot }, place) => {
      run.useColumn(place, column - next, slot);
      next = column + 1;
    });
}
