import { closeSync, existsSync, fsyncSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { leasesOf, ownerState } from '../groups/group-store.js';
import { isRecentlySeen } from '../groups/heartbeat.js';
import { StoreEnv } from './store-env.js';
import { storeError } from './store-error.js';
import { openStore } from './store-layout.js';

/** The owner of a lane of a group, and whether it is still running. */
interface LaneHolder {
  readonly group: string;
  readonly lane: number;
  readonly pid: number;
  readonly host: string;
  readonly state: 'alive' | 'silent' | 'gone';
}

/** What can be said of a store without using it. */
export interface StoreReport {
  /** Whether there is a store already; where there is none, the rest is of the place where it would be. */
  readonly exists: boolean;
  readonly freeBytes: number;
  /** Whether other machines share the file system, so that memory maps and locks may not be trusted. */
  readonly isNetwork: boolean;
  /** How long it took to write a page to the disk, ms: a commit takes a few of these. */
  readonly syncMs: number;
  readonly holders: readonly LaneHolder[];
}

/** NFS, SMB, CIFS, SMB2, Ceph and AFS, as statfs knows them. */
const networkTypes: readonly number[] = [0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x00c36400, 0x5346414f];
const pageBytes = 4096;

/**
 * Inspects the store in `dir`: its form and version, its disk, and the owners of its lanes. Writes a page and removes it.
 *
 * @throws DtstreamError `store` when it cannot be used, or could not be made
 */
export function inspectStore(dir: string): StoreReport {
  const exists = existsSync(join(dir, 'store.json')) || (existsSync(dir) && !isEmptyOrMissing(dir));
  if (!exists) return { exists, ...diskOf(nearestFolder(resolve(dir)), dir), holders: [] };
  const layout = openStore(dir, { create: false });
  return { exists, ...diskOf(dir, dir), holders: existsSync(layout.outputs) ? holdersOf(layout) : [] };
}

/** A folder with strangers in it is refused by `openStore`, in its words. */
function isEmptyOrMissing(dir: string): boolean {
  try {
    openStore(dir, { create: false });
    return false;
  } catch (error) {
    return error instanceof Error && 'retryable' in error && error.retryable === true;
  }
}

function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

function diskOf(folder: string, dir: string): Pick<StoreReport, 'freeBytes' | 'isNetwork' | 'syncMs'> {
  try {
    const { bavail, bsize, type } = statfsSync(folder);
    return { freeBytes: bavail * bsize, isNetwork: networkTypes.includes(type), syncMs: syncMsOf(folder) };
  } catch (error) {
    throw storeError(`cannot write to ${dir}`, error);
  }
}

function syncMsOf(folder: string): number {
  // The store itself takes such a name for one of its own drafts.
  const draft = mkdtempSync(join(folder, '.new-'));
  try {
    const file = openSync(join(draft, 'page'), 'w');
    try {
      const startMs = performance.now();
      writeSync(file, Buffer.alloc(pageBytes));
      fsyncSync(file);
      return performance.now() - startMs;
    } finally {
      closeSync(file);
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function holdersOf({ outputs, members }: { readonly outputs: string; readonly members: string }): LaneHolder[] {
  // As the commands open it, so that what keeps them out is seen here.
  const env = StoreEnv.open(outputs, { writable: true });
  try {
    return env.read((view) =>
      leasesOf(view).flatMap(({ group, lane, lease: { owner } }) => {
        if (owner === null) return [];
        const state = ownerState(owner, (member) => isRecentlySeen(members, member));
        return [{ group, lane, pid: owner.process.pid, host: owner.process.host, state }];
      }),
    );
  } finally {
    env.release();
  }
}
