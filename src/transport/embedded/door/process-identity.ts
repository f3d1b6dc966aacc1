import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** Which process something belongs to; a process id alone is used again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own unit; empty where the system does not say. */
  readonly started: string;
  /** Where the process id means something; `-` where the system does not say. */
  readonly host: string;
  readonly boot: string;
  readonly pidNamespace: string;
}

/** It as it is stored. */
export const processIdentitySchema: z.ZodType<ProcessIdentity> = z.object({
  pid: z.int().min(1),
  started: z.string(),
  host: z.string(),
  boot: z.string(),
  pidNamespace: z.string(),
});

let own: ProcessIdentity | undefined;

/** This process. */
export function ownIdentity(): ProcessIdentity {
  own ??= {
    pid: process.pid,
    started: startOf(process.pid) ?? '',
    host: hostname(),
    boot: orDash(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: orDash(() => readlinkSync('/proc/self/ns/pid')),
  };
  return own;
}

/**
 * Whether a process is known to be gone. False also when nothing can be said, as for one in another container; then
 * only its silence tells.
 */
export function isProcessGone(identity: ProcessIdentity): boolean {
  const here = ownIdentity();
  if (identity.host === here.host && identity.boot !== here.boot) return true;
  const sameMachine = identity.boot === here.boot && (here.boot !== '-' || identity.host === here.host);
  if (!sameMachine || identity.pidNamespace !== here.pidNamespace) return false;
  if (!exists(identity.pid)) return true;
  const started = startOf(identity.pid);
  // It may have gone since it was looked for.
  if (started === undefined) return !exists(identity.pid);
  return identity.started !== '' && started !== identity.started;
}

/** Whether a process is known to be running. False also when nothing can be said. */
export function isRunning(identity: ProcessIdentity): boolean {
  const here = ownIdentity();
  const isHere = identity.boot === here.boot && identity.pidNamespace === here.pidNamespace && here.boot !== '-';
  return isHere && identity.started !== '' && startOf(identity.pid) === identity.started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Clock ticks from boot to a process's start: field 22 of /proc/pid/stat, whose second one may hold blanks. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not looked yet.
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : fields[19];
  } catch {
    return undefined;
  }
}

function orDash(read: () => string): string {
  try {
    return read();
  } catch {
    return '-';
  }
}
