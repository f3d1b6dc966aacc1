// Runs the bundled program as `dtstream process INPUT --summary` and keeps what V8 compiled on the way, beside it.
// Usage: node scripts/keep-compiled.mjs FOLDER INPUT
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [folder, input] = process.argv.slice(2);
const program = resolve(folder, 'cli.js');
const load = createRequire(program);
const { compiledPathOf, scripts } = load('./run-compiled.js');

process.argv = [process.execPath, program, 'process', input, '--summary', '--quiet'];
process.on('exit', () => {
  // Only now has V8 compiled the functions that a run needs; before, it has most of them as text.
  for (const [path, script] of scripts) writeFileSync(compiledPathOf(path), script.createCachedData());
});
load('./cli.js');
