import { looksLikeGzip } from './packed/gzip-header.js';
import { zstdMagic } from './packed/zstd-frame.js';

/** How many first bytes are enough for every format of {@link foreignFormat}, a tape archive included. */
export const foreignBytes = 512;

/** A file format that holds no hits as dtstream reads them. */
export interface ForeignFormat {
  /** With its article: `a PNG image`. */
  readonly what: string;
  /** Whether it packs something that might be hits. */
  readonly isPacked: boolean;
}

/** A format by what its files begin with. */
interface Signature {
  readonly what: string;
  /** One char a byte. */
  readonly magic: string;
  /** Where the magic stands; default the start. */
  readonly at?: number;
  readonly isPacked?: boolean;
  /**
   * Whether words may begin in the same way, in at most 32 bits that are free in a word: then it counts only for bytes
   * that are not plausible words.
   */
  readonly isWeak?: boolean;
  /** What else must be true of the first bytes. */
  readonly check?: (head: Buffer) => boolean;
}

const binary: readonly Signature[] = [
  { what: 'a PNG image', magic: '\x89PNG\r\n\x1a\n' },
  { what: 'a JPEG image', magic: '\xff\xd8\xff', isWeak: true, check: (head) => head[3] >= 0xc0 },
  { what: 'a TIFF image', magic: 'II*\0', isWeak: true },
  { what: 'a TIFF image', magic: 'MM\0*', isWeak: true },
  { what: 'a TIFF image', magic: 'II+\0\x08\0\0\0' },
  { what: 'a TIFF image', magic: 'MM\0+\0\x08\0\0' },
  { what: 'a BMP image', magic: 'BM', isWeak: true, check: (head) => head.length >= 16 && isBmp(head) },
  { what: 'a RIFF file (WebP, WAV or AVI)', magic: 'RIFF', isWeak: true, check: (head) => head.length >= 16 },
  { what: 'an MP4 video or HEIF image', magic: 'ftyp', at: 4 },
  { what: 'Parquet', magic: 'PAR1', isPacked: true },
  { what: 'encrypted Parquet', magic: 'PARE' },
  { what: 'an Arrow file (Feather)', magic: 'ARROW1\0\0' },
  { what: 'a Feather file', magic: 'FEA1' },
  { what: 'an Arrow stream', magic: '\xff\xff\xff\xff', check: isArrowStream },
  { what: 'ORC', magic: 'ORC', isWeak: true },
  { what: 'Avro', magic: 'Obj\x01' },
  { what: 'a ROOT file', magic: 'root\0' },
  { what: 'HDF5', magic: '\x89HDF\r\n\x1a\n' },
  { what: 'NetCDF', magic: 'CDF\x01\0\0' },
  { what: 'NetCDF', magic: 'CDF\x02\0\0' },
  { what: 'NetCDF', magic: 'CDF\x05\0\0' },
  { what: 'a NumPy array (.npy)', magic: '\x93NUMPY' },
  { what: 'a Python pickle', magic: '\x80', isWeak: true, check: isPickle },
  { what: 'SQLite', magic: 'SQLite format 3\0' },
  { what: 'LMDB', magic: '\xde\xc0\xef\xbe', at: 16 },
  { what: 'DuckDB', magic: 'DUCK', at: 8, isWeak: true },
  { what: 'a network capture (pcap)', magic: '\xd4\xc3\xb2\xa1' },
  { what: 'a network capture (pcap)', magic: '\xa1\xb2\xc3\xd4' },
  { what: 'a network capture (pcap)', magic: '\x4d\x3c\xb2\xa1' },
  { what: 'a network capture (pcapng)', magic: '\x0a\x0d\x0d\x0a' },
  { what: 'an old Office file (xls, doc)', magic: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' },
  { what: 'an ELF program', magic: '\x7fELF', check: (head) => [1, 2].includes(head[4]) && [1, 2].includes(head[5]) },
  { what: 'a Windows program', magic: 'MZ', isWeak: true, check: isWindowsProgram },
  { what: 'a macOS program', magic: '\xcf\xfa\xed\xfe' },
  { what: 'a macOS program or Java class', magic: '\xca\xfe\xba\xbe' },
  { what: 'WebAssembly', magic: '\0asm\x01\0\0\0' },
  { what: 'an Office file (xlsx)', magic: 'PK\x03\x04', check: (head) => zipEntry(head).startsWith('[Content_Types]') },
  { what: 'a NumPy archive (.npz)', magic: 'PK\x03\x04', check: (head) => zipEntry(head).endsWith('.npy') },
  { what: 'a zip archive', magic: 'PK\x03\x04', isPacked: true },
  { what: 'an empty zip archive', magic: 'PK\x05\x06', isPacked: true },
  { what: 'a part of a zip archive', magic: 'PK\x07\x08', isPacked: true },
  { what: 'bzip2', magic: 'BZh', isPacked: true, check: isBzip2 },
  { what: 'xz', magic: '\xfd7zXZ\0', isPacked: true },
  { what: 'lzma', magic: '\x5d\0\0', isPacked: true, isWeak: true, check: isLzma },
  { what: 'lz4', magic: '\x04\x22\x4d\x18', isPacked: true },
  { what: 'lz4', magic: '\x02\x21\x4c\x18', isPacked: true },
  { what: 'lzip', magic: 'LZIP\x01', isPacked: true },
  { what: 'lzop', magic: '\x89LZO\0\r\n\x1a\n', isPacked: true },
  { what: 'snappy', magic: '\xff\x06\0\0sNaPpY', isPacked: true },
  { what: 'compress (.Z)', magic: '\x1f\x9d', isPacked: true, isWeak: true },
  { what: 'a 7z archive', magic: '7z\xbc\xaf\x27\x1c', isPacked: true },
  { what: 'a RAR archive', magic: 'Rar!\x1a\x07', isPacked: true },
  { what: 'a cabinet archive', magic: 'MSCF\0\0\0\0', isPacked: true },
];

/** They look like text, and are none with rows. */
const textual: readonly Signature[] = [
  { what: 'PDF', magic: '%PDF-' },
  { what: 'PostScript', magic: '%!PS' },
  { what: 'FITS', magic: 'SIMPLE  =' },
  { what: 'a GIF image', magic: 'GIF87a' },
  { what: 'a GIF image', magic: 'GIF89a' },
  { what: 'a MATLAB file', magic: 'MATLAB 5.0 MAT-file' },
  { what: 'a MATLAB file (HDF5)', magic: 'MATLAB 7.3 MAT-file' },
  { what: 'RTF', magic: '{\\rtf' },
  { what: 'an archive of ar', magic: '!<arch>\n', isPacked: true },
];

/**
 * The format that the first bytes say, where it is one of those that are known and that hold no rows; the more bytes
 * (up to {@link foreignBytes}), the more of them are told.
 *
 * @param look.isText whether the first bytes are text, which some formats begin as
 * @param look.isWords whether they are plausible words: then only the unmistakable formats count
 */
export function foreignFormat(
  bytes: Uint8Array,
  { isText, isWords }: { readonly isText: boolean; readonly isWords: boolean },
): ForeignFormat | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, foreignBytes));
  if (isTar(head)) return { what: 'a tar archive', isPacked: true };
  const signatures = isText ? textual : [...binary, ...textual];
  const found = signatures.find((signature) => !(isWords && signature.isWeak === true) && begins(head, signature));
  if (found !== undefined) return { what: found.what, isPacked: found.isPacked === true };
  if (isText || isWords) return undefined;
  if (looksLikeGzip(head)) return { what: 'gzip', isPacked: true };
  return zstdMagic(head) === 'frame' ? { what: 'Zstandard', isPacked: true } : undefined;
}

