import { parseArgs } from 'node:util';
import { partFlags } from '../common/part-flags.js';

/** The parts of the benchmarks, in their order. */
export const parts = ['direct', 'layouts', 'line', 'watch', 'study', 'kafka', 'peers'] as const;
export type Part = (typeof parts)[number];

/**
 * Reads the flags of all benchmarks together.
 *
 * @returns the parts to run, and the flags that each of them is given
 * @throws Error when a part or a flag is not known
 */
export function partsToRun(args: readonly string[]): {
  readonly parts: readonly Part[];
  readonly passedOn: readonly string[];
} {
  const string = { type: 'string' } as const;
  const options = { without: { ...string, default: '' }, rounds: string, scale: string, page: string };
  const { values } = parseArgs({ args: [...args], options });
  const { without, ...others } = values;
  const left = without === '' ? [] : without.split(',');
  const unknown = left.find((name) => !parts.some((part) => part === name));
  if (unknown !== undefined) throw new Error(`--without must name ${parts.join(', ')}, got ${unknown}`);
  const passedOn = Object.entries(others).flatMap(([name, value]) => [`--${name}`, value]);
  // A part would refuse them only when it begins.
  partFlags('all', 1, passedOn);
  return { parts: parts.filter((part) => !left.includes(part)), passedOn };
}
