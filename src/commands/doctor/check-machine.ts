import { availableParallelism, constants, freemem, getPriority, totalmem } from 'node:os';
import { programVersion } from '../program-version.js';
import { type Finding, fail, ok, sizeText, warn } from './finding.js';

/** The oldest Node that dtstream runs on. */
const nodeMin = [20, 19] as const;
/** A process with its threads, with room for a burst. */
const memoryBytesMin = 300 * 2 ** 20;

/** Node, threads and memory. */
export function checkMachine(): Finding[] {
  return [checkNode(process.versions.node), checkThreads(), checkMemory()];
}

/** @param version as `20.19.5` */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const text = `Node ${version}, dtstream ${programVersion()}, ${process.platform} ${process.arch}`;
  if (major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])) return ok('node', text);
  return fail('node', text, `install Node ${nodeMin.join('.')} or later`);
}

function checkThreads(): Finding {
  const threads = availableParallelism();
  const isNice = getPriority() > constants.priority.PRIORITY_NORMAL;
  const text = `${threads} core${threads === 1 ? '' : 's'} for this process${isNice ? ', at low priority' : ''}`;
  if (threads > 1) return ok('threads', text);
  return warn('threads', text, 'give it two cores or more: one reads and commits while the others compute');
}

function checkMemory(): Finding {
  // Not the machine's where a container or a service is given less.
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  const available = Math.min(total, process.availableMemory(), limit > 0 ? total : freemem() + total);
  const text = `${sizeText(available)} of ${sizeText(total)} memory available`;
  if (available >= memoryBytesMin) return ok('memory', text);
  return warn('memory', text, `free some memory: each process takes up to ${sizeText(memoryBytesMin)}`);
}
