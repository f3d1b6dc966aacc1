import { DtstreamError } from '../../../errors.js';

/**
 * LMDB tells processes apart by their ids: it would take a process of another container with our id for ourselves, and
 * remove its snapshots. So no process opens an environment whose table of readers contains its own id. A killed process
 * may have left the id there; any process with another id notices and removes it.
 */
export class ProcessIdTaken extends DtstreamError {
  constructor(dir: string, pid: number) {
    const rule = `processes that use it must have different process ids, but one in another container also has ${pid}`;
    const advice = `start the containers in one PID namespace (docker run --pid=container:NAME, in compose pid: service:NAME)`;
    super('store', `cannot open ${dir}: ${rule}; ${advice}`);
  }
}

/** Process ids in a table of readers, as LMDB prints it: a line a reader, `pid thread transaction`. */
export function readerIds(table: string): number[] {
  return [...table.matchAll(/^\s*(\d+)\s/gm)].map(([, pid]) => Number(pid));
}
