import { DtstreamError } from '../../errors.js';

export const outputFormats = ['csv', 'dat', 'parquet'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** How a file is to be written. */
export interface OutputForm {
  readonly format: OutputFormat;
  readonly isGzip: boolean;
}

/**
 * What the name of a file says of its form.
 *
 * @param to the format, where it was given
 * @throws DtstreamError `usage` for a name that says no format, and for a form that is not written
 */
export function outputFormOf(path: string, to: OutputFormat | undefined): OutputForm {
  const isGzip = /\.gz$/i.test(path);
  if (/\.zst$/i.test(path)) {
    throw new DtstreamError('usage', `Zstandard is read, but not written: --out may end in .gz, got ${path}`);
  }
  const ending = /\.([a-z]+)(?:\.gz)?$/i.exec(path)?.[1].toLowerCase();
  const format = to ?? outputFormats.find((known) => known === ending);
  if (format === undefined) {
    const rule = '--out must end in .csv, .dat, .parquet, .csv.gz or .dat.gz, or --to must say the format';
    throw new DtstreamError('usage', `${rule}, got ${path}`);
  }
  if (format === 'parquet' && isGzip) {
    throw new DtstreamError('usage', `Parquet is not packed once more: --out must not end in .gz, got ${path}`);
  }
  return { format, isGzip };
}
