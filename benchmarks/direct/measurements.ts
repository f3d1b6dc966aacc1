import type { PhysicsMode } from '../../src/domain/physics-settings.js';
import type { Peer } from './peers.js';
import { dtstream, dtstreamWithMemory, peakMemoryBytes } from '../common/program.js';
import { type Spread, spreadOf } from '../common/spread.js';
import { timedRun, type TimedRun } from '../common/timed-run.js';
import { assertSameTotals, parseTotals } from '../common/totals.js';

/** How dtstream runs. */
interface Variant {
  readonly threads: number;
  /** What it counts beside what the other programs count. */
  readonly physics: PhysicsMode;
}

/** `dtstream process` over a file, as a command line. */
function direct(file: string, variant: Variant, flags: readonly string[] = []): string[] {
  return dtstream(...directArguments(file, variant), ...flags);
}

function directArguments(file: string, { threads, physics }: Variant): string[] {
  return ['process', '--summary', '--physics', physics, '--quiet', '--threads', String(threads), file];
}

/** What each program took for the same file, and the rows of that file. */
export interface Comparison {
  readonly rows: number;
  readonly programs: ReadonlyMap<string, { readonly seconds: Spread; readonly cpuSeconds: Spread }>;
}

export const twoThreads = 'dtstream, 2 threads';
export const oneThread = 'dtstream, 1 thread';
/** The same with two threads, and with physics. */
export const withCounts = `${twoThreads}, physics counts`;
export const withFull = `${twoThreads}, physics full`;

/** What the other programs do, too. */
const hitsOnly: ReadonlyMap<string, Variant> = new Map([
  [twoThreads, { threads: 2, physics: 'off' }],
  [oneThread, { threads: 1, physics: 'off' }],
]);
export const withPhysics: ReadonlyMap<string, Variant> = new Map([
  ...hitsOnly,
  [withCounts, { threads: 2, physics: 'counts' }],
  [withFull, { threads: 2, physics: 'full' }],
]);

/**
 * Runs dtstream and its peers on a CSV file, one after the other, round by round.
 *
 * @param flags more flags of dtstream
 * @param variants of dtstream, by name; default: those without physics
 * @throws Error when a program finds anything else than dtstream on two threads
 */
export async function comparePrograms(
  file: string,
  peers: readonly Peer[],
  rounds: number,
  {
    flags,
    variants = hitsOnly,
  }: { readonly flags?: readonly string[] | undefined; readonly variants?: typeof hitsOnly } = {},
): Promise<Comparison> {
  const programs = new Map<string, readonly string[]>([
    ...[...variants].map(([name, variant]) => [name, direct(file, variant, flags)] as const),
    ...peers.map(({ name, command }) => [name, [...command, file]] as const),
  ]);
  const ours = parseTotals((await timedRun(direct(file, { threads: 2, physics: 'off' }, flags))).stdout);
  for (const [name, command] of programs) {
    assertSameTotals(name, ours, parseTotals((await timedRun(command)).stdout));
  }
  return { rows: ours.ledger?.rows_read ?? 0, programs: await timeInTurns(programs, rounds) };
}

/** Runs each program in turns, so that a change of the machine meets all of them. */
async function timeInTurns(
  programs: ReadonlyMap<string, readonly string[]>,
  rounds: number,
): Promise<Comparison['programs']> {
  const runs = new Map([...programs.keys()].map((name) => [name, [] as TimedRun[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of programs) {
      runs.get(name)?.push(await timedRun(command));
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  return new Map(
    [...runs].map(([name, list]) => [
      name,
      {
        seconds: spreadOf(list.map(({ seconds }) => seconds)),
        cpuSeconds: spreadOf(list.map(({ cpuSeconds }) => cpuSeconds)),
      },
    ]),
  );
}

/** What goes through each second once everything runs: rows of a large file less those of a small one. */
export interface SteadyState {
  readonly rowsPerSecond: Spread;
  readonly hitsPerSecond: Spread;
  /** Processor time of a row, all threads added up. */
  readonly cpuNsPerRow: Spread;
}

/** Speed between a small and a large file, with one thread and with two, and with physics. */
export async function steadyStates(
  files: { readonly small: string; readonly large: string },
  rounds: number,
): Promise<Readonly<Record<'one' | 'two' | 'counts' | 'full', SteadyState>>> {
  const ledgers = { small: { rows_read: 0, hits: 0 }, large: { rows_read: 0, hits: 0 } };
  const differences = new Map(
    [...withPhysics].map(([name, variant]) => [
      name,
      { variant, list: [] as { seconds: number; cpuSeconds: number }[] },
    ]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const { variant, list } of differences.values()) {
      const small = await timedRun(direct(files.small, variant));
      const large = await timedRun(direct(files.large, variant));
      ledgers.small = parseTotals(small.stdout).ledger ?? ledgers.small;
      ledgers.large = parseTotals(large.stdout).ledger ?? ledgers.large;
      list.push({
        seconds: large.seconds - small.seconds,
        cpuSeconds: large.cpuSeconds - small.cpuSeconds,
      });
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  const stateOf = (name: string): SteadyState => {
    const list = differences.get(name)?.list ?? [];
    const rows = ledgers.large.rows_read - ledgers.small.rows_read;
    const hits = ledgers.large.hits - ledgers.small.hits;
    return {
      rowsPerSecond: spreadOf(list.map(({ seconds }) => rows / seconds)),
      hitsPerSecond: spreadOf(list.map(({ seconds }) => hits / seconds)),
      cpuNsPerRow: spreadOf(list.map(({ cpuSeconds }) => (cpuSeconds * 1e9) / rows)),
    };
  };
  return { one: stateOf(oneThread), two: stateOf(twoThreads), counts: stateOf(withCounts), full: stateOf(withFull) };
}

/** What dtstream on 2 threads takes for a file: seconds and peak memory, from one run. */
export async function directTake(file: string): Promise<{ readonly seconds: number; readonly memoryBytes: number }> {
  const { seconds, stdout } = await timedRun(
    dtstreamWithMemory(...directArguments(file, { threads: 2, physics: 'off' })),
  );
  return { seconds, memoryBytes: peakMemoryBytes(stdout) };
}
