import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { startCli } from '../helpers/program/cli.js';
import { tempFolder } from '../sources/temp-folder.js';
import { assertShown, shownCommands } from './console.js';

const read = (page: string): string => readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8');
const readme = read('README.md');

describe('README.md', { skip: process.platform === 'win32' && 'its commands are for a POSIX shell' }, () => {
  it('shows what its commands print', async (t) => {
    const commands = shownCommands('README.md');
    assert.ok(commands.length >= 3);
    await assertShown(commands, tempFolder(t));
  });

  it('shows a line of three terminals that works', async (t) => {
    const block = /```sh\n(dtstream produce [^]*?)```/.exec(readme)?.[1] ?? '';
    const lines = block.trim().split('\n').map((line) => line.replace(/ +#.*$/, '').split(' ').slice(1)); // prettier-ignore
    assert.deepEqual(lines.map(([name]) => name), ['produce', 'process', 'watch']); // prettier-ignore
    const cwd = tempFolder(t);
    const running = lines.map((args) => startCli(args, { cwd }));
    for (const expected of [/^# group dtstream /, /^# since /, /dtstream\/0 #0 .* hits/])
      assert.match((await running[2].nextLine()) ?? 'no line', expected);
    for (const { child } of running) child.kill('SIGINT');
    const results = await Promise.all(running.map(({ result }) => result()));
    assert.deepEqual(results.map(({ code }) => code), [0, 0, 0]); // prettier-ignore
  });

  it('gives no ratio that the page it names does not have', () => {
    // Prettier may have changed the widths of the columns.
    const page = read('docs/benchmarks.md').replaceAll(/ +/g, ' ');
    const ratios = readme.match(/\d+(?:\.\d+)? ×/g) ?? [];
    assert.ok(ratios.length > 0);
    for (const ratio of ratios) assert.ok(page.includes(`| ${ratio} |`), ratio);
  });

  it('is read in one screen: at most 65 lines', () => {
    assert.ok(readme.trimEnd().split('\n').length <= 65);
  });
});
