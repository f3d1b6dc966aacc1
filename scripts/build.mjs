// Compiles src, test and bench, and the hot loops in src/compute/kernel/ to WebAssembly when they have changed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const kernel = 'src/compute/kernel';
const compiledKernel = 'dist/src/compute/kernel.wasm';

run('node_modules/typescript/bin/tsc');
const sources = [...readdirSync(kernel).map((name) => join(kernel, name)), 'package-lock.json'];
if (Math.max(...sources.map(changedMs)) > changedMs(compiledKernel)) {
  mkdirSync(dirname(compiledKernel), { recursive: true });
  run('node_modules/assemblyscript/bin/asc.js', '--config', join(kernel, 'asconfig.json'), '--outFile', compiledKernel);
}

/** When a file was last changed; 0 when it is not there. */
function changedMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function run(...args) {
  // stdout is the data channel of whoever has us run: everything said here goes to stderr.
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}
