import { type CompressionCodec, type FileMetaData, parquetMetadataAsync, type RowGroup } from 'hyparquet';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { DtstreamError } from '../../errors.js';
import { hitFields } from '../../domain/hit.js';
import { type ByteReader, copyInto, type OpenFile } from '../byte-reader.js';
import { inputError } from '../input-error.js';
import { readRange } from './byte-range.js';
import { PageCodecs } from './page-codecs.js';
import { checkPages } from './check-pages.js';
import { ColumnValues } from './column-values.js';
import { type ColumnPath, sixColumnsOf } from './six-columns.js';
import { numberTextBytesMax, writeNumberText } from './write-number-text.js';

/** Rows that are made text at a time. */
const textRows = 4096;
const rowTextBytesMax = hitFields.length * (numberTextBytesMax + 1);
/** A row group is decoded as a whole. */
const groupRowsMax = 1 << 26;
const comma = 0x2c;
const lineFeed = 0x0a;

/** The rows of a Parquet file as canonical lines, row group by row group. */
export class ParquetReader implements ByteReader {
  readonly #name: string;
  readonly #inner: ByteReader;
  readonly #file: OpenFile;
  readonly #metadata: FileMetaData;
  readonly #paths: readonly ColumnPath[];
  readonly #codecs: PageCodecs;
  readonly #text = Buffer.allocUnsafe(textRows * rowTextBytesMax);
  #ready: Uint8Array = new Uint8Array(0);
  #columns: readonly ColumnValues[] = [];
  #group = 0;
  #bytesDone = 0;

  private constructor(
    name: string,
    from: { readonly inner: ByteReader; readonly file: OpenFile },
    found: { readonly metadata: FileMetaData; readonly paths: readonly ColumnPath[]; readonly codecs: PageCodecs },
  ) {
    this.#name = name;
    this.#inner = from.inner;
    this.#file = from.file;
    this.#metadata = found.metadata;
    this.#paths = found.paths;
    this.#codecs = found.codecs;
  }

  /**
   * @param inner of the file, which {@link close} closes
   * @throws DtstreamError `input` for a damaged file, one without the six columns, and an unknown compression
   */
  static async open(name: string, inner: ByteReader): Promise<ParquetReader> {
    const { file } = inner;
    if (file === undefined) {
      throw inputError(name, 'this is Parquet, which is read from its end: save it as a file, and name that');
    }
    return within(name, 'Parquet', async () => {
      const slice = (from: number, to = file.bytesTotal): Promise<ArrayBuffer> => readRange(name, file, from, to);
      const metadata = await parquetMetadataAsync({ byteLength: file.bytesTotal, slice }, { geoparquet: false });
      const paths = sixColumnsOf(metadata);
      const codecs = await PageCodecs.open(codecsOf(metadata));
      return new ParquetReader(name, { inner, file }, { metadata, paths, codecs });
    });
  }

  get bytesTotal(): number {
    return this.#file.bytesTotal;
  }

  get bytesDone(): number {
    return this.#bytesDone;
  }

  async read(target: Uint8Array): Promise<number> {
    while (this.#ready.length === 0) {
      if (this.#columns.length > 0 && this.#columns[0].available > 0) {
        this.#writeRows();
      } else if (this.#group < this.#metadata.row_groups.length) {
        const group = this.#metadata.row_groups[this.#group++];
        this.#columns = await within(this.#name, `row group ${this.#group}`, () => this.#decode(group));
      } else {
        this.#bytesDone = this.bytesTotal;
        await this.#file.check();
        return 0;
      }
    }
    const count = copyInto(target, this.#ready);
    this.#ready = this.#ready.subarray(count);
    return count;
  }

  close(): Promise<void> {
    this.#columns = [];
    this.#codecs.close();
    return this.#inner.close();
  }

  async #decode(group: RowGroup): Promise<readonly ColumnValues[]> {
    const rows = Number(group.num_rows);
    if (rows > groupRowsMax) throw new Error(`it must have at most ${groupRowsMax} rows, got ${rows}`);
    const columns: ColumnValues[] = [];
    for (const path of this.#paths) {
      const values = await this.#decodeColumn(path, group, rows);
      if (values.count !== rows)
        throw new Error(`${path[1].element.name} must have ${rows} values, got ${values.count}`);
      columns.push(values);
    }
    return columns;
  }

  async #decodeColumn(path: ColumnPath, group: RowGroup, rows: number): Promise<ColumnValues> {
    const { element } = path[1];
    const { meta_data: chunk } =
      group.columns.find((column) => column.meta_data?.path_in_schema[0] === element.name) ?? {};
    if (chunk === undefined) throw new Error(`it must have the column ${element.name}`);
    // Some programs write 0 where there is no dictionary.
    const dictionary = Number(chunk.dictionary_page_offset ?? 0);
    const from = dictionary > 0 ? dictionary : Number(chunk.data_page_offset);
    const to = from + Number(chunk.total_compressed_size);
    if (!(from >= 0 && from < to && to <= this.bytesTotal)) throw new Error(`${element.name} must be inside the file`);
    const bytes = await readRange(this.#name, this.#file, from, to);
    this.#bytesDone = Math.max(this.#bytesDone, to);
    const { compressors } = this.#codecs;
    checkPages(bytes, { chunk, rows, isOptional: element.repetition_type !== 'REQUIRED', compressors });
    const { data } = readColumn(
      { view: new DataView(bytes), offset: 0 },
      { groupStart: 0, selectStart: 0, selectEnd: rows, groupRows: rows },
      { ...chunk, pathInSchema: [element.name], element, schemaPath: [...path], compressors, parsers: DEFAULT_PARSERS },
    );
    const values = new ColumnValues();
    for (const piece of data) values.add(piece);
    return values;
  }

  /** Makes the next rows text. */
  #writeRows(): void {
    const text = this.#text;
    const count = Math.min(textRows, ...this.#columns.map(({ available }) => available));
    const columns = this.#columns.map(({ next }) => next);
    let at = 0;
    for (let row = 0; row < count; row++) {
      for (const { values, start } of columns) {
        at = writeNumberText(values[start + row], text, at);
        text[at++] = comma;
      }
      text[at - 1] = lineFeed;
    }
    for (const column of this.#columns) column.skip(count);
    this.#ready = text.subarray(0, at);
  }
}

function codecsOf({ row_groups: groups }: FileMetaData): ReadonlySet<CompressionCodec> {
  const codecs = new Set<CompressionCodec>();
  for (const { columns } of groups) for (const { meta_data: chunk } of columns) if (chunk) codecs.add(chunk.codec);
  return codecs;
}

/** Says of a failure of the library where it was. */
async function within<T>(name: string, place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DtstreamError) throw cause;
    throw inputError(name, `${place}: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}
