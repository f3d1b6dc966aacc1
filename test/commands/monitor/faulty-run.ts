import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { runCli } from '../../helpers/program/cli.js';
import { readAll } from '../../sources/read-all.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { assertDone } from '../produce/produced.js';

/** Channels of the default geometry that give no row for a part of the rows. */
const faults = [
  { fpga: 0, channel: 101, from: 0.05, to: 0.4 },
  { fpga: 1, channel: 20, from: 0.15, to: 0.45 },
  { fpga: 0, channel: 30, from: 0.35, to: 1 },
  { fpga: 1, channel: 91, from: 0.25, to: 0.55 },
];
const rowCount = 400_000;

/** Simulated rows of a minute, in which channels fall silent and, most of them, come again. */
export async function faultyRows(): Promise<string> {
  const bytes = await readAll(openSimulator({ rows: rowCount, format: 'csv', seed: 5, noiseRateHz: 20 }));
  const [head, ...lines] = bytes.toString().trimEnd().split('\n');
  const kept = lines.filter((line, row) => {
    const [, fpga, channel] = line.split(',', 3).map(Number);
    const share = row / rowCount;
    return !faults.some((one) => one.fpga === fpga && one.channel === channel && share >= one.from && share < one.to);
  });
  return `${[head, ...kept].join('\n')}\n`;
}

/** The messages of these rows as lines, of a log with so many lanes. */
export async function faultyMessages(context: TestContext, lanes: number): Promise<string[]> {
  const cwd = tempFolder(context, { 'run.csv': await faultyRows() });
  const partitions = String(lanes);
  const store = ['--store', join(cwd, 'log'), '--quiet'];
  const commands = [
    ['produce', 'run.csv', '--rate', 'max', '--encoding', 'words', '--partitions', partitions],
    ['process', '--lanes', partitions, '--until-end', '--batch-rows', '2500', '--orbit-detail', 'none'],
  ];
  for (const command of commands) assertDone(await runCli([...command, ...store], { cwd }));
  const { stdout } = await runCli(['watch', '--json', '--until-end', ...store], { cwd });
  return stdout.trimEnd().split('\n');
}
