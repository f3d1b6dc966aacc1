import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { OutputFile } from '../../src/commands/flags/output-file.js';
import {
  assertFails,
  cliShellCommand,
  type CliResult,
  runCli,
  runCommand,
  startCli,
  summaryOf,
} from '../helpers/program/cli.js';
import { tempFolder, tempPipe } from '../sources/temp-folder.js';
import { testConsole } from '../helpers/program/test-process.js';

const header = 'HEAD,FPGA,TDC_CHANNEL,ORBIT_CNT,BX_COUNTER,TDC_MEAS\n';
const rows = `${header}2,0,1,5,3,4\n2,0,1\n`;

function inShell(line: string, cwd: string): Promise<CliResult> {
  return runCli(['-c', line], { command: ['sh'], cwd, env: { PATH: process.env.PATH ?? '' } });
}

/** Runs in a folder where `own.csv` is data, and asserts that it is whole afterwards. */
async function refuses(t: TestContext, args: readonly string[], message: RegExp): Promise<void> {
  const cwd = tempFolder(t, { 'own.csv': rows, 'runs/a.csv': rows, 'empty.csv': '' });
  symlinkSync('own.csv', join(cwd, 'link.csv'));
  linkSync(join(cwd, 'own.csv'), join(cwd, 'hard.csv'));
  assertFails(await runCommand(args, { cwd }), 2, message);
  for (const name of ['own.csv', 'runs/a.csv']) assert.equal(readFileSync(join(cwd, name), 'utf8'), rows);
}

describe('an output that is an input', { concurrency: 2 }, () => {
  const isInput = /: --rejected must not name an input, got /;
  for (const [title, args] of [
    ['the same path', ['own.csv', '--rejected', 'own.csv']],
    ['another spelling of the path', ['own.csv', '--rejected', './runs/../own.csv']],
    ['a link to it', ['own.csv', '--rejected', 'link.csv']],
    ['what a link leads to', ['link.csv', '--rejected', 'own.csv']],
    ['a hard link', ['own.csv', '--rejected', 'hard.csv']],
    ['a file of a directory', ['runs', '--rejected', 'runs/a.csv']],
    ['a file of a glob', ['runs/*.csv', '--rejected', 'runs/a.csv']],
    ['one of several', ['runs', 'own.csv', '--rejected', 'own.csv']],
    ['one that was to be overwritten', ['own.csv', '--rejected', 'own.csv', '--force']],
  ] as const) {
    test(`is refused before anything is opened: ${title}`, (t) => refuses(t, ['process', ...args], isInput));
  }

  test('is refused where the shell opened it: standard input, output and error', async (t) => {
    const cwd = tempFolder(t, { 'own.csv': rows, 'runs/log.txt': rows });
    const cli = cliShellCommand;
    assertFails(await inShell(`${cli} process - --rejected own.csv --force < own.csv`, cwd), 2, /got own\.csv \(the same file as stdin\)\n/);
    assertFails(await inShell(`${cli} process own.csv >> own.csv`, cwd), 2, /cannot read own\.csv: standard output is redirected to it\n/);
    assertFails(await inShell(`${cli} produce own.csv --summary >> own.csv`, cwd), 2, /standard output is redirected to it/);
    assert.equal(readFileSync(join(cwd, 'own.csv'), 'utf8'), rows);
    assert.equal((await inShell(`${cli} process runs 2> runs/log.txt`, cwd)).code, 2);
    assert.match(readFileSync(join(cwd, 'runs/log.txt'), 'utf8'), /standard error is redirected to it/);
  }); // prettier-ignore
});

