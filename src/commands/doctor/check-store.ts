import type { StoreReport } from '../../transport/embedded/store/inspect-store.js';
import { ProcessIdTaken } from '../../transport/embedded/door/process-id-taken.js';
import { type Finding, fail, guarded, ok, sizeText, warn } from './finding.js';

const freeBytesMin = 64 * 2 ** 20;
const freeBytesLow = 2 * 2 ** 30;
/** A disk that takes longer to write a page holds up every commit. */
const syncMsSlow = 100;

/** Checks the folder of the embedded log, its disk, and the owners of its lanes. */
export function checkStore(dir: string): Promise<readonly Finding[]> {
  return guarded('store', adviceFor, async () => {
    const { inspectStore } = await import('../../transport/embedded/store/inspect-store.js');
    const report = orTaken(() => inspectStore(dir));
    if (report === undefined) {
      const text = `another container has or had a process with the same id ${process.pid}`;
      return [ok('store', `${text}: commands restart themselves under another id`)];
    }
    const text = report.exists ? `${dir} is a writable store of this version` : `${dir} does not exist yet`;
    return [
      ok('store', report.exists ? text : `${text}: produce creates it and has the right to`),
      checkDisk(dir, report),
      ...report.holders.map(({ group, lane, pid, host, state }) => {
        const holder = `lane ${lane} of group ${group} is held by process ${pid} on ${host}`;
        if (state === 'alive') return ok('store', `${holder}, which is running`);
        const advice = 'nothing to do: the next process of the group takes the lane over';
        return ok('store', `${holder}, which is ${state === 'gone' ? 'gone' : 'not responding'}; ${advice}`);
      }),
    ];
  });
}

/** Undefined where another container's process has our id, and this one may not look. */
function orTaken(inspect: () => StoreReport): StoreReport | undefined {
  try {
    return inspect();
  } catch (error) {
    if (error instanceof ProcessIdTaken) return undefined;
    throw error;
  }
}

function checkDisk(dir: string, { freeBytes, isNetwork, syncMs }: StoreReport): Finding {
  const text = `${sizeText(freeBytes)} free, writing a page takes ${syncMs.toFixed(1)} ms`;
  if (isNetwork) {
    const advice = 'use a local disk (--store): memory maps and locks are not reliable over the network';
    return fail('disk', `${dir} is on a network file system, ${text}`, advice);
  }
  const room = 'free some space, choose another disk (--store), or make topics keep less (produce --retention)';
  if (freeBytes < freeBytesMin) return fail('disk', text, room);
  if (freeBytes < freeBytesLow) return warn('disk', text, `${room}: a topic keeps up to 4 GiB by default`);
  if (syncMs > syncMsSlow) return warn('disk', text, 'use a faster disk (--store): every commit waits for it');
  return ok('disk', text);
}

function adviceFor(message: string): string {
  if (message.includes('newer dtstream'))
    return 'use the version of dtstream that created it or a later one, or another folder (--store)';
  if (/must be empty or a dtstream store|not a dtstream store/.test(message)) {
    return 'name another folder with --store; this one belongs to another program';
  }
  if (message.includes('read-only')) return 'mount the file system for writing, or name another folder with --store';
  if (/permission denied|not permitted/.test(message)) {
    return 'run as the owner of the folder, give this user the right to write there, or name another folder (--store)';
  }
  if (/no space|quota|1 MiB free/.test(message))
    return 'free some space on that disk, or name another folder with --store';
  return 'repair the store, or name another folder with --store';
}
