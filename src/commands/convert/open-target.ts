import { CsvTarget } from '../../pipeline/convert/csv-target.js';
import { gzipTarget } from '../../pipeline/convert/gzip-target.js';
import type { RowTarget, WriteBytes } from '../../pipeline/convert/row-target.js';
import { WordTarget } from '../../pipeline/convert/word-target.js';
import type { OutputForm } from './output-format.js';

/** A target that writes in this form. */
export async function openTarget({ format, isGzip }: OutputForm, write: WriteBytes): Promise<RowTarget> {
  switch (format) {
    case 'csv':
      return isGzip ? gzipTarget((packed) => new CsvTarget(packed), write) : new CsvTarget(write);
    case 'dat':
      return isGzip ? gzipTarget((packed) => new WordTarget(packed), write) : new WordTarget(write);
    case 'parquet': {
      // Loaded only here: the library is needed for nothing else.
      const { ParquetTarget } = await import('../../pipeline/convert/parquet-target.js');
      return new ParquetTarget(write);
    }
    default:
      return format satisfies never;
  }
}
