import { defaultGeometry } from '../../domain/geometry.js';
import { decodeCsv } from '../../compute/decode-csv.js';
import { decodeWords } from '../../compute/decode-words.js';
import { RowBlock } from '../../compute/row-block.js';
import type { HitSource } from '../../sources/hit-source.js';
import { openAll, type SourceOptions } from '../../sources/open-source.js';
import type { InputFile } from '../../sources/input-file.js';
import type { LogReader } from '../../transport/transport.js';
import { readRows } from '../produce/read-rows.js';
import { RawRowsDecoder } from '../verify/raw-rows.js';
import { type RowSurvey, surveyWires } from './row-survey.js';

const readBytes = 1 << 20;
const waitMs = 200;

/**
 * Surveys inputs, one after the other.
 *
 * @param limit.rowsMax about how many rows to look at; further ones are not read
 * @param limit.onRows told how far it is
 * @throws DtstreamError `input` as reading them does
 */
export async function surveyInputs(
  files: readonly InputFile[],
  survey: RowSurvey,
  options: Omit<SourceOptions, 'columns'> & { readonly signal: AbortSignal },
  limit: { readonly rowsMax: number; readonly onRows?: (source: string, bytesDone: number) => void },
): Promise<void> {
  let block = new RowBlock(0, surveyWires, defaultGeometry.clock);
  const sources = placed(openAll(files, { ...options, columns: 'canonical' }));
  for await (const { placed: from, bytes, length, bytesDone } of readRows(sources, options.signal)) {
    if (block.bytesMax < length) block = new RowBlock(2 * length, surveyWires, defaultGeometry.clock);
    block.clear();
    const rows = bytes.subarray(0, length);
    if (from.source.format === 'words') decodeWords(rows, block);
    else decodeCsv(rows, block);
    survey.add(block);
    limit.onRows?.(from.source.name, bytesDone);
    if (survey.rows >= limit.rowsMax) return;
  }
}

/** Surveys the records that a reader gives, up to about so many rows, or to where nothing more is there. */
export async function surveyRecords(reader: LogReader, survey: RowSurvey, rowsMax: number): Promise<void> {
  const decoder = new RawRowsDecoder(surveyWires, defaultGeometry.clock);
  while (survey.rows < rowsMax) {
    const batches = await reader.read({ bytesMax: readBytes, waitMs });
    if (batches.length === 0) return;
    for (const batch of batches) {
      const { keys, orbits } = decoder.decode(batch);
      survey.add({ rows: keys.length, keys, orbits });
    }
  }
}

async function* placed(sources: ReturnType<typeof openAll>): AsyncGenerator<{ readonly source: HitSource }> {
  for await (const source of sources) yield { source };
}
