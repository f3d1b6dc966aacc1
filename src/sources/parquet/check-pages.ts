import { type ColumnMetaData, type Compressors, type DataReader, type PageHeader, snappyUncompress } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { pageBytesMax } from './page-codecs.js';

/** A block of deltas has 128 to 1024 values as programs write it, in 4 to 32 parts. */
const deltaPartsMax = 1024;
/** Values of a bit-packed run come in groups, and programs fill up the last run of a page: DuckDB to 256 values. */
const packedGroup = 8;
const surplusMax = 1024;

/** What a column chunk must be. */
export interface ChunkLimits {
  readonly chunk: ColumnMetaData;
  readonly rows: number;
  /** Whether values may be missing: a level for each row then comes before the values. */
  readonly isOptional: boolean;
  readonly compressors: Compressors;
}

/**
 * Checks the counts in the pages of a column chunk. The library believes them: a flipped bit would have it make a list of
 * 2^31 values.
 *
 * @throws Error for a count that the rows or the bytes do not allow
 */
export function checkPages(bytes: ArrayBuffer, limits: ChunkLimits): void {
  const reader: DataReader = { view: new DataView(bytes), offset: 0 };
  for (let rows = 0; rows < limits.rows && reader.offset < bytes.byteLength - 1;) {
    const header = parquetHeader(reader);
    const size = header.compressed_page_size;
    check('bytes of a page', size, bytes.byteLength - reader.offset);
    check('unpacked bytes of a page', header.uncompressed_page_size, pageBytesMax);
    const packed = new Uint8Array(bytes, reader.offset, size);
    reader.offset += size;
    if (header.type === 'DICTIONARY_PAGE') {
      check('entries of a dictionary', header.dictionary_page_header?.num_values, header.uncompressed_page_size);
    } else {
      rows += checkDataPage(header, packed, limits, limits.rows - rows);
    }
  }
}

/** @returns rows of the page */
function checkDataPage(header: PageHeader, packed: Uint8Array, limits: ChunkLimits, rowsMax: number): number {
  const { data_page_header: first, data_page_header_v2: second } = header;
  const { num_values: rows, encoding } = second ?? first ?? { num_values: undefined, encoding: undefined };
  const count = check('values of a page', rows, rowsMax);
  if (count === 0) return 0;
  const values =
    second === undefined ? unpackedFirst(header, packed, limits, count) : unpackedSecond(header, packed, limits, count);
  if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') {
    if (values.length > 0) checkRuns(values.subarray(1), values[0], count);
  } else if (encoding === 'DELTA_BINARY_PACKED') {
    const reader = readerOf(values);
    readVarInt(reader);
    check('parts of a block', readVarInt(reader), deltaPartsMax);
  }
  return count;
}

/** Values of a page of version 1: all of it is packed, and levels have their length in front. */
function unpackedFirst(header: PageHeader, packed: Uint8Array, limits: ChunkLimits, count: number): Uint8Array {
  const page = unpack(packed, header.uncompressed_page_size, limits);
  if (!limits.isOptional) return page;
  const bytes = check('bytes of levels', readerOf(page).view.getUint32(0, true), page.length - 4);
  checkRuns(page.subarray(4, 4 + bytes), 1, count);
  return page.subarray(4 + bytes);
}

/** Values of a page of version 2: levels stand in front and are not packed. */
function unpackedSecond(header: PageHeader, packed: Uint8Array, limits: ChunkLimits, count: number): Uint8Array {
  const { definition_levels_byte_length: levels, repetition_levels_byte_length: repetitions, is_compressed: isPacked, num_nulls: nulls } = header.data_page_header_v2 ?? {}; // prettier-ignore
  check('missing values of a page', nulls, count);
  check('bytes of repetitions', repetitions, 0);
  const bytes = check('bytes of levels', levels, packed.length);
  if (limits.isOptional) checkRuns(packed.subarray(0, bytes), 1, count);
  const values = packed.subarray(bytes);
  const size = header.uncompressed_page_size - bytes;
  return isPacked === false || size === 0 ? values : unpack(values, size, limits);
}

/** Walks over runs: repeated values and groups of packed ones, until there are as many as wanted. */
function checkRuns(bytes: Uint8Array, bitWidth: number, count: number): void {
  const reader = readerOf(bytes);
  for (let values = 0; values < count && reader.offset < bytes.length;) {
    const run = readVarInt(reader);
    const isPacked = run % 2 === 1;
    const length = Math.floor(run / 2) * (isPacked ? packedGroup : 1);
    values += check('values of a run', length, count - values + (isPacked ? surplusMax : 0));
    reader.offset += isPacked ? (length / packedGroup) * bitWidth : Math.ceil(bitWidth / 8);
  }
}

function unpack(packed: Uint8Array, bytes: number, { chunk, compressors }: ChunkLimits): Uint8Array {
  if (chunk.codec === 'UNCOMPRESSED') return packed;
  const own = compressors[chunk.codec];
  if (own !== undefined) return own(packed, bytes);
  const page = new Uint8Array(bytes);
  snappyUncompress(packed, page);
  return page;
}

function readerOf(bytes: Uint8Array): DataReader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
}

/** A number of up to 32 bits, 7 bits a byte. */
function readVarInt(reader: DataReader): number {
  let value = 0;
  for (let factor = 1; ; factor *= 128) {
    const byte = reader.view.getUint8(reader.offset++);
    value += (byte % 128) * factor;
    if (byte < 128) return value;
  }
}

function check(what: string, count: number | undefined, max: number): number {
  if (count !== undefined && count >= 0 && count <= max) return count;
  throw new Error(`${what} must be at most ${max}, got ${count ?? 'none'}`);
}
