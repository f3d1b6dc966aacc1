/**
 * Direct mode over the same rows in other dress, against other programs that are told how to read them. Writes its section
 * of docs/benchmarks.md; benchmarks/layouts/ has the forms of text.
 *
 * Usage: npm run bench:layouts [-- --rounds N --scale SHARE --page FILE]
 */
import { statSync } from 'node:fs';
import { type Comparison, comparePrograms, oneThread, twoThreads } from './direct/measurements.js';
import { installPeers, peerVersions } from './direct/peers.js';
import { boundedTable, type Figure, sayMissed } from './common/bounded-table.js';
import { environmentText } from './common/child-environment.js';
import { partFlags, runText } from './common/part-flags.js';
import { machineLine, markdownTable, writeSection } from './common/report-section.js';
import { simulatedFile } from './common/simulated-file.js';
import { formatSpread, type Spread, spreadOf } from './common/spread.js';
import { dressedFile } from './layouts/dressed-file.js';
import { type Dress, dresses } from './layouts/dresses.js';

interface Measured {
  readonly dress: Dress;
  readonly megabytes: number;
  readonly programs: Comparison['programs'];
}

const folder = 'build';
const flags = partFlags('layouts', 5);
const { rounds, scale } = flags;
const rows = 5_000_000 * scale;
const [duckdb, polars] = ['DuckDB', 'Polars'];

const machine = machineLine();
const peers = installPeers(folder).filter(({ name }) => name === duckdb || name === polars);
const canonical = await simulatedFile(folder, 'csv', rows);
const measured: Measured[] = [];
for (const dress of dresses) {
  process.stderr.write(`${dress.name} `);
  const file = await dressedFile(folder, canonical, rows, dress);
  const reading = ['--reading', JSON.stringify(dress.peers)];
  const told = peers.map(({ name, command }) => ({ name, command: [...command, ...reading] }));
  const { programs } = await comparePrograms(file, told, rounds, { flags: dress.flags });
  measured.push({ dress, megabytes: Math.round(statSync(file).size / 1e6), programs });
}
const figures = measured.flatMap(({ dress: { name, atLeast }, programs }): Figure[] =>
  atLeast === undefined
    ? []
    : [{ what: name, spread: spreadOf([ratio(programs, duckdb)]), digits: 1, unit: '×', bound: { atLeast } }],
);

const section = `## Text in other forms

${machine}
${runText(flags)}
${environmentText}

The same ${rows.toLocaleString('en-US')} simulated rows, written in other ways; every program starts as a new process, as in [direct mode](#direct-mode). dtstream finds out by itself how a file is to be read; the others are told its columns, its delimiter and what their numbers look like. All programs find the same numbers in every file. Peers: ${peerVersions()}, 2 threads each, as in \`benchmarks/peers/\`. Seconds, start included:

${markdownTable(
  ['text', 'MB', twoThreads, oneThread, duckdb, polars, `faster than ${duckdb} by`, `faster than ${polars} by`],
  measured.map(({ dress: { name }, megabytes, programs }) => [
    name,
    String(megabytes),
    ...[twoThreads, oneThread, duckdb, polars].map((program) => formatSpread(secondsOf(programs, program), 2)),
    ...[duckdb, polars].map((peer) => `${ratio(programs, peer).toFixed(1)} ×`),
  ]),
)}

${boundedTable(figures)}
`;
await writeSection(flags.page, 'layouts', section);
console.log(section);
sayMissed(figures);

function secondsOf(programs: Comparison['programs'], name: string): Spread {
  const program = programs.get(name);
  if (program === undefined) throw new Error(`${name} must have been run`);
  return program.seconds;
}

/** How many times faster than a peer. */
function ratio(programs: Comparison['programs'], peer: string): number {
  return secondsOf(programs, peer).median / secondsOf(programs, twoThreads).median;
}
