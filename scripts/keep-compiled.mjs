// Runs the bundled program as `dtstream process INPUT --summary` and keeps what V8 compiled on the way, beside it.
// Usage: node scripts/keep-compiled.mjs FOLDER INPUT
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [folder, input] = process.argv.slice(2);
const program = resolve(folder, 'cli.js');
const load = createRequire(program);
const { keepCompiled, scripts } = load('./run-compiled.js');

process.argv = [process.execPath, program, 'process', input, '--summary', '--quiet'];
process.on('exit', (code) => {
  if (code !== 0) return;
  for (const [path, script] of scripts) keepCompiled(path, script);
});
load('./cli.js');