/** Which kind of text it is that begins with `<`, `{` or `[`, as markup does and no row; one char a byte. */
export function markupFormat(text: string): string | undefined {
  const start = /^(?:\xef\xbb\xbf)?\s*([<{[][^]{0,40})/.exec(text)?.[1].toLowerCase();
  if (start === undefined) return undefined;
  if (start.startsWith('<')) return /^<(!doctype\s*html|html)/.test(start) ? 'an HTML page' : 'XML or HTML';
  return /^(\{\s*["}]|\[\s*[[{"\d\]-])/.test(start) ? 'JSON' : undefined;
}

function begins(head: Buffer, { magic, at = 0, check }: Signature): boolean {
  return head.toString('latin1', at, at + magic.length) === magic && (check === undefined || check(head));
}

/** Zeros where they are reserved, and the size of a known header. */
function isBmp(head: Buffer): boolean {
  return head.readUInt32LE(6) === 0 && [12, 40, 52, 56, 64, 108, 124].includes(head.readUInt16LE(14));
}

/** A block whose number for its size is a multiple of 8, then a table of flatbuffers near its start. */
function isArrowStream(head: Buffer): boolean {
  return head.length >= 12 && head.readUInt32LE(4) % 8 === 0 && head.readUInt32LE(8) <= 64 && head[8] !== 0;
}

/** Protocol 2 to 5, then a frame of a size below 2^32, an empty collection or a global name. */
function isPickle(head: Buffer): boolean {
  if (head[1] < 2 || head[1] > 5 || head.length < 11) return false;
  return head[2] === 0x95 ? head.readUInt32LE(7) === 0 : '}](cX'.includes(String.fromCharCode(head[2]));
}

function isWindowsProgram(head: Buffer): boolean {
  const at = head.length >= 64 ? head.readUInt32LE(60) : head.length;
  return head.toString('latin1', at, at + 4) === 'PE\0\0';
}

/** Level, then the first block or the end. */
function isBzip2(head: Buffer): boolean {
  const [level, block] = [head.toString('latin1', 3, 4), head.toString('latin1', 4, 10)];
  return /^[1-9]$/.test(level) && ['1AY&SY', '\x17rE8P\x90', ''].includes(block);
}

/** A size that is not said, or one below 2^40. */
function isLzma(head: Buffer): boolean {
  if (head.length < 13) return false;
  const size = head.readBigUInt64LE(5);
  return size === 2n ** 64n - 1n || size < 2n ** 40n;
}

/** The name of the first entry of a zip archive. */
function zipEntry(head: Buffer): string {
  return head.length < 30 ? '' : head.toString('latin1', 30, 30 + head.readUInt16LE(26));
}

/** The sum of the bytes of the first header, its own field taken for blanks, is that field. */
function isTar(head: Buffer): boolean {
  const [from, to] = [148, 156];
  if (head.length < foreignBytes || head[0] === 0) return false;
  const said = /^ *([0-7]+)[ \0]/.exec(head.toString('latin1', from, to))?.[1];
  const sum = head.reduce((total, byte, at) => total + (at >= from && at < to ? 0x20 : byte), 0);
  return said !== undefined && Number.parseInt(said, 8) === sum;
}
