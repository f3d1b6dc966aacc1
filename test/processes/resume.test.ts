import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openSimulator } from '../../src/sources/simulator/simulator.js';
import { assertDone, assertProduced, openProduced, simulated } from '../commands/produce/produced.js';
import { assertFails, runCli, type RunningCli, startCli } from '../helpers/program/cli.js';
import { textsOfLines, textsOfWords } from '../pipeline/produce/rows.js';
import { readAll } from '../sources/read-all.js';
import { tempFolder } from '../sources/temp-folder.js';

async function kill({ child }: RunningCli, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

describe('dtstream produce --resume, killed', () => {
  for (const [what, name, format] of [
    ['a file of lines', 'run.csv', 'csv'],
    ['a packed file', 'run.csv.gz', 'csv'],
    ['words', 'run.dat', 'words'],
  ] as const) {
    test(`goes on after kill -9 with ${what}: no row is lost or repeated`, async (t) => {
      const bytes = await simulated(40_000, format);
      const folder = tempFolder(t, { [name]: name.endsWith('.gz') ? gzipSync(bytes) : bytes });
      const produced = await openProduced(t, folder);
      const args = ['produce', name, '--resume', '--rate', '50k', '--linger', '1ms', '--encoding', 'words'];
      let written = 0;
      for (let round = 0; round < 3; round++) {
        const running = startCli(args, { cwd: folder });
        written = await produced.moreThan(written);
        await kill(running, 'SIGKILL');
      }
      const result = await runCli(args, { cwd: folder });
      assertDone(result);
      assert.match(result.stderr, /, [\d,]+ rows were written before\n$/);
      await assertProduced(folder, format === 'csv' ? textsOfLines(bytes) : textsOfWords(bytes));
    });
  }

  test('is refused while another one writes the input, which comes once', async (t) => {
    const bytes = await simulated(30_000, 'csv');
    const folder = tempFolder(t, { 'run.csv': bytes });
    const produced = await openProduced(t, folder);
    const args = ['produce', 'run.csv', '--resume', '--linger', '1ms', '--encoding', 'words'];
    const first = startCli([...args, '--rate', '3k'], { cwd: folder });
    await produced.moreThan(0);
    const second = await runCli([...args, '--rate', 'max'], { cwd: folder });
    assertFails(second, 1, new RegExp(`another produce is writing this input \\(process ${first.child.pid}\\)`));
    first.child.stdin.end();
    assertDone(await first.result());
    await assertProduced(folder, textsOfLines(bytes));
  });

  test('goes on after kill -9 with the simulator, up to its limit over all', async (t) => {
    const folder = tempFolder(t);
    const produced = await openProduced(t, folder);
    const args = ['produce', '--resume', '--rate', '50k', '--linger', '1ms', '--limit', '30k'];
    const first = startCli(args, { cwd: folder });
    await produced.moreThan(0);
    await kill(first, 'SIGKILL');
    assertDone(await runCli(args, { cwd: folder }));
    await assertProduced(folder, textsOfLines(await readAll(openSimulator({ rows: 30_000 }))));
    const again = await runCli(args, { cwd: folder });
    assertDone(again);
    const lines = ['resuming after row 30,000', '0 rows in 0.0 s, 30,000 rows were written before'];
    assert.equal(again.stderr, lines.map((line) => `dtstream: ${line}\n`).join(''));
  });
});
