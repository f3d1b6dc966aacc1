import { looksLikeGzip, gzipHeaderBytes } from './gzip-header.js';
import { GunzipReader } from './gunzip-reader.js';
import { inputError } from '../input-error.js';
import { PeekReader } from '../peek-reader.js';
import { skippableBytes, zstdMagic, zstdMagicBytes } from './zstd-frame.js';

/** What an input may be packed as. */
export type Packing = 'gzip' | 'Zstandard';

/** An input without its packing. */
export interface Unpacked {
  readonly reader: PeekReader;
  /** What was taken off; undefined = nothing, the reader is the one that was given. */
  readonly packing: Packing | undefined;
}

/**
 * Unpacks gzip and Zstandard on the fly, known by their first bytes, whatever the name.
 *
 * @throws DtstreamError `input` when the name says that it is packed and it is not
 */
export async function unpack(name: string, reader: PeekReader): Promise<Unpacked> {
  // Two bytes tell most inputs apart; a live one should not wait for more.
  const start = await reader.peek(2);
  if (looksLikeGzip(start) && looksLikeGzip(await reader.peek(gzipHeaderBytes))) {
    return { reader: new PeekReader(new GunzipReader(name, reader)), packing: 'gzip' };
  }
  if (await beginsAsZstd(name, reader)) {
    // Loaded only here: it brings its decoder along.
    const { UnzstdReader } = await import('./unzstd-reader.js');
    return { reader: new PeekReader(new UnzstdReader(name, reader)), packing: 'Zstandard' };
  }
  if (start.length > 0) refuseOtherName(name);
  return { reader, packing: undefined };
}

async function beginsAsZstd(name: string, reader: PeekReader): Promise<boolean> {
  const start = await reader.peek(2);
  const mayBe = (start[0] === 0x28 && start[1] === 0xb5) || (start[0] >>> 4 === 5 && start[1] === 0x2a);
  if (!mayBe) return false;
  const head = await reader.peek(zstdMagicBytes);
  const magic = zstdMagic(head);
  if (magic !== 'skippable') return magic === 'frame';
  // lz4 has the same skippable frames: what comes after a small one tells.
  const first = await reader.peek(skippableHeadBytes);
  const next = first.length < skippableHeadBytes ? first.length : skippableBytes(first);
  const isSmall = next <= skippedBytesMax;
  return (isSmall && zstdMagic((await reader.peek(next + zstdMagicBytes)).subarray(next)) === 'frame') || isZst(name);
}
const skippableHeadBytes = 8;
const skippedBytesMax = 1024;

function refuseOtherName(name: string): void {
  if (/\.gz$/i.test(name)) throw inputError(name, 'offset 0: a .gz file must begin as gzip, this does not');
  if (isZst(name)) throw inputError(name, 'offset 0: a .zst file must begin as Zstandard, this does not');
}

function isZst(name: string): boolean {
  return /\.zst$/i.test(name);
}
