import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { csvHeader } from '../../../src/domain/hit.js';
import { type CliResult, assertFails, runCommand, startCli } from '../../helpers/program/cli.js';
import { textsOfLines, textsOfWords } from '../../pipeline/produce/rows.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { assertDone, assertProduced, openProduced, producedMessages, simulated } from './produced.js';

describe('dtstream produce', () => {
  test('writes each row of a file as a message of its text, by orbit to ten partitions', async (t) => {
    const rows = ['2,0,1,63,6,7', '2,0,2,64,6,7', '1,0,3,704,18504,-9', 'garbage', '2,0,4,65,6,7'];
    const folder = tempFolder(t, { 'run.csv': `${csvHeader}\r\n${rows.join('\r\n')}` });
    const result = await runCommand(['produce', 'run.csv'], { cwd: folder });
    assertDone(result);
    // A busy machine may be behind the rate, and says so before.
    assert.match(result.stderr, /^(?:dtstream: cannot keep up: [^\n]+\n)?dtstream: 5 rows in \d+\.\d s: achieved [\d.,]+ of 1,000 rows\/s requested \([\d.]+ %\)\n$/);
    const messages = await producedMessages(join(folder, '.dtstream'));
    assert.deepEqual(
      messages.map(({ partition, value, headers }) => [partition, value.toString(), headers]),
      [[0, rows[0]], [1, rows[1]], [1, rows[2]], [1, rows[3]], [1, rows[4]]].map((record) => [...record, { 'dt-orbit-block': '64' }]),
    );
  }); // prettier-ignore

  test('packs words, and words turned to text, as it is told', async (t) => {
    const words = await simulated(3000, 'words');
    const folder = tempFolder(t, { 'run.dat': words });
    const args = ['produce', 'run.dat', '--rate', 'max', '--partitions', '2', '--rows-per-message', '100', '--quiet'];
    for (const encoding of ['words', 'csv']) {
      const result = await runCommand([...args, '--store', encoding, '--encoding', encoding], { cwd: folder });
      assertDone(result);
      assert.equal(result.stderr, '');
      await assertProduced(folder, textsOfWords(words), encoding);
      const messages = await producedMessages(join(folder, encoding));
      assert.ok(Math.max(...messages.map(({ rows }) => rows.length)) === 100);
    }
  });

  test('simulates without an input what simulate writes', async (t) => {
    const folder = tempFolder(t);
    const sim = ['--sim', 'seed=3,dead=0:5,1:7', '--sim', 'malformed-share=0.1'];
    assertDone(await runCommand(['produce', '--rate', 'max', '--limit', '2k', ...sim], { cwd: folder }));
    const args = ['--seed', '3', '--malformed-share', '0.1', '--dead', '0:5,1:7'];
    assertDone(await runCommand(['simulate', '--rows', '2k', '--quiet', '--out', 'run.csv', ...args], { cwd: folder }));
    await assertProduced(folder, textsOfLines(readFileSync(join(folder, 'run.csv'))));
  });

  test('breaks what it simulates as simulate does, and says in the truth what was broken', async (t) => {
    const folder = tempFolder(t);
    const faults = ['--fault', 'dead:1:37@0.1', '--fault', 'restart@0.2'];
    const args = ['produce', '--rate', 'max', '--limit', '4k', '--quiet', '--truth', 'produced.jsonl', ...faults];
    assertDone(await runCommand(args, { cwd: folder }));
    assertDone(
      await runCommand(['simulate', '--rows', '4k', '--quiet', '--out', 'run.csv', ...faults], { cwd: folder }),
    );
    await assertProduced(folder, textsOfLines(readFileSync(join(folder, 'run.csv'))));
    const linesOf = (file: string): Record<string, unknown>[] =>
      readFileSync(join(folder, file), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const [produced, written] = ['produced.jsonl', 'run.csv.truth.jsonl'].map(linesOf);
    assert.equal(written.length, 3);
    assert.equal(produced.length, 3);
    assert.deepEqual(produced[0].faults, ['dead:1:37@0.1', 'restart@0.2']);
    for (const key of ['fault', 'args', 'row_first', 'orbit_first', 'at_s', 'expect', 'object']) {
      assert.deepEqual(produced.map((line) => line[key]), written.map((line) => line[key]), key); // prettier-ignore
    }
    assertFails(await runCommand(args, { cwd: folder }), 2, /produced\.jsonl/);
  });

  test('refuses faults of measured rows, and a truth without faults', async (t) => {
    const cwd = tempFolder(t, { 'run.csv': `${csvHeader}\n2,0,1,63,6,7\n` });
    const ofFile = await runCommand(['produce', 'run.csv', '--fault', 'dead:1:37@1'], { cwd });
    assertFails(ofFile, 2, /--fault applies to simulated rows only, got the input run\.csv as well/);
    assertFails(await runCommand(['produce', '--truth', 'a.jsonl'], { cwd }), 2, /--truth needs --fault/);
    const wrong = await runCommand(['produce', '--fault', 'dead:9:1@1'], { cwd });
    assertFails(wrong, 2, /--fault dead:9:1@1: chamber must be/);
  });

  test('says of flags of former versions once what they are now', async (t) => {
    const args = ['produce', '--rate', 'max', '--limit', '9', '--quiet', '--sim-seed', '3', '--sim-dead', '0:5'];
    const { code, stderr } = await runCommand(args, { cwd: tempFolder(t) });
    const line = 'dtstream: --sim-seed, --sim-dead: deprecated, use --sim seed=3,dead=0:5\n';
    assert.deepEqual([code, stderr], [0, line]);
  });

  test('says that messages nobody has read are gone, and process that it comes too late for them', async (t) => {
    const folder = tempFolder(t);
    const small = ['produce', '--rate', 'max', '--limit', '60k', '--partitions', '2', '--retention', '1MB', '--quiet'];
    const produced = await runCommand(small, { cwd: folder });
    const [, gone] = /^dtstream: ([\d,]+) messages of data_raw deleted: [^\n]+\n$/.exec(produced.stderr) ?? [];
    assert.ok(Number(gone?.replaceAll(',', '')) > 10_000, produced.stderr);
    const deletes = await runCommand([...small, '--store', 'other', '--retention-policy', 'delete'], { cwd: folder });
    assert.deepEqual([produced.code, deletes.code, deletes.stderr], [0, 0, '']);
    const args = ['process', '--until-end', '--lanes', '2', '--quiet'];
    const processed = await runCommand(args, { cwd: folder });
    const late = `dtstream: ${gone ?? ''} messages of data_raw were deleted by retention before group dtstream started\n`;
    assert.deepEqual([processed.code, processed.stderr], [0, late]);
    const latest = await runCommand([...args, '--group', 'other', '--from', 'latest'], { cwd: folder });
    const again = await runCommand(args, { cwd: folder });
    assert.deepEqual([latest.stderr, again.stderr], ['', '']);
  }); // prettier-ignore

  test('writes rows of a pipe as they come', async (t) => {
    const folder = tempFolder(t);
    const produced = await openProduced(t, folder);
    const running = startCli(['produce', '-', '--rate', '100k'], { cwd: folder });
    for (let row = 0; row < 3; row++) {
      running.child.stdin.write(`2,0,${row},5,6,7\n2,0,`);
      await produced.moreThan(2 * row);
      running.child.stdin.write(`${row},6,6,7\n`);
    }
    running.child.stdin.end('2,0,9,5,6');
    assertDone(await running.result());
    const rows = [0, 1, 2].flatMap((row) => [`2,0,${row},5,6,7`, `2,0,${row},6,6,7`]);
    await assertProduced(
      folder,
      [...rows, '2,0,9,5,6'].map((row) => row),
    );
  });

  test('loops with orbits that go on rising', async (t) => {
    const rows = Array.from({ length: 40 }, (_, row) => `2,0,1,${100 * row},6,7`);
    const folder = tempFolder(t, { 'run.csv': rows.join('\n') });
    assertDone(await runCommand(['produce', 'run.csv', '--loop', '--limit', '100', '--rate', 'max'], { cwd: folder }));
    const pass = (number: number): string[] => rows.map((_, row) => `2,0,1,${100 * row + number * (3900 + 4096)},6,7`);
    await assertProduced(folder, [...pass(0), ...pass(1), ...pass(2).slice(0, 20)]);
  });

  test('refuses what it cannot do, in one line', async (t) => {
    const folder = tempFolder(t, { 'run.csv': '2,0,1,5,6,7\n2,0,1,6,6,7\n', 'other.csv': '2,0,1,5,6,7\n' });
    const run = (...args: string[]): Promise<CliResult> => runCommand(['produce', ...args], { cwd: folder });
    assertFails(
      await run('--rate', '0'),
      2,
      /--rate must be a number of rows per second, such as 1000 or 10k, or max or detector, got 0/,
    );
    assertFails(await run('--sim', 'seed=x'), 2, /--sim seed must be a number, got seed=x/);
    assertFails(await run('run.csv', '--sim', 'seed=3'), 2, /--sim applies to simulated rows only/);
    assertFails(await run('run.csv', '--sim-seed', '3'), 2, /--sim-seed applies to simulated rows only/);
    assertFails(await run('--loop'), 2, /need an input/);
    assertFails(await run('-', '--resume'), 2, /--resume needs inputs that can be read again/);
    assertFails(await run('-', '--loop'), 2, /need files/);
    assertFails(await run('missing.csv'), 1, /cannot read missing\.csv: no such file or directory/);
    assertFails(await run('run.csv', '--topic', 'a/b'), 2, /name .* must be 1 to 249 of/);
    assertDone(await run('run.csv', '--rate', 'max', '--quiet'));
    writeFileSync(join(folder, 'run.csv'), readFileSync(join(folder, 'other.csv')));
    assertFails(
      await run('run.csv', '--resume', '--quiet'),
      1,
      /cannot resume .*run\.csv: its 2 rows must be unchanged/,
    );
    assertFails(await run('run.csv', '--resume', '--follow', '--quiet'), 1, /offset 12: it must be longer/);
  });
});
