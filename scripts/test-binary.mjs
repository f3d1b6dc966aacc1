// The end-to-end part of the test suite against the single executable: all tests that start the program.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const binary = resolve('build', process.platform === 'win32' ? 'dtstream.exe' : 'dtstream');
if (!existsSync(binary)) {
  console.error('build/dtstream is not there: npm run build:binary makes it');
  process.exit(1);
}
const filters = process.argv.slice(2);
const tests = readdirSync('test', { recursive: true })
  .map((name) => join('test', String(name)))
  .filter((name) => name.endsWith('.test.ts') && isEndToEnd(name))
  .filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)));
const { status } = spawnSync(process.execPath, ['scripts/test.mjs', ...tests], {
  stdio: 'inherit',
  env: { ...process.env, DTSTREAM_TEST_BINARY: binary },
});
process.exit(status ?? 1);

function isEndToEnd(name) {
  return name.startsWith(join('test', 'integration')) || readFileSync(name, 'utf8').includes("helpers/program/cli.js'");
}
