import { canonicalLayout } from '../domain/csv-layout.js';
import { CanonicalReader } from './csv/canonical-reader.js';
import { FileReader } from './files/file-reader.js';
import type { HitSource, SourceFormat } from './hit-source.js';
import type { WarnInput } from './input-error.js';
import type { ByteReader } from './byte-reader.js';
import { pathOf } from './files/raw-path.js';
import { ReaderSource } from './reader-source.js';
import { WordReader } from './words/word-reader.js';
import type { InputFile } from './input-file.js';

/**
 * Opens a file or an object in the middle, at an offset that a source of it with an `offset` of its own has come to.
 *
 * @param place.offset the first byte of a row; past the end of the file the source is empty
 * @throws DtstreamError `input` when the file cannot be opened
 */
export async function openSourceAt(
  file: InputFile,
  place: { readonly format: SourceFormat; readonly offset: number },
  options: { readonly warn: WarnInput; readonly signal?: AbortSignal },
): Promise<HitSource> {
  const { format, offset } = place;
  const { warn } = options;
  const bytes =
    file.kind === 's3' ? file.object.open(offset, options) : await FileReader.open(pathOf(file), { offset, warn });
  const reader = rowsInside(file.name, { format, bytes, offset, warn });
  return new ReaderSource(file.name, { format, reader, offset, signal: options.signal });
}

/** The rows of an input from its middle on: words, or canonical lines up to a header that says otherwise. */
export function rowsInside(
  name: string,
  from: {
    readonly format: SourceFormat;
    readonly bytes: ByteReader;
    readonly offset: number;
    readonly warn: WarnInput;
  },
): ByteReader {
  const { format, bytes, offset, warn } = from;
  if (format === 'words') return new WordReader(name, bytes, warn, offset);
  return new CanonicalReader(bytes, canonicalLayout, { name, line: 1, warn });
}
