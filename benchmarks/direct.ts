/**
 * Direct mode against other programs on the same file, and its speed and memory on its own. Writes its section of
 * docs/benchmarks.md; benchmarks/direct/ has the parts, benchmarks/peers/ the other programs.
 *
 * Usage: npm run bench:direct [-- --rounds N --scale SHARE --page FILE]
 */
import { statSync } from 'node:fs';
import {
  comparePrograms,
  type Comparison,
  directTake,
  oneThread,
  steadyStates,
  twoThreads,
  withCounts,
  withFull,
  withPhysics,
} from './direct/measurements.js';
import { installPeers, peerVersions } from './direct/peers.js';
import { boundedTable, type Figure, sayMissed } from './common/bounded-table.js';
import { environmentText } from './common/child-environment.js';
import { partFlags, runText } from './common/part-flags.js';
import { machineLine, markdownTable, writeSection } from './common/report-section.js';
import { simulatedFile } from './common/simulated-file.js';
import { formatSpread, inUnit, type Spread, spreadOf } from './common/spread.js';

const folder = 'build';
const flags = partFlags('direct', 5);
const { rounds, scale } = flags;
const rows = 5_000_000 * scale;
const datRowsLarge = 50_000_000 * scale;
/** That many rows are a bit more than 1 GB of CSV. */
const csvRowsLarge = 40_000_000 * scale;

const million = 1e6;
const machine = machineLine();
const peers = installPeers(folder);
process.stderr.write('simulating files\n');
const csv = await simulatedFile(folder, 'csv', rows);
const csvLarge = await simulatedFile(folder, 'csv', csvRowsLarge);
const dat = await simulatedFile(folder, 'words', rows);
const datLarge = await simulatedFile(folder, 'words', datRowsLarge);

process.stderr.write('comparing programs\n');
const comparison = await comparePrograms(csv, peers, rounds, { variants: withPhysics });
const comparisonLarge = await comparePrograms(csvLarge, peers, Math.ceil(rounds / 2), { variants: withPhysics });
process.stderr.write('steady state\n');
const steadyDat = await steadyStates({ small: dat, large: datLarge }, rounds);
const steadyCsv = await steadyStates({ small: csv, large: csvLarge }, rounds);
const { memoryBytes } = await directTake(csvLarge);
const figures = [...peerFigures(), ...ownFigures()];

const section = `## Direct mode

${machine}
${runText(flags)}
${environmentText}

### Against other programs

Every program starts as a new process, reads the same simulated CSV rows (from the page cache), and counts the hits of each channel and, for each chamber, the orbits by their number of active channels. All programs find the same numbers; \`dtstream\` with \`--physics counts\` or \`full\` finds those of [physics](physics.md), too, and without a word on it runs with \`--physics off\`. Peers: ${peerVersions()}, 2 threads each, as in \`benchmarks/peers/\`.

${comparison.rows.toLocaleString('en-US')} rows (${megabytes(csv)} MB), including the start of the process:

${comparisonTable(comparison)}

${comparisonLarge.rows.toLocaleString('en-US')} rows (${megabytes(csvLarge)} MB), ${Math.ceil(rounds / 2)} rounds:

${comparisonTable(comparisonLarge)}

${boundedTable(peerFigures())}

### On its own

${boundedTable(ownFigures())}

Steady state is the time of a large file (${megabytes(datLarge)} MB of words, ${megabytes(csvLarge)} MB of CSV) minus that of the ${comparison.rows.toLocaleString('en-US')} rows, so that the start of the process cancels out. Hits are rows published as hits: 90 % of the simulated rows.
`;
await writeSection(flags.page, 'direct', section);
console.log(section);
sayMissed(figures);

function comparisonTable({ rows, programs }: Comparison): string {
  const ours = programs.get(twoThreads);
  return markdownTable(
    ['program', 'seconds', 'million rows/s', 'dtstream is faster by', 'CPU seconds', 'dtstream takes less CPU by'],
    [...programs].map(([name, { seconds, cpuSeconds }]) => {
      const times = (theirs: Spread, own: Spread | undefined): string =>
        name === twoThreads ? '' : `${(theirs.median / (own?.median ?? NaN)).toFixed(1)} ×`;
      return [
        name,
        formatSpread(seconds, 2),
        (rows / seconds.median / million).toFixed(1),
        times(seconds, ours?.seconds),
        formatSpread(cpuSeconds, 2),
        times(cpuSeconds, ours?.cpuSeconds),
      ];
    }),
  );
}

