import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DtstreamError } from '../../../errors.js';
import { storeError } from './store-error.js';

/*
 * LMDB trusts its file: a page that is missing or overwritten ends the process (SIGBUS, assertion), so the pages that
 * lead to the records are looked at before it does. Layout of data version 2 as the pinned release of lmdb-js has it, little endian:
 *
 *  page  │ number u64 │ transaction u64 │ pad u16 │ flags u16 │ lower u16 │ upper u16 │ node offsets u16… → ← nodes │
 *  root page (0 and 1, flags 8), behind the page's head:
 *        │ magic u32 │ version u32 │ address u64 │ map u64 │ free tree │ main tree │ last page u64 │ transaction u64 │
 *  tree  │ page size u32 │ flags u16 │ depth u16 │ branch pages, leaf pages, overflow pages, entries, root: u64 each │
 *  node  │ low u16 │ high u16 │ flags u16 │ key size u16 │ key │ data, or overflow run: page u64, transaction, pages u64 │
 *        branch page (flags 1): low, high and flags are the child's number; leaf page (2): low and high the data's size
 *
 * Offsets of nodes count from the end of the page's head. Contents of overflow pages have a checksum of their own.
 */
const headBytes = 24;
/** Where a root page has the number of its commit. */
const rootTransactionAt = headBytes + 128;
/** How its files begin, the one with the locks too. */
export const lmdbMagic = 0xbeefc0de;
const dataVersion = 2;
const pageFlags = { branch: 1, leaf: 2, root: 8 } as const;
const nodeBytes = 8;
const noPage = 0xffff_ffff_ffff_ffffn;
const pageBytesMin = 512;
const pageBytesMax = 65536;
/** Pages looked at, at most: with blocks of 132 KiB that is all of a log of 10 GiB, and takes a few milliseconds. */
const pagesCheckedMax = 2048;

interface PageFile {
  readonly path: string;
  readonly file: number;
  readonly pageBytes: number;
  /** Holds the page that was read last: two thousand of their own would stay in the process's memory. */
  readonly memory: Buffer;
}

interface RootPage {
  readonly transaction: bigint;
  readonly lastPage: number;
  readonly trees: readonly { readonly root: bigint; readonly depth: number }[];
}

/**
 * Checks that `data.mdb` of an environment begins as LMDB's does, so that it may be opened.
 *
 * @throws DtstreamError `store` otherwise
 */
export function checkRootPages(dir: string): void {
  withPages(dir, readRoot);
}

/**
 * Checks that the pages which lead to the records are complete in the file. Only while a read transaction is open:
 * without one, another process could reuse the pages during the check.
 *
 * @throws DtstreamError `store` naming the missing or overwritten page
 */
export function checkTree(dir: string): void {
  withPages(dir, (pages) => {
    const root = readRoot(pages);
    // After the root page: what it leads to was written before it.
    const pagesHeld = Math.floor(fstatSync(pages.file).size / pages.pageBytes);
    let checked = 0;
    let level = root.trees
      .filter((tree) => tree.root !== noPage)
      .map((tree) => ({ page: Number(tree.root), depth: tree.depth }));
    while (level.length > 0 && checked < pagesCheckedMax) {
      const next: typeof level = [];
      for (const { page, depth } of level) {
        if (page >= pagesHeld) throw truncated(pages, pagesHeld, root.lastPage);
        if (++checked > pagesCheckedMax) break;
        for (const node of readNodes(pages, page, depth)) {
          if (node.page + node.pages > pagesHeld) throw truncated(pages, pagesHeld, root.lastPage);
          if (depth > 1) next.push({ page: node.page, depth: depth - 1 });
        }
      }
      level = next;
    }
    if (level.length > 0 && root.lastPage >= pagesHeld) throw truncated(pages, pagesHeld, root.lastPage);
  });
}

/** Bytes that both root pages take. */
export function rootPagesBytes(file: number): number {
  return 2 * pageSizeOf('data.mdb', file);
}

/** Number of the commit that each root page is of. */
export function rootTransactions(pages: Buffer): readonly number[] {
  return [0, pages.length / 2].map((at) => Number(pages.readBigUInt64LE(at + rootTransactionAt)));
}

