// Makes of the sources, when they have changed: dist/src, test and bench by the compiler, the hot loops in
// src/compute/kernel/ as WebAssembly, and dist/bin, the program as it ships.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const kernel = 'src/compute/kernel';
const compiledKernel = 'dist/src/compute/kernel.wasm';
const program = 'dist/bin';
/** What the bundler writes last. */
const programMark = join(program, 'kernel.wasm');

if (changedMs(programMark) === 0) console.error('dtstream: compiling …');
run('node_modules/typescript/bin/tsc');
if (changedMs(...filesIn(kernel), 'package-lock.json') > changedMs(compiledKernel)) {
  mkdirSync(dirname(compiledKernel), { recursive: true });
  run('node_modules/assemblyscript/bin/asc.js', '--config', join(kernel, 'asconfig.json'), '--outFile', compiledKernel);
}
const bundled = [...filesIn('src'), compiledKernel, 'scripts/bundle.mjs', 'package.json', 'package-lock.json'];
if (changedMs(...bundled) > changedMs(programMark)) {
  const { bundleProgram } = await import('./bundle.mjs');
  await bundleProgram(program);
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true }).map((name) => join(folder, name));
}

/** When the newest of these files was changed; 0 when it is not there. */
function changedMs(...files) {
  return Math.max(...files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}

function run(...args) {
  // stdout is the data channel of the calling program: all messages go to stderr.
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}
