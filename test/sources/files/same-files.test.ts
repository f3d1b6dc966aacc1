import assert from 'node:assert/strict';
import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { expandInputs } from '../../../src/sources/expand-inputs.js';
import { tempFolder } from '../temp-folder.js';

async function expanded(folder: string, inputs: readonly string[]): Promise<{ names: string[]; warnings: string[] }> {
  const warnings: string[] = [];
  const short = (text: string): string => text.replaceAll(`${folder}/`, '').replaceAll(folder, 'FOLDER');
  const warn = ({ message }: { message: string }): number => warnings.push(short(message));
  const files = await expandInputs(
    inputs.map((input) => join(folder, input)),
    { warn },
  );
  return { names: files.map(({ name }) => short(name)), warnings };
}

describe('a file with several names', () => {
  test('comes once, under its own name, of a directory', async (t) => {
    const folder = tempFolder(t, { 'runs/data_1.csv': '1', 'runs/data_2.csv': '2' });
    symlinkSync('data_2.csv', join(folder, 'runs/a_latest.csv'));
    assert.deepEqual(await expanded(folder, ['runs']), {
      names: ['runs/data_1.csv', 'runs/data_2.csv'],
      warnings: ['runs: a_latest.csv is data_2.csv, read once'],
    });
  });

  test('comes once of a glob through links of folders, also one that leads back', async (t) => {
    const folder = tempFolder(t, { 'runs/r1/a.csv': '1', 'runs/r2/b.csv': '2' });
    symlinkSync('r2', join(folder, 'runs/last'));
    symlinkSync('..', join(folder, 'runs/r1/up'));
    const { names, warnings } = await expanded(folder, ['runs/**/*.csv']);
    assert.deepEqual(names, ['runs/r1/a.csv', 'runs/r2/b.csv']);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /^runs\/\*\*\/\*\.csv: runs\/last\/b\.csv is runs\/r2\/b\.csv, read once/);
  });

  test('comes once by hard links, and one line tells of all', async (t) => {
    const folder = tempFolder(t, { 'runs/a.csv': '1' });
    for (let copy = 0; copy < 20; copy++) linkSync(join(folder, 'runs/a.csv'), join(folder, `runs/b_${copy}.csv`));
    assert.deepEqual(await expanded(folder, ['runs']), {
      names: ['runs/a.csv'],
      warnings: ['runs: b_0.csv is a.csv, read once; so are 19 more'],
    });
  });

  test('different files of the same content are not the same', async (t) => {
    const folder = tempFolder(t, { 'runs/a.csv': '1', 'runs/b.csv': '1' });
    assert.deepEqual(await expanded(folder, ['runs']), { names: ['runs/a.csv', 'runs/b.csv'], warnings: [] });
  });

  test('comes for every input that names it, and a warning says so', async (t) => {
    const folder = tempFolder(t, { 'runs/a.csv': '1', 'runs/b.csv': '2', 'c.csv': '3' });
    symlinkSync('runs/a.csv', join(folder, 'link.csv'));
    mkdirSync(join(folder, 'more'));
    linkSync(join(folder, 'c.csv'), join(folder, 'more/d.csv'));
    assert.deepEqual(await expanded(folder, ['runs', 'link.csv']), {
      names: ['runs/a.csv', 'runs/b.csv', 'link.csv'],
      warnings: ['runs/a.csv is named by more than one input and read each time: those hits count again'],
    });
    const { warnings } = await expanded(folder, ['c.csv', 'runs', 'more', 'runs/*.csv']);
    assert.deepEqual(warnings, [
      'c.csv and 2 more are named by more than one input and read each time: those hits count again',
    ]);
  });
});
