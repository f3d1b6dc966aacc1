import type { StoreReport } from '../../transport/embedded/store/inspect-store.js';
import { ProcessIdTaken } from '../../transport/embedded/door/process-id-taken.js';
import { type Finding, fail, guarded, ok, sizeText, warn } from './finding.js';

const freeBytesMin = 64 * 2 ** 20;
const freeBytesLow = 2 * 2 ** 30;
/** A disk that takes longer to write a page holds up every commit. */
const syncMsSlow = 100;

/** The folder of the embedded log: whether it can be used, its disk, and who is at work in it. */
export function checkStore(dir: string): Promise<readonly Finding[]> {
  return guarded('store', adviceFor, async () => {
    const { inspectStore } = await import('../../transport/embedded/store/inspect-store.js');
    const report = orTaken(() => inspectStore(dir));
    if (report === undefined) {
      const text = `a process of another container has the process id ${process.pid}, too, or had it when it was killed`;
      return [ok('store', `${text}: commands start themselves once more, with another one`)];
    }
    const text = report.exists ? `${dir} is a store of this version, and writable` : `${dir} is not there yet`;
    return [
      ok('store', report.exists ? text : `${text}: produce makes it, and may write there`),
      checkDisk(dir, report),
      ...report.holders.map(({ group, lane, pid, host, state }) => {
        const holder = `lane ${lane} of group ${group} is held by process ${pid} on ${host}`;
        if (state === 'alive') return ok('store', `${holder}, which is at work`);
        const advice = 'nothing to do: the next process of that group takes it over';
        return ok('store', `${holder}, which is ${state === 'gone' ? 'gone' : 'not heard of'}; ${advice}`);
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
  const text = `${sizeText(freeBytes)} free, a page is on the disk in ${syncMs.toFixed(1)} ms`;
  if (isNetwork) {
    const advice = 'use a local disk (--store): memory maps and locks are not reliable over the network';
    return fail('disk', `${dir} is on a network file system, ${text}`, advice);
  }
  const room = 'free some, choose another disk (--store), or let topics keep less (produce --retention)';
  if (freeBytes < freeBytesMin) return fail('disk', text, room);
  if (freeBytes < freeBytesLow) return warn('disk', text, `${room}: a topic keeps up to 4 GiB by default`);
  if (syncMs > syncMsSlow) return warn('disk', text, 'use a quicker disk (--store): every commit waits for it');
  return ok('disk', text);
}

function adviceFor(message: string): string {
  if (message.includes('newer dtstream'))
    return 'use the dtstream that made it or a later one, or another folder (--store)';
  if (/must be empty or a dtstream store|not a dtstream store/.test(message)) {
    return 'name another folder with --store; this one is somebody else’s';
  }
  if (message.includes('read-only')) return 'mount the file system for writing, or name another folder with --store';
  if (/permission denied|not permitted/.test(message)) {
    return 'run as the user who owns the folder, give this user the right to write there, or name another one (--store)';
  }
  if (/no space|quota|1 MiB free/.test(message))
    return 'free some room on that disk, or name another folder with --store';
  return 'put the store right, or name another folder with --store';
}
