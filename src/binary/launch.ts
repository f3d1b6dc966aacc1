import { createRequire } from 'node:module';
import { join } from 'node:path';
import { getAsset, getRawAsset } from 'node:sea';
import { cacheFolder } from '../cache-folder.js';
import { visibleText } from '../domain/visible-text.js';
import { DtstreamError, exitCodeOf } from '../errors.js';
import { type PackedFile, unpackOnce } from './unpack.js';

/** What scripts/binary/ writes about the files beside them. */
interface Manifest {
  readonly version: string;
  readonly hash: string;
  readonly files: readonly PackedFile[];
}

/**
 * The start of the single executable: unpacks the program, its threads and its native part once, then runs it from
 * there. The version is told without that.
 */
const { version, hash, files } = JSON.parse(getAsset('manifest.json', 'utf8')) as Manifest;
if (process.argv.length === 3 && ['--version', '-V'].includes(process.argv[2] ?? '')) {
  console.log(version);
} else {
  try {
    const cache = cacheFolder(process.env, process.platform);
    if (cache === undefined) {
      throw new DtstreamError('config', 'cannot find a folder to unpack into: HOME or XDG_CACHE_HOME must name one');
    }
    const read = (path: string): Uint8Array => new Uint8Array(getRawAsset(path) as ArrayBuffer);
    const folder = unpackOnce({ hash, files, read }, cache);
    createRequire(join(folder, 'package.json'))('./dist/bin/cli.js');
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'DtstreamError') throw error;
    process.stderr.write(`dtstream: ${visibleText(error.message)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
