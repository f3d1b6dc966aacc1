import type { RowSource } from '../produce/row-source.js';
import { readRows } from '../produce/read-rows.js';
import { RowTable } from '../produce/row-table.js';
import { scanCsv } from '../produce/scan-csv.js';
import { scanWords } from '../produce/scan-words.js';
import { LineBuffer } from './line-buffer.js';
import { explainMisfit } from './row-numbers.js';
import type { RowTarget, WriteBytes } from './row-target.js';

export interface ConvertOptions<Source extends RowSource> {
  /** Takes the rows that the target does not hold, as canonical lines without a header. */
  readonly writeRest: WriteBytes;
  readonly signal: AbortSignal;
  readonly onProgress: (rows: number, source: Source, bytesDone: number) => void;
}

/** Where the rows went: `rows` are written or in the rest. */
export interface ConvertTally {
  readonly rows: number;
  readonly restRows: number;
  /** Where the first row of the rest was, counted from 1, and why it is there. */
  readonly firstRest: { readonly source: string; readonly row: number; readonly why: string } | undefined;
}

/**
 * Writes the rows of sources, one after the other, into a target; what that does not hold goes to the rest. Ends early when
 * the signal aborts.
 *
 * @param sources canonical text or words
 * @throws DtstreamError `input` as reading and writing do
 */
export async function convertRows<Source extends RowSource>(
  sources: AsyncIterable<Source>,
  target: RowTarget,
  { writeRest, signal, onProgress }: ConvertOptions<Source>,
): Promise<ConvertTally> {
  const table = new RowTable();
  const rest = new LineBuffer();
  let [rows, restRows, sourceRows] = [0, 0, 0];
  let current: Source | undefined;
  let firstRest: ConvertTally['firstRest'];
  for await (const { placed, bytes, length, bytesDone } of readRows(placedOf(sources), signal)) {
    const { source } = placed;
    if (source !== current) [current, sourceRows] = [source, 0];
    const scan = source.format === 'csv' ? scanCsv : scanWords;
    for (let at = 0; at < length;) {
      at = scan(bytes, at, length, table);
      const before = sourceRows;
      await target.add({ table, bytes }, (row) => {
        const [start, end] = [table.starts[row], table.ends[row]];
        rest.addLine(bytes, start, end);
        restRows++;
        firstRest ??= {
          source: source.name,
          row: before + row + 1,
          why: explainMisfit(bytes.subarray(start, end), target),
        };
      });
      rows += table.count;
      sourceRows += table.count;
      if (rest.filled > 0) await writeRest(rest.take());
    }
    onProgress(rows, source, bytesDone);
  }
  if (!signal.aborted) await target.finish();
  return { rows, restRows, firstRest };
}

async function* placedOf<Source>(sources: AsyncIterable<Source>): AsyncGenerator<{ readonly source: Source }> {
  for await (const source of sources) yield { source };
}
