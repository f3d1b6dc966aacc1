import { gunzipSync, gzipSync } from 'node:zlib';
import { DtstreamError } from '../../../errors.js';

/** How the records of a batch are packed, as the first three bits of its attributes say. */
export const compressions = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Compression = (typeof compressions)[number];

/** Bytes that a batch may unpack to: more is an attack or damage. */
const unpackedBytesMax = 256 << 20;

export function pack(compression: Compression, bytes: Uint8Array): Uint8Array {
  switch (compression) {
    case 'none':
      return bytes;
    case 'gzip':
      return gzipSync(bytes, { level: 1 });
    case 'snappy':
    case 'lz4':
    case 'zstd':
      throw unknownCodec('write', compression);
  }
}

/** @throws DtstreamError `transport` for a codec that is not there, or bytes that are not of it */
export function unpack(compression: Compression, bytes: Uint8Array): Buffer {
  switch (compression) {
    case 'none':
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    case 'gzip':
      return gunzipSync(bytes, { maxOutputLength: unpackedBytesMax });
    case 'snappy':
    case 'lz4':
    case 'zstd':
      throw unknownCodec('read', compression);
  }
}

function unknownCodec(what: 'read' | 'write', compression: Compression): DtstreamError {
  return new DtstreamError('transport', `cannot ${what} records: compression must be none or gzip, got ${compression}`);
}
