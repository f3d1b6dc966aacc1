/**
 * Direct mode against other programs on the same file, and its speed and memory on its own. Writes its section of
 * docs/benchmarks.md; bench/direct/ has the parts, bench/peers/ the other programs.
 */
import { statSync } from 'node:fs';
import {
  comparePrograms,
  type Comparison,
  oneThread,
  peakMemoryBytes,
  steadyStates,
  twoThreads,
} from './direct/measurements.js';
import { installPeers, peerVersions } from './direct/peers.js';
import { machineLine, markdownTable, writeSection } from './direct/report-section.js';
import { simulatedFile } from './direct/simulated-file.js';
import { formatSpread, type Spread } from './direct/spread.js';

const folder = 'build';
const rows = 5_000_000;
const datRowsLarge = 50_000_000;
/** That many rows are a bit more than 1 GB of CSV. */
const csvRowsLarge = 40_000_000;
const rounds = 5;

const million = 1e6;
const machine = machineLine();
const peers = installPeers(folder);
process.stderr.write('simulating files\n');
const csv = await simulatedFile(folder, 'csv', rows);
const csvLarge = await simulatedFile(folder, 'csv', csvRowsLarge);
const dat = await simulatedFile(folder, 'words', rows);
const datLarge = await simulatedFile(folder, 'words', datRowsLarge);

process.stderr.write('comparing programs\n');
const comparison = await comparePrograms(csv, peers, rounds);
process.stderr.write('steady state\n');
const steadyDat = await steadyStates({ small: dat, large: datLarge }, rounds);
const steadyCsv = await steadyStates({ small: csv, large: csvLarge }, rounds);
const memoryBytes = await peakMemoryBytes(csvLarge);

const section = `## Direct mode

${machine}
One run of \`npm run bench:direct\`; every figure is the median of ${rounds} runs in turns, with the least and the most in brackets.

### Against other programs

Every program reads the same ${comparison.rows.toLocaleString('en-US')} simulated rows of CSV (${megabytes(csv)} MB, in the page cache) as a new process and counts the hits of each channel
and, for each chamber, the orbits by their number of active channels. All of them find the same numbers. Peers: ${peerVersions()}, 2 threads each, as in \`bench/peers/\`.

${comparisonTable(comparison)}

### On its own

${ownTable()}

Steady state is the time of a large file (${megabytes(datLarge)} MB of words, ${megabytes(csvLarge)} MB of CSV) less that of the 5 million rows, so that the start of the process cancels out. Hits are rows that are published as
hits: 90 % of the simulated rows.
`;
writeSection('docs/benchmarks.md', 'direct', section);
console.log(section);

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

function ownTable(): string {
  const scaling = (states: typeof steadyDat): number =>
    states.two.rowsPerSecond.median / states.one.rowsPerSecond.median;
  const seconds = (name: string): number => comparison.programs.get(name)?.seconds.median ?? NaN;
  return markdownTable(
    ['', 'measured', 'bound'],
    [
      ['words in steady state, 2 threads: million hits/s', millions(steadyDat.two.hitsPerSecond), '≥ 20'],
      ['words in steady state, 1 thread: million hits/s', millions(steadyDat.one.hitsPerSecond), ''],
      ['CSV in steady state, 2 threads: million rows/s', millions(steadyCsv.two.rowsPerSecond), ''],
      ['CSV in steady state, 1 thread: million rows/s', millions(steadyCsv.one.rowsPerSecond), ''],
      ['words in steady state, 2 threads: ns of CPU a row', formatSpread(steadyDat.two.cpuNsPerRow, 0), ''],
      ['CSV in steady state, 2 threads: ns of CPU a row', formatSpread(steadyCsv.two.cpuNsPerRow, 0), ''],
      ['two threads against one, words in steady state', `${scaling(steadyDat).toFixed(2)} ×`, '≥ 1.6'],
      ['two threads against one, CSV in steady state', `${scaling(steadyCsv).toFixed(2)} ×`, '≥ 1.6'],
      [
        'two threads against one, 5 million rows with start-up',
        `${(seconds(oneThread) / seconds(twoThreads)).toFixed(2)} ×`,
        '',
      ],
      [
        `peak memory, ${megabytes(csvLarge)} MB of CSV, 2 threads`,
        `${Math.round(memoryBytes / million)} MB`,
        '< 300 MB',
      ],
    ],
  );
}

function millions({ median, min, max }: Spread): string {
  return formatSpread({ median: median / million, min: min / million, max: max / million }, 1);
}

function megabytes(file: string): number {
  return Math.round(statSync(file).size / million);
}
