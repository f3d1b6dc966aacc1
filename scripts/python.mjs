// Python packages for tests and benchmarks, each set in an environment of its own below build/, installed once.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const buildDir = fileURLToPath(new URL('../build/', import.meta.url));

/** Why no such environment can be made here, in a few words; undefined when it can. */
export function missingPython() {
  const tried = spawnSync('python3', ['-c', 'import ensurepip, venv'], { stdio: 'ignore' });
  return tried.status === 0 ? undefined : 'Python 3 with venv is not installed';
}

/**
 * @param {string} requirements file with the packages and their versions
 * @param {string} name of the environment below build/
 * @returns path of its Python
 */
export function installPython(requirements, name) {
  const environment = join(buildDir, name);
  const installed = join(environment, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  const python = join(environment, 'bin', 'python');
  const isInstalled = () => existsSync(installed) && readFileSync(installed, 'utf8') === wanted;
  if (isInstalled()) return python;
  const partial = `${environment}.${process.pid}`;
  const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', '--requirement', requirements];
  try {
    execFileSync('python3', ['-m', 'venv', partial], { stdio: ['ignore', 2, 2] });
    execFileSync(join(partial, 'bin', 'python'), pip, { stdio: ['ignore', 2, 2] });
    writeFileSync(join(partial, 'installed.txt'), wanted);
    // Another process may have installed the same meanwhile, and be using it.
    if (isInstalled()) return python;
    rmSync(environment, { recursive: true, force: true });
    renameSync(partial, environment);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return python;
}
