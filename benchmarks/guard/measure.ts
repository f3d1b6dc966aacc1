import { type Spread, spreadOf } from '../common/spread.js';

/** A loop and the one that it is measured against. */
export interface Guarded {
  readonly name: string;
  readonly run: () => unknown;
  readonly reference: () => unknown;
}

const warmUps = 4;

/** CPU time of each loop in units of its reference, measured in turns. */
export function measureRatios(guarded: readonly Guarded[], rounds: number): ReadonlyMap<string, Spread> {
  const ratios = new Map(guarded.map(({ name }) => [name, [] as number[]]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const { name, run, reference } of guarded) {
      const before = cpuMicros(reference);
      const own = cpuMicros(run);
      const after = cpuMicros(reference);
      if (round >= 0) ratios.get(name)?.push(own / ((before + after) / 2));
    }
  }
  return new Map([...ratios].map(([name, list]) => [name, spreadOf(list)]));
}

let kept: unknown;

/** CPU time of this process, so that others at work do not count. */
function cpuMicros(work: () => unknown): number {
  const before = process.cpuUsage();
  // What a loop returns is kept: nothing of it may be left out as unused.
  kept = work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** What the last loop returned. */
export function lastResult(): unknown {
  return kept;
}
