// Runs the compiled tests with node's runner: npm test, npm run test:all, or those whose path has a word: npm test -- compute
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * Folders of tests that want more than Node and a few seconds, anywhere below test/. `npm test` leaves them out;
 * `npm run test:all` and words find them.
 */
const foldersOfAll = {
  docs: 'the commands that pages show: a shell, curl, Kafka',
  examples: 'the Python programs of examples/ and of docs/wire-format.md',
  foreign: 'files that programs in Python write',
  fuzz: 'many random rows',
  integration: 'Kafka, S3, stores that processes share, are killed in and are replaced under',
  interop: 'other clients of Kafka, in Python',
  processes: 'many processes at once',
  terminal: 'tmux, or a terminal of Python',
  truth: 'many simulated muons',
};

const { all, words } = split(process.argv.slice(2));
const files = testFiles('test')
  .filter((file) => (words.length > 0 ? words.some((word) => file.includes(word)) : all || isQuick(file)))
  .map((file) => join('dist', file.replace(/\.ts$/, '.js')));
if (files.length === 0) {
  console.error(`no test file matches ${words.join(' ')}`);
  process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', '--test', '--test-reporter=spec', '--test-concurrency=2', '--test-timeout=600000', ...files],
  { stdio: 'inherit', env: all ? { ...process.env, DTSTREAM_TEST_ALL: 'true' } : process.env },
);
process.exit(status ?? 1);

function split(args) {
  return { all: args.includes('--all'), words: args.filter((arg) => arg !== '--all') };
}

function isQuick(file) {
  return !file.split(sep).some((folder) => Object.hasOwn(foldersOfAll, folder));
}

/** Lists the tests by their sources, so that the compiled rest of a removed test does not run. */
function testFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((name) => name.endsWith('.test.ts'))
    .sort();
}