function withPages(dir: string, check: (pages: PageFile) => unknown): void {
  const path = join(dir, 'data.mdb');
  try {
    const file = openSync(path, 'r');
    try {
      const pageBytes = pageSizeOf(path, file);
      check({ path, file, pageBytes, memory: Buffer.alloc(pageBytes) });
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw storeError(`cannot open ${path}`, error);
  }
}

function pageSizeOf(path: string, file: number): number {
  const pages = { path, file, pageBytes: pageBytesMin, memory: Buffer.alloc(pageBytesMin) };
  const size = readPage(pages, 0).readUInt32LE(headBytes + 24);
  if (size < pageBytesMin || size > pageBytesMax || (size & (size - 1)) !== 0) throw overwritten(pages, 0);
  return size;
}

/** The root page of the latest commit. */
function readRoot(pages: PageFile): RootPage {
  const [even, odd] = [0, 1].map((number) => {
    const page = readPage(pages, number);
    if (page.readUInt16LE(18) !== pageFlags.root || page.readUInt32LE(headBytes) !== lmdbMagic)
      throw overwritten(pages, number);
    const version = page.readUInt32LE(headBytes + 4) & 0xffff;
    if (version !== dataVersion) {
      throw new DtstreamError(
        'store',
        `cannot open ${pages.path}: LMDB's data version must be ${dataVersion}, got ${version}`,
      );
    }
    return {
      transaction: page.readBigUInt64LE(rootTransactionAt),
      lastPage: Number(page.readBigUInt64LE(headBytes + 120)),
      trees: [headBytes + 24, headBytes + 72].map((at) => ({
        root: page.readBigUInt64LE(at + 40),
        depth: page.readUInt16LE(at + 6),
      })),
    };
  });
  return even.transaction > odd.transaction ? even : odd;
}

/** Pages that the nodes of a branch or leaf page lead to. */
function readNodes(pages: PageFile, number: number, depth: number): { page: number; pages: number }[] {
  const page = readPage(pages, number);
  const bodyBytes = pages.pageBytes - headBytes;
  const kind = page.readUInt16LE(18) & (pageFlags.branch | pageFlags.leaf | pageFlags.root);
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22);
  const expected = depth > 1 ? pageFlags.branch : pageFlags.leaf;
  if (Number(page.readBigUInt64LE(0)) !== number || kind !== expected || lower > upper || upper > bodyBytes) {
    throw overwritten(pages, number);
  }
  const found: { page: number; pages: number }[] = [];
  for (let i = 0; i < lower >> 1; i++) {
    const at = page.readUInt16LE(headBytes + 2 * i);
    if (at < upper || at + nodeBytes > bodyBytes) throw overwritten(pages, number);
    const node = headBytes + at;
    const low = page.readUInt32LE(node);
    const flags = page.readUInt16LE(node + 4);
    const dataAt = node + nodeBytes + page.readUInt16LE(node + 6);
    if (depth > 1) {
      found.push({ page: flags * 2 ** 32 + low, pages: 1 });
    } else if ((flags & 1) !== 0) {
      if (dataAt + 24 > pages.pageBytes) throw overwritten(pages, number);
      found.push({ page: Number(page.readBigUInt64LE(dataAt)), pages: Number(page.readBigUInt64LE(dataAt + 16)) });
    } else if (dataAt + low > pages.pageBytes) {
      throw overwritten(pages, number);
    }
  }
  return found;
}

/** A page, until the next one is read. */
function readPage(pages: PageFile, number: number): Buffer {
  const page = pages.memory;
  const bytes = readSync(pages.file, page, 0, pages.pageBytes, number * pages.pageBytes);
  if (bytes < pages.pageBytes) {
    throw new DtstreamError('store', `cannot open ${pages.path}: it ends inside page ${number}; the store is damaged`);
  }
  return page;
}

function overwritten(pages: PageFile, number: number): DtstreamError {
  return new DtstreamError(
    'store',
    `cannot open ${pages.path}: page ${number} must be one of LMDB's, but is not; the store is damaged`,
  );
}

function truncated(pages: PageFile, held: number, last: number): DtstreamError {
  return new DtstreamError(
    'store',
    `cannot open ${pages.path}: it must have ${last + 1} pages, got ${held}; the store is damaged`,
  );
}
