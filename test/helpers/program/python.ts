import { execFile } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface PythonScripts {
  readonly missingPython: () => string | undefined;
  readonly installPython: (requirements: string, name: string) => string;
}

const project = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const { missingPython, installPython } = (await import(project('scripts/python.mjs'))) as PythonScripts;

const missing = missingPython();
if (missing !== undefined && process.env.CI === 'true') {
  throw new Error(`in CI the tests with Python programs must run, but ${missing}`);
}

/** Why tests with Python programs are skipped here, false when they run. */
export const skipPython: string | false = missing === undefined ? false : `no Python here: ${missing}`;

/** Runs a program of test/interop, as {@link runPython} does. */
export function runInterop(script: string, ...args: readonly string[]): Promise<string> {
  return runPython('interop', script, ...args);
}

/**
 * Runs a program of a folder of tests with the packages in its requirements.txt; resolves with what it printed.
 *
 * @throws when it fails, with its stderr, or when the packages cannot be installed
 */
export function runPython(folder: string, script: string, ...args: readonly string[]): Promise<string> {
  return outputOf(installedPython(folder), [project(`test/${folder}/${script}`), ...args]);
}

/** Runs a program, by its full path and in a folder, with the packages of a folder of tests, as {@link runPython} does. */
export function runPythonProgram(folder: string, program: string, cwd: string): Promise<string> {
  return outputOf(installedPython(folder), [program], cwd);
}

/**
 * Runs a program, by its path in the project or in full, with the packages of examples/python, as {@link runPython} does.
 *
 * @param folder where it runs; default: here
 */
export function runExample(program: string, args: readonly string[], folder?: string): Promise<string> {
  const python = installPython(project('examples/python/requirements.txt'), 'examples-venv');
  return outputOf(python, [isAbsolute(program) ? program : project(program), ...args], folder);
}

function installedPython(folder: string): string {
  return installPython(project(`test/${folder}/requirements.txt`), `${folder}-venv`);
}

async function outputOf(python: string, command: readonly string[], cwd?: string): Promise<string> {
  // Without a display, and without a cache of fonts in the home folder.
  const env = { ...process.env, MPLBACKEND: 'Agg', MPLCONFIGDIR: project('build/matplotlib') };
  const { stdout } = await promisify(execFile)(python, command, {
    ...(cwd !== undefined && { cwd }),
    env,
    timeout: 120_000,
    maxBuffer: 64 << 20,
  });
  return stdout;
}
