import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Transport } from '../../transport/transport.js';
import type { LogFlags } from '../flags/log.js';

/** Flags that decide where the logbook is kept. */
export interface StateFlags extends LogFlags {
  readonly topic: string;
  readonly group?: string;
  readonly state?: string;
}

/**
 * Folder of the logbook: the one that is asked for, else `quality` in the store; for Kafka one for cluster, topic and
 * group in the user's folder for states. Undefined where the system names none.
 */
export async function stateFolder(
  log: Pick<Transport, 'clusterId'>,
  { state, brokers, store, topic, group }: StateFlags,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (state !== undefined) return state;
  if (brokers === undefined) return join(store, 'quality');
  const base = stateHome(env);
  const cluster = (await log.clusterId?.()) ?? brokers;
  return base === undefined ? undefined : join(base, 'dtstream', ...[cluster, topic, group ?? 'default'].map(fileName));
}

function stateHome({ XDG_STATE_HOME = '', HOME }: NodeJS.ProcessEnv): string | undefined {
  if (isAbsolute(XDG_STATE_HOME)) return XDG_STATE_HOME;
  const home = HOME ?? homedir();
  return isAbsolute(home) ? join(home, '.local', 'state') : undefined;
}

/** A name as that of a file. */
function fileName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._-]/g, '_');
  return /^\.*$/.test(safe) ? '_' : safe;
}