describe('an output that is there', { concurrency: 2 }, () => {
  test('is not overwritten when it is of another kind', async (t) => {
    const swallowed = ['process', '--rejected', 'own.csv', 'runs/a.csv'];
    await refuses(t, swallowed, /: --rejected must name a new file or an earlier file of rejected rows, got own\.csv; use --force to overwrite it\n/);
    await refuses(t, ['simulate', '--rows', '9', '--out', 'own.csv'], /: --out must name a new or empty file, got own\.csv; use --force/);
    await refuses(t, ['simulate', '--rows', '9', '--out', 'link.csv'], /: --out must name a new or empty file, got link\.csv; use --force/);
    const cwd = tempFolder(t, { 'mine.svg': '<svg></svg>' });
    assertFails(await runCommand(['bench', '--plot', 'mine.svg'], { cwd }), 2, /: --plot must name a new file or an earlier file of dtstream plots, got mine\.svg/);
    assertFails(await runCommand(['bench', '--plot', 'gone/mine.svg'], { cwd }), 1, /: cannot write gone\/mine\.svg: gone: no such file or directory\n/);
  }); // prettier-ignore

  test('is overwritten when it is empty, of an earlier run, or with --force', async (t) => {
    const cwd = tempFolder(t, { 'own.csv': rows, 'empty.csv': '', 'notes.txt': 'something else that is longer\n'.repeat(9) });
    const expected = '{"source":"own.csv","line":3,"reason":"fields","row":"2,0,1"}\n';
    const outputs: readonly (readonly string[])[] = [['empty.csv'], ['new.ndjson'], ['new.ndjson'], ['notes.txt', '--force']];
    for (const [name, ...flags] of outputs) {
      const result = await runCommand(['process', 'own.csv', '--summary', '--rejected', name, ...flags], { cwd });
      assert.equal(result.code, 0, result.stderr);
      assert.equal(readFileSync(join(cwd, name), 'utf8'), expected);
    }
    for (const flags of [[], ['--force']]) {
      const result = await runCommand(['simulate', '--rows', '5', '--out', 'sim.csv', ...flags], { cwd });
      assert.equal(result.code, 0, result.stderr);
    }
  }); // prettier-ignore

  test('is known as rows that were rejected whatever they and their source are called', async (t) => {
    const cwd = tempFolder(t, { 'a"\\\n.csv': `${header}2,"${'x'.repeat(100_000)}\n` });
    for (let turn = 0; turn < 2; turn++) {
      const result = await runCommand(['process', 'a"\\\n.csv', '--summary', '--rejected', 'r'], { cwd });
      assert.equal(result.code, 0, result.stderr);
    }
  });
});

function replaced(path: string): void {
  rmSync(path);
  writeFileSync(path, 'other');
}

describe('an output that cannot be written', () => {
  test('is an error, and what was counted is still printed', async (t) => {
    const cwd = tempFolder(t, { 'own.csv': rows });
    const full = await runCommand(['process', 'own.csv', '--summary', '--rejected', '/dev/full'], { cwd });
    assert.equal(full.code, 1);
    assert.match(
      full.stderr,
      /^dtstream: own\.csv: 1 of 2 rows rejected [^\n]+\ndtstream: cannot write \/dev\/full: no space left on device\n$/,
    );
    assert.equal(summaryOf(full).ledger.rows_read, 2);
    assertFails(
      await runCommand(['simulate', '--rows', '9', '--out', '/dev/full'], { cwd }),
      1,
      /no space left on device\n/,
    );
  });

  test('is an error when it was removed or replaced meanwhile', async (t) => {
    const folder = tempFolder(t);
    const options = { flag: '--out', force: false, content: undefined, isOwn: () => false };
    const path = join(folder, 'a');
    for (const replace of [() => rmSync(path), () => replaced(path)]) {
      rmSync(path, { force: true });
      const file = await OutputFile.open(testConsole().console, { ...options, path });
      await file.write('some');
      replace();
      await assert.rejects(file.close(), { code: 'input', message: /cannot write .*a: removed or replaced/ });
    }
  });

  test('is waited for when it is a pipe without a reader, until a signal comes', async (t) => {
    const pipe = tempPipe(t);
    const cwd = tempFolder(t, { 'own.csv': rows });
    const running = startCli(['process', 'own.csv', '--rejected', pipe], { cwd });
    await new Promise<void>((resolve) => {
      running.child.stderr.on('data', (text: string) => text.includes('waiting for a reader') && resolve());
    });
    running.child.kill('SIGTERM');
    const { code, signal } = await running.result();
    assert.deepEqual([code, signal], [1, null]);
    const read = inShell(`cat '${pipe}'`, cwd);
    assert.equal((await runCommand(['process', 'own.csv', '--rejected', pipe], { cwd })).code, 0);
    assert.match((await read).stdout, /^\{"source":"own\.csv","line":3/);
  });

  test('has a name in UTF-8, for the one that was meant cannot be told', async (t) => {
    const cwd = tempFolder(t, { 'own.csv': rows });
    execFileSync('sh', ['-c', 'cp own.csv "$(printf \'run_\\377.csv\')"'], { cwd });
    const result = await inShell(`${cliShellCommand} process own.csv --rejected "$(printf 'run_\\377.csv')"`, cwd);
    assertFails(result, 2, /--rejected must be a UTF-8 name/);
  });
});
