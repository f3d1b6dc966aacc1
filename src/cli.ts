#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { keepCompiledCode } from './compile-cache.js';

/** The version of the package, from its package.json. */
function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

// The bundle of this file is CommonJS, which cannot await here.
async function run(): Promise<void> {
  keepCompiledCode(process.env);
  const { runProgram } = await import('./commands/program.js');
  process.exitCode = await runProgram(process.argv.slice(2), packageVersion(), process);
}

// A shell that asks for the version should not wait for the program to load.
if (process.argv.length === 3 && ['--version', '-V'].includes(process.argv[2] ?? '')) {
  console.log(packageVersion());
} else {
  const endEarly = (): void => {
    throw new Error('event loop drained but the command has not settled');
  };
  process.once('beforeExit', endEarly);
  void run().then(() => process.off('beforeExit', endEarly));
}
