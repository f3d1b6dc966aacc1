import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DtstreamError } from '../../errors.js';
import { storeError } from './store-error.js';

/** TODO placeholder until the tree check is in. */
export function checkMetaPages(dir: string): void {
  const path = join(dir, 'data.mdb');
  try {
    const file = openSync(path, 'r');
    try {
      const head = Buffer.alloc(40);
      readSync(file, head, 0, 40, 0);
      if (fstatSync(file).size < 8192 || head.readUInt32LE(24) !== 0xbeefc0de) {
        throw new DtstreamError(
          'store',
          `cannot open ${path}: it must begin with LMDB's root pages; the store is damaged`,
        );
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw storeError(`cannot open ${path}`, error);
  }
}

export function checkTree(_dir: string): void {
  // later
}
