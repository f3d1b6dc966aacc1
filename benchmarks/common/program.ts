import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = new URL('../../../', import.meta.url);
const packageSchema = z.object({ bin: z.object({ dtstream: z.string() }) });
const { bin } = packageSchema.parse(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')));
const cli = fileURLToPath(new URL(bin.dtstream, root));
const peakMemory = new URL('../peak-memory.js', import.meta.url).href;

/** The program as the package has it, as a command line. */
export function dtstream(...args: readonly (string | number)[]): string[] {
  return [process.execPath, cli, ...args.map(String)];
}

/** The same, telling its peak memory at its end: {@link peakMemoryBytes}. */
export function dtstreamWithMemory(...args: readonly (string | number)[]): string[] {
  return [process.execPath, '--import', peakMemory, cli, ...args.map(String)];
}

/** Peak memory that a program told, the last thing on its stdout. */
export function peakMemoryBytes(stdout: string): number {
  return z.object({ peakMemoryBytes: z.number() }).parse(JSON.parse(lastLine(stdout))).peakMemoryBytes;
}

/** The last line of an output that has any. */
export function lastLine(stdout: string): string {
  return stdout.trim().split('\n').at(-1) ?? '';
}
