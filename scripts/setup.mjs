// Makes a fresh clone ready: installs from the lock file and compiles, each only when something changed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`dtstream needs Node 20.19 or later, this is ${process.version}`);
}

const lockHash = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
const stamp = 'node_modules/.dtstream-lock';
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockHash) {
  console.error('dtstream: installing packages from the lock file …');
  // No package needs its install script: the native parts ship prebuilt inside their packages. Not `npm ci`, which
  // refuses a lock file without the optional native parts of systems that the registry at hand does not carry.
  run('npm', ['install', '--no-save', '--ignore-scripts', '--loglevel=error']);
  mkdirSync('node_modules', { recursive: true });
  writeFileSync(stamp, lockHash);
}
run(process.execPath, ['scripts/build.mjs']);

function run(command, args) {
  // stdout is the caller's data channel: everything said here goes to stderr.
  const { status, error } = spawnSync(command, args, {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (error) fail(`cannot run ${command}: ${error.message}`);
  if (status !== 0) fail(`${command} ${args.join(' ')} ended with ${status}`);
}

function fail(message) {
  console.error(`dtstream set-up: ${message}`);
  process.exit(1);
}
