// Runs the compiled tests with node's runner: npm test, npm run test:all, or those whose path has a word: npm test -- compute
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Most test files that run once more when they failed. */
const repeatMax = 3;

/**
 * Folders of tests that want more than Node and a few seconds, anywhere below test/. `npm test` leaves them out;
 * `npm run test:all` and words find them.
 */
const foldersOfAll = {
  browser: 'Chromium',
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
const first = run(files);
process.exit(all && first.failed.length > 0 && first.failed.length <= repeatMax ? repeat(first.failed) : first.status);

/** Runs test files, and returns the runner's status and the files that failed. */
function run(files, concurrency = 2) {
  const folder = mkdtempSync(join(tmpdir(), 'dtstream-failed-'));
  const list = join(folder, 'failed');
  const options = [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${pathToFileURL('scripts/failed-files.mjs').href}`,
    `--test-reporter-destination=${list}`,
    `--test-concurrency=${concurrency}`,
    '--test-timeout=600000',
  ];
  const env = all ? { ...process.env, DTSTREAM_TEST_ALL: 'true' } : process.env;
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...options, ...files], {
    stdio: 'inherit',
    env,
  });
  const failed = existsSync(list) ? readFileSync(list, 'utf8').split('\n') : [];
  rmSync(folder, { recursive: true });
  return {
    status: status ?? 1,
    failed: files.filter((file) => failed.some((path) => sourceOf(path) === sourceOf(file))),
  };
}

/**
 * Two thousand tests with real processes share a machine that may be busy: a few files that failed run once more, one at a
 * time. What fails again is broken; what passes is named, for a test that depends on the load is a fault, too.
 */
function repeat(failed) {
  console.log(`\n${failed.length} of ${files.length} test files failed, and run once more, one at a time:`);
  for (const file of failed) console.log(`  ${sourceOf(file)}`);
  return run(failed, 1).status;
}

/** The path of a test below test/, whether its source or what was compiled of it is named. */
function sourceOf(path) {
  return relative('.', path.trim())
    .replace(/^dist./, '')
    .replace(/\.js$/, '.ts');
}

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
