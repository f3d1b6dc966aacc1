/**
 * All benchmarks of docs/benchmarks.md, one after the other; each writes its section when it is done. One that fails is
 * named at the end, and the others are run all the same.
 *
 * Usage: npm run bench [-- --without kafka,peers] [--rounds N --scale SHARE --page FILE]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { partsToRun } from './all/parts.js';
import { childEnvironment } from './common/child-environment.js';

const { parts, passedOn } = partsToRun(process.argv.slice(2));
const outcomes: { readonly part: string; readonly text: string; readonly isGood: boolean }[] = [];
for (const part of parts) {
  process.stderr.write(`\n── bench:${part}\n`);
  const startMs = performance.now();
  const program = fileURLToPath(new URL(`./${part}.js`, import.meta.url));
  const child = spawn(process.execPath, [program, ...passedOn], { env: childEnvironment(), stdio: 'inherit' });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  const minutes = ((performance.now() - startMs) / 60_000).toFixed(1);
  const isGood = code === 0;
  outcomes.push({
    part,
    isGood,
    text: `${isGood ? 'done' : `FAILED with ${signal ?? code}`} after ${minutes} minutes`,
  });
}
process.stderr.write('\n');
for (const { part, text } of outcomes) process.stderr.write(`bench:${part}: ${text}\n`);
if (outcomes.some(({ isGood }) => !isGood)) process.exitCode = 1;
