import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTarget } from '../../../src/commands/convert/open-target.js';
import type { OutputFormat } from '../../../src/commands/convert/output-format.js';
import { type ConvertTally, convertRows } from '../../../src/pipeline/convert/convert.js';
import type { RowSource } from '../../../src/pipeline/produce/row-source.js';
import type { ByteReader } from '../../../src/sources/byte-reader.js';
import { ParquetReader } from '../../../src/sources/parquet/parquet-reader.js';
import { memorySource } from '../../helpers/program/direct.js';

export interface Content {
  readonly format: OutputFormat;
  readonly bytes: Uint8Array;
}

export interface Converted {
  readonly content: Content;
  /** Lines of the rest. */
  readonly rest: readonly string[];
  readonly tally: ConvertTally;
}

/** Converts bytes in memory. @param folder for files, which Parquet is read of */
export async function convertBytes(content: Content, to: OutputFormat, folder: string): Promise<Converted> {
  const written: Buffer[] = [];
  const rest: Buffer[] = [];
  const target = await openTarget({ format: to, isGzip: false }, takeInto(written));
  const tally = await convertRows(sourceOf(content, folder), target, {
    writeRest: takeInto(rest),
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  const lines = Buffer.concat(rest).toString().split('\n').slice(0, -1);
  return { content: { format: to, bytes: Buffer.concat(written) }, rest: lines, tally };
}

async function* sourceOf({ format, bytes }: Content, folder: string): AsyncGenerator<RowSource> {
  if (format === 'parquet') yield await parquetSource(bytes, folder);
  else yield memorySource(bytes, format === 'dat' ? 'words' : 'csv');
}

/** A Parquet file as a source of canonical text. */
export async function parquetSource(bytes: Uint8Array, folder: string): Promise<RowSource> {
  const reader = await ParquetReader.open('memory', openParquetFile(bytes, folder));
  return {
    name: 'memory',
    format: 'csv',
    get bytesDone() {
      return reader.bytesDone;
    },
    read: (target) => reader.read(target),
    close: () => reader.close(),
  };
}

/** A file with these bytes; `FileReader` would wait for its times to be old enough. */
export function openParquetFile(bytes: Uint8Array, folder: string): ByteReader {
  const path = join(folder, 'content.parquet');
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r');
  let isOpen = true;
  return {
    bytesTotal: bytes.length,
    bytesDone: 0,
    file: { fd, bytesTotal: bytes.length, check: () => Promise.resolve() },
    read: () => Promise.reject(new Error('Parquet is read by place')),
    close: () => {
      if (isOpen) closeSync(fd);
      isOpen = false;
      return Promise.resolve();
    },
  };
}

function takeInto(parts: Buffer[]): (bytes: Uint8Array) => Promise<void> {
  return (bytes) => {
    parts.push(Buffer.from(bytes));
    return Promise.resolve();
  };
}
