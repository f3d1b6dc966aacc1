import { appendFileSync, copyFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { assertFails, type CliResult, runCommand } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { assertDone, assertProduced } from './produced.js';

const row = (channel: number): string => `2,0,${channel},5,6,7`;
const lines = (...channels: readonly number[]): string => channels.map((channel) => `${row(channel)}\n`).join('');

/** More rows than a content name has bytes. */
const many = Array.from({ length: 6000 }, (_, index) => index % 128);

interface Place {
  readonly folder: string;
  readonly path: (name: string) => string;
  readonly produce: (...args: string[]) => Promise<CliResult>;
}

function place(t: TestContext, files: Readonly<Record<string, string>>): Place {
  const folder = tempFolder(t, files);
  return {
    folder,
    path: (name) => join(folder, name),
    produce: (...args) => runCommand(['produce', ...args, '--rate', 'max', '--quiet'], { cwd: folder }),
  };
}

describe('produce of files that the topic holds', () => {
  test('is refused under any spelling, as a link, a copy and as part of other inputs, before a row is written', async (t) => {
    const { folder, path, produce } = place(t, { 'runs/run_1.csv': lines(1, 2), 'runs/run_2.csv': lines(3) });
    assertDone(await produce('runs'));
    symlinkSync('runs', path('link'));
    symlinkSync('runs/run_2.csv', path('link.csv'));
    copyFileSync(path('runs/run_1.csv'), path('copy.csv'));
    for (const input of ['runs', './runs/', 'link', path('runs'), `file://${path('runs')}`]) {
      const rule = /data_raw holds 1 row of \S+run_2\.csv already: --resume continues after them, --again writes them/;
      assertFails(await produce(input), 2, rule);
    }
    const held =
      /data_raw holds the rows of \S*(run_1|copy)\.csv already( \(written as \S+run_1\.csv\))?: --again writes/;
    for (const input of ['runs/run_1.csv', 'link/run_1.csv', 'copy.csv']) {
      for (const flags of [[], ['--resume']]) assertFails(await produce(input, ...flags), 2, held);
    }
    assertFails(
      await produce('link.csv', '--resume'),
      2,
      /holds 1 row of link\.csv already \(written as \S+run_2\.csv\)/,
    );
    writeFileSync(path('new.csv'), lines(4));
    assertFails(await produce('new.csv', 'copy.csv'), 2, held);
    await assertProduced(folder, [1, 2, 3].map(row));
    assertDone(await produce('copy.csv', '--again'));
    assertDone(await produce('new.csv'));
    await assertProduced(folder, [1, 2, 3, 1, 2, 4].map(row));
  });

  test('is refused when the file has grown, and not when another one has its path', async (t) => {
    for (const channels of [[1, 2], many]) {
      const { folder, path, produce } = place(t, { 'run.csv': lines(...channels) });
      assertDone(await produce('run.csv', '--rows-per-message', '1000'));
      appendFileSync(path('run.csv'), lines(9));
      assertFails(await produce('run.csv'), 2, /holds [\d,]+ rows of run\.csv already: --resume continues/);
      assertDone(await produce('run.csv', '--resume'));
      writeFileSync(path('run.csv'), lines(7, ...channels));
      assertDone(await produce('run.csv', '--limit', '1'));
      await assertProduced(folder, [...channels, 9, 7].map(row));
    }
  });

  test('continues with --resume after files were moved, and after they were moved back', async (t) => {
    const { folder, path, produce } = place(t, { 'runs/run_1.csv': lines(1), 'runs/run_2.csv': lines(2, 3, 4, 5) });
    assertDone(await produce('runs', '--limit', '2'));
    renameSync(path('runs'), path('moved'));
    assertDone(await produce('moved', '--resume', '--limit', '3'));
    assertFails(await produce('moved'), 2, /--resume continues after them/);
    renameSync(path('moved/run_2.csv'), path('moved/run_3.csv'));
    assertDone(await produce('moved', '--resume', '--limit', '4'));
    renameSync(path('moved'), path('runs'));
    writeFileSync(path('runs/run_4.csv'), lines(6));
    assertDone(await produce('runs', '--resume'));
    await assertProduced(folder, [1, 2, 3, 4, 5, 6].map(row));
  });

  test('is refused for a file that a resumed folder has got, and that came from another input', async (t) => {
    const { folder, path, produce } = place(t, { 'runs/run_1.csv': lines(1), 'other.csv': lines(2) });
    assertDone(await produce('runs'));
    assertDone(await produce('other.csv'));
    renameSync(path('other.csv'), path('runs/run_2.csv'));
    assertFails(
      await produce('runs', '--resume'),
      2,
      /holds 1 row of runs\/run_2\.csv already \(written as \S+other\.csv\): --again/,
    );
    assertDone(await produce('runs', '--resume', '--again'));
    await assertProduced(folder, [1, 2, 2].map(row));
  });

  test('is meant with --loop, from standard input and for simulated rows', async (t) => {
    const { folder, produce } = place(t, { 'run.csv': lines(1, 2) });
    for (let time = 0; time < 2; time++) {
      assertDone(await produce('run.csv', '--loop', '--limit', '2'));
      assertDone(await produce('--limit', '2', '--topic', 'simulated'));
    }
    await assertProduced(folder, [1, 2, 1, 2].map(row));
  });
});
