import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { CsvLayout } from '../domain/csv-layout.js';
import { layoutOfRows, plainBase } from '../domain/header-line.js';
import { isPlainReading, plainReading, type TextReading } from '../domain/text-reading.js';
import type { ByteReader } from './byte-reader.js';
import { CanonicalReader } from './csv/canonical-reader.js';
import { chooseFormat } from './choose-format.js';
import { FileReader } from './files/file-reader.js';
import type { HitSource, SourceFormat } from './hit-source.js';
import { type WarnInput, inputError, systemProblem } from './input-error.js';
import type { InputFormat } from './input-format.js';
import { openCsv } from './csv/open-csv.js';
import { openPipe } from './files/open-pipe.js';
import { openStdin } from './files/open-stdin.js';
import { beginsAsParquet } from './parquet/parquet-magic.js';
import { PeekReader } from './peek-reader.js';
import { pathOf } from './files/raw-path.js';
import { ReaderSource } from './reader-source.js';
import type { RemoteReadOptions } from './remote-object.js';
import { StreamReader } from './files/stream-reader.js';
import { unpack } from './packed/unpack.js';
import { WordReader } from './words/word-reader.js';
import type { InputFile } from './input-file.js';

export interface SourceOptions {
  readonly format: InputFormat;
  /** How the numbers of text are to be taken; default: as they stand. */
  readonly reading?: TextReading | undefined;
  /** Whether text comes as it is, with its layout, or as lines of canonical columns; default: as it is. */
  readonly columns?: 'own' | 'canonical';
  /** Called for skipped bytes and lines, and for rows that need a flag. */
  readonly warn: WarnInput;
  /** Ends the wait for a pipe or standard input; reads then reject with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Default: the standard input of the process. */
  readonly stdin?: Readable;
}

/**
 * Opens an input, unpacks gzip and Zstandard (known by their first bytes, whatever the name) and recognises format and
 * columns; the rows of Parquet come as text.
 *
 * @throws DtstreamError `input` when it cannot be opened or its header lacks a column; reads throw the same for what
 *   comes later, such as a corrupt gzip, once all before it was delivered
 */
export async function openSource(file: InputFile, options: SourceOptions): Promise<HitSource> {
  return openRows(file, await openBytes(file, options), options);
}

/**
 * Makes a source of the bytes of a file, as {@link openSource} does; closes them when that fails.
 *
 * @throws DtstreamError `input` as {@link openSource}
 */
export async function openRows(file: InputFile, bytes: ByteReader, options: SourceOptions): Promise<HitSource> {
  try {
    const plain = new PeekReader(bytes);
    if (options.format === 'auto' && (await beginsAsParquet(plain))) return await openParquet(file, bytes, options);
    const { reader, packing } = await unpack(file.name, plain);
    const input = { name: file.name, isNamed: file.kind !== 'stdin', packing };
    const format = await chooseFormat(input, reader, options);
    const isOwnBytes = bytes.canOpenAt === true && reader === plain;
    if (format === 'words') {
      if (!isPlainReading(options.reading ?? plainReading)) throw inputError(file.name, readingRule);
      const words = new WordReader(file.name, reader, options.warn);
      return sourceOf(file, { format, reader: words, place: isOwnBytes ? plain : undefined }, options);
    }
    const { reading = plainReading, warn } = options;
    const text = await openCsv(file.name, reader, { reading, warn });
    const place = isOwnBytes && text.isOwnBytes ? plain : undefined;
    if (options.columns !== 'canonical') return sourceOf(file, { format, ...text, place }, options);
    return canonicalSource(file, { ...text, place }, options);
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

/** Loaded only here: the library that reads it is needed for nothing else. */
async function openParquet(file: InputFile, bytes: ByteReader, options: SourceOptions): Promise<HitSource> {
  const { ParquetReader } = await import('./parquet/parquet-reader.js');
  const layout = layoutOfRows(',', { ...plainBase, reading: options.reading ?? plainReading });
  const text = { reader: await ParquetReader.open(file.name, bytes), layout, linesBefore: 0, place: undefined };
  return options.columns === 'canonical'
    ? canonicalSource(file, text, options)
    : sourceOf(file, { format: 'csv', ...text }, options);
}

function canonicalSource(
  file: InputFile,
  text: {
    readonly reader: ByteReader;
    readonly layout: CsvLayout;
    readonly linesBefore: number;
    readonly place: PeekReader | undefined;
  },
  options: SourceOptions,
): HitSource {
  const place = { name: file.name, line: text.linesBefore + 1, warn: options.warn };
  const reader = new CanonicalReader(text.reader, text.layout, place);
  return sourceOf(file, { format: 'csv', reader, place: text.place, canReadRanges: false }, options);
}

const readingRule =
  'these are DAQ words, and --head, --channel-offset, --tdc-offset and --signed-orbits say how text is read';

function sourceOf(
  { name }: InputFile,
  content: {
    readonly format: SourceFormat;
    readonly reader: ByteReader;
    readonly layout?: CsvLayout;
    readonly linesBefore?: number;
    /** What the bytes come from as they are, when they do. */
    readonly place: PeekReader | undefined;
    readonly canReadRanges?: boolean;
  },
  { signal }: SourceOptions,
): HitSource {
  const { place, canReadRanges = true, ...rest } = content;
  return new ReaderSource(name, {
    ...rest,
    offset: place?.skipped,
    file: canReadRanges ? place?.file : undefined,
    signal,
  });
}

/**
 * Opens one input after the other, each when the one before is done with; closes it also when the loop ends early. Opens
 * no more once the signal aborts.
 */
export async function* openAll(files: readonly InputFile[], options: SourceOptions): AsyncGenerator<HitSource, void> {
  for (const [index, file] of files.entries()) {
    if (options.signal?.aborted === true) return;
    const source = await openSource(file, options);
    const next = files.at(index + 1);
    let isDone = false;
    try {
      prefetch(next, options);
      yield source;
      isDone = true;
    } finally {
      await source.close();
      if (!isDone && next?.kind === 's3') next.object.drop();
    }
  }
}

/** Begins to fetch an input that will be opened next with the same signal, where that takes its time. */
export function prefetch(file: InputFile | undefined, options: RemoteReadOptions): void {
  if (file?.kind === 's3') file.object.prefetch(options);
}

async function openBytes(file: InputFile, options: SourceOptions): Promise<ByteReader> {
  const { stdin, signal, warn } = options;
  if (file.kind === 'stdin') {
    return stdin === undefined ? openStdin({ warn, signal }) : new StreamReader(file.name, stdin, signal);
  }
  if (file.kind === 's3') return file.object.open(0, options);
  const path = pathOf(file);
  const found = await stat(path).catch((cause: unknown) => {
    throw inputError(file.name, systemProblem(cause), cause);
  });
  if (found.isFile()) return FileReader.open(path, { warn });
  return new StreamReader(file.name, found.isFIFO() ? await openPipe(path, { warn }) : createReadStream(path), signal);
}
