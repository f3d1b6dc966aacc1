/** Loaded into a program with `--import`: writes its peak memory, all threads together, to stdout when it exits. */
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { peakMemoryBytes } from '../src/commands/child/peak-memory.js';

if (isMainThread) {
  process.on('exit', () => writeSync(process.stdout.fd, `\n{"peakMemoryBytes":${peakMemoryBytes()}}\n`));
}
