import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { childEnvironment } from '../common/child-environment.js';
import { dtstream } from '../common/program.js';

/** The detector as it is simulated, read out and processed live into a store of its own. */
export interface LiveSource {
  readonly store: string;
  /** Ends both programs. @throws Error when one of them has failed */
  close(): Promise<void>;
}

/** Starts a detector at its own rate. @param batchInterval of `process`: `1s`, `100ms` */
export function openLiveSource(store: string, batchInterval: string): LiveSource {
  const produce = start('produce', '--rate', 'detector', '--store', store, '--quiet');
  const process = start('process', '--threads', '2', '--batch-interval', batchInterval, '--store', store, '--quiet');
  const ended = Promise.all([outcome(produce), outcome(process)]);
  // Told by close().
  ended.catch(() => undefined);
  return {
    store,
    async close() {
      produce.kill('SIGINT');
      process.kill('SIGINT');
      await ended;
    },
  };
}

/** A store whose rows are all processed, and to which nothing comes any more. */
export async function makeIdleStore(store: string, rows: number): Promise<void> {
  await outcome(start('produce', '--rate', 'max', '--limit', rows, '--store', store, '--quiet'));
  await outcome(start('process', '--until-end', '--batch-rows', '5000', '--store', store, '--quiet'));
}

function start(...args: readonly (string | number)[]): ChildProcess {
  const [command, ...rest] = dtstream(...args);
  return spawn(command, rest, { env: childEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] });
}

/** @throws Error when the program does not end with 0 */
async function outcome(child: ChildProcess): Promise<void> {
  if (child.stderr === null) throw new Error('a child must have its pipes');
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number | null]>]);
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} must exit with 0, got ${code}: ${said}`);
}
