import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process something belongs to; a process id alone is used again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own unit; empty where the system does not say. */
  readonly started: string;
  /** Where the process id is valid: boot and process-id namespace of the machine. */
  readonly realm: string;
}

let own: ProcessIdentity | undefined;

/** This process. */
export function ownIdentity(): ProcessIdentity {
  own ??= { pid: process.pid, started: startOf(process.pid) ?? '', realm: ownRealm() };
  return own;
}

/**
 * Whether a process is known to be gone. False also when nothing can be said, as for one of another container: then
 * only its silence tells.
 */
export function isGone(identity: ProcessIdentity): boolean {
  const here = ownIdentity();
  if (identity.realm !== here.realm)
    return identity.realm.split(' ')[0] === here.realm.split(' ')[0] ? false : rebooted(identity, here);
  if (!exists(identity.pid)) return true;
  const started = startOf(identity.pid);
  return started !== undefined && identity.started !== '' && started !== identity.started;
}

/** A realm is `boot namespace host`: the same host with another boot has lost all its processes. */
function rebooted(identity: ProcessIdentity, here: ProcessIdentity): boolean {
  const [boot, , host] = identity.realm.split(' ');
  const [hereBoot, , hereHost] = here.realm.split(' ');
  return boot !== hereBoot && boot !== '-' && hereBoot !== '-' && host === hereHost;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Clock ticks between boot and the start of a process: field 22 of /proc/pid/stat, counted behind its name. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has stopped; only its parent has not noticed.
    return fields[0] === 'Z' || fields[0] === 'X' ? 'gone' : fields[19];
  } catch {
    return undefined;
  }
}

function ownRealm(): string {
  return `${bootId()} ${pidNamespace()} ${hostname()}`;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '-';
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '-';
  }
}