/** How many times quicker than other programs. */
function peerFigures(): Figure[] {
  const against = (
    { rows: count, programs }: Comparison,
    peer: string,
    atLeast?: number,
    ours = twoThreads,
  ): Figure => {
    const [theirs, own] = [programs.get(peer), programs.get(ours)];
    return {
      what: `${count.toLocaleString('en-US')} rows, start-up included${ours.slice(twoThreads.length)}, against ${peer}`,
      spread: spreadOf([(theirs?.seconds.median ?? NaN) / (own?.seconds.median ?? NaN)]),
      ...{ digits: 1, unit: '×', ...(atLeast !== undefined && { bound: { atLeast } }) },
    };
  };
  return [
    against(comparison, 'DuckDB', 5),
    ...[comparison, comparisonLarge].map((one) => against(one, 'DuckDB', 7)),
    ...[comparison, comparisonLarge].map((one) => against(one, 'Polars', 10)),
    ...[comparison, comparisonLarge].map((one) => against(one, 'DuckDB', undefined, withCounts)),
    ...[comparison, comparisonLarge].map((one) => against(one, 'DuckDB', 4, withFull)),
  ];
}

function ownFigures(): Figure[] {
  const scaling = ({ one, two }: typeof steadyDat): Spread =>
    spreadOf([two.rowsPerSecond.median / one.rowsPerSecond.median]);
  const seconds = (name: string): number => comparison.programs.get(name)?.seconds.median ?? NaN;
  const rate = (what: string, spread: Spread): Figure => ({ what, spread: inUnit(spread, million), digits: 1 });
  const cpu = (what: string, spread: Spread): Figure => ({ what, spread, digits: 0 });
  const times = (what: string, spread: Spread): Figure => ({ what, spread, digits: 2, unit: '×' });
  const kept = (what: string, state: typeof steadyDat, physics: 'counts' | 'full', atLeast: number): Figure => ({
    ...times(
      `${what} in steady state, 2 threads: rows/s with physics ${physics} compared with off`,
      spreadOf([state[physics].rowsPerSecond.median / state.two.rowsPerSecond.median]),
    ),
    bound: { atLeast },
  });
  return [
    {
      ...rate('words in steady state, 2 threads: million hits/s', steadyDat.two.hitsPerSecond),
      bound: { atLeast: 20 },
    },
    rate('words in steady state, 1 thread: million hits/s', steadyDat.one.hitsPerSecond),
    rate('CSV in steady state, 2 threads: million rows/s', steadyCsv.two.rowsPerSecond),
    rate('CSV in steady state, 1 thread: million rows/s', steadyCsv.one.rowsPerSecond),
    cpu('words in steady state, 2 threads: ns of CPU per row', steadyDat.two.cpuNsPerRow),
    cpu('CSV in steady state, 2 threads: ns of CPU per row', steadyCsv.two.cpuNsPerRow),
    { ...times('two threads compared with one, words in steady state', scaling(steadyDat)), bound: { atLeast: 1.6 } },
    { ...times('two threads compared with one, CSV in steady state', scaling(steadyCsv)), bound: { atLeast: 1.6 } },
    times(
      `two threads compared with one, ${comparison.rows.toLocaleString('en-US')} rows with start-up`,
      spreadOf([seconds(oneThread) / seconds(twoThreads)]),
    ),
    kept('words', steadyDat, 'counts', 0.7),
    kept('CSV', steadyCsv, 'counts', 0.7),
    kept('words', steadyDat, 'full', 0.6),
    kept('CSV', steadyCsv, 'full', 0.6),
    cpu('words in steady state, 2 threads, physics full: ns of CPU per row', steadyDat.full.cpuNsPerRow),
    cpu('CSV in steady state, 2 threads, physics full: ns of CPU per row', steadyCsv.full.cpuNsPerRow),
    {
      what: `peak memory, ${megabytes(csvLarge)} MB of CSV, 2 threads`,
      spread: spreadOf([memoryBytes / million]),
      digits: 0,
      unit: 'MB',
      bound: { below: 300 },
    },
  ];
}

function megabytes(file: string): number {
  return Math.round(statSync(file).size / million);
}
