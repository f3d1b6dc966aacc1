import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  assertFails,
  cliShellCommand,
  type CliResult,
  runCli,
  runCommand,
  startCli,
  summaryOf,
} from '../../helpers/program/cli.js';
import { tempFolder, tempPipe } from '../../sources/temp-folder.js';
import { Produced, producedMessages } from '../produce/produced.js';

const header = 'HEAD,FPGA,TDC_CHANNEL,ORBIT_CNT,BX_COUNTER,TDC_MEAS\n';
const row = '2,0,1,5,3,4\n';

function inShell(line: string, cwd: string): Promise<CliResult> {
  return runCli(['-c', line], { command: ['sh'], cwd, env: { PATH: process.env.PATH ?? '' } });
}

function rowsOf(result: CliResult): number {
  assert.equal(result.code, 0, result.stderr);
  return summaryOf(result).ledger.rows_read;
}

describe('standard input', { concurrency: 2 }, () => {
  test('that is a directory is an error', async (t) => {
    const cwd = tempFolder(t);
    const line = `${cliShellCommand} process - < .`;
    assertFails(await inShell(line, cwd), 1, /: cannot read stdin: it must be a file or a pipe, got a directory\n/);
  });

  test('that is closed or the null device is said to be', async (t) => {
    const cwd = tempFolder(t);
    for (const input of ['<&-', '</dev/null']) {
      const result = await inShell(`${cliShellCommand} process - --summary ${input}`, cwd);
      assert.equal(rowsOf(result), 0);
      assert.match(result.stderr, /^dtstream: stdin: closed or \/dev\/null, nothing to read\n$/);
    }
  });

  test('that is a file is read from where it stands', async (t) => {
    const cwd = tempFolder(t, { 'a.csv': header + row.repeat(5) });
    const result = await inShell(`(read line; ${cliShellCommand} process - --summary) < a.csv`, cwd);
    assert.equal(rowsOf(result), 5);
  });
});

describe('a pipe', { concurrency: 2 }, () => {
  for (const [command, ...flags] of [['process'], ['produce', '--rate', 'max']]) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      test(`without a writer is said by ${command}, and left at once on ${signal}`, async (t) => {
        const running = startCli([command, tempPipe(t), ...flags], { cwd: tempFolder(t) });
        await new Promise<void>((resolve) => {
          running.child.stderr.on('data', (text: string) => text.includes('waiting for a writer of pipe') && resolve());
        });
        running.child.kill(signal);
        const result = await running.result();
        assert.deepEqual([result.code, result.signal], [0, null], result.stderr);
      });
    }
  }

  test('gives what its first writer writes, and then ends', async (t) => {
    const pipe = tempPipe(t);
    const running = startCli(['process', pipe, '--summary']);
    createWriteStream(pipe).end(header + row.repeat(1000));
    assert.equal(rowsOf(await running.result()), 1000);
  });

  test('of the shell is read, also when its writer has gone before', async (t) => {
    const cwd = tempFolder(t, { 'a.csv': header + row.repeat(7) });
    const line = `${cliShellCommand} process <(cat a.csv) <(sleep 0.2; cat a.csv) --summary`;
    assert.equal(
      rowsOf(await runCli(['-c', line], { command: ['bash'], cwd, env: { PATH: process.env.PATH ?? '' } })),
      14,
    );
    assert.equal(rowsOf(await inShell(`cat a.csv | ${cliShellCommand} process /dev/stdin --summary`, cwd)), 7);
  });
});

describe('a file name that is not UTF-8', () => {
  test('is read from a directory, a glob, a URL and by itself, and shown escaped', async (t) => {
    const cwd = tempFolder(t, { 'runs/ok.csv': header + row });
    execFileSync('sh', ['-c', 'printf "2,0,1\\n2,0,1,5,3,4\\n" > "$(printf \'runs/run_\\377.csv\')"'], { cwd });
    const name = '"$(printf \'runs/run_\\377.csv\')"';
    for (const [input, rows] of [
      ['runs', 3],
      [`'runs/*.csv'`, 3],
      [name, 2],
      ['file:runs/run_%ff.csv', 2],
    ] as const) {
      const result = await inShell(`${cliShellCommand} process ${input} --summary --rejected rejected --quiet`, cwd);
      assert.equal(rowsOf(result), rows, input);
      assert.match(readFileSync(join(cwd, 'rejected'), 'utf8'), /"source":"runs\/run_\\\\xff\.csv"/);
    }
    const produced = await inShell(`${cliShellCommand} produce runs --rate max --resume`, cwd);
    assert.equal(produced.code, 0, produced.stderr);
    assert.equal((await producedMessages(join(cwd, '.dtstream'))).length, 3);
    const again = await inShell(`${cliShellCommand} produce runs --rate max --resume`, cwd);
    assert.match(again.stderr, /: 0 rows/);
  });

  test('is an error where it stands for several', async (t) => {
    const cwd = tempFolder(t);
    execFileSync('sh', ['-c', 'touch "$(printf \'r\\377\')" "$(printf \'r\\376\')"'], { cwd });
    const result = await inShell(`${cliShellCommand} process "$(printf 'r\\377')"`, cwd);
    assertFails(result, 1, /the name is not UTF-8 and matches several files: r\\x.., r\\x..\n/);
  });
});

describe('a hole of zero bytes', () => {
  const hole = '\0'.repeat(3 << 20);
  const bytes = Buffer.from(`${header}${row.repeat(10)}2,0,7${hole}${row.repeat(10)}`);

  test('is one rejected row with the line before it, of a file and of a pipe', async (t) => {
    const cwd = tempFolder(t, { 'a.csv': bytes });
    for (const [input, stdin] of [['a.csv'], ['-', bytes]] as const) {
      const args = ['process', input, '--summary', '--rejected', 'rejected'];
      const result = await runCli(args, { cwd, ...(stdin && { stdin }) });
      assert.equal(rowsOf(result), 21);
      const {
        line,
        reason,
        row: text,
      } = JSON.parse(readFileSync(join(cwd, 'rejected'), 'utf8')) as { line: number; reason: string; row: string };
      assert.deepEqual([line, reason, text], [12, 'fields', `2,0,7${'\0'.repeat(4096)}`]);
    }
  });

  test('is written to the log as one row, and a run goes on after it', async (t) => {
    const cwd = tempFolder(t, { 'a.csv': bytes });
    const args = ['produce', 'a.csv', '--rate', 'max', '--quiet', '--resume'];
    for (const limit of ['5', '11', '15', '21']) {
      const result = await runCommand([...args, '--limit', limit], { cwd });
      assert.deepEqual([result.code, result.stderr.replace(/.*starting at its first row\n/, '')], [0, '']);
    }
    const rows = (await producedMessages(join(cwd, '.dtstream'))).flatMap((message) => message.rows);
    assert.deepEqual([rows.length, rows.filter((text) => text.includes('\0')).length], [21, 1]);
  });

  test('left where a followed file was emptied under its writer ends nothing', async (t) => {
    const cwd = tempFolder(t);
    mkdirSync(join(cwd, 'logs'));
    const path = join(cwd, 'logs/live.csv');
    const start = header + row.repeat(100);
    writeFileSync(path, start);
    const produced = await Produced.open(join(cwd, '.dtstream'));
    t.after(() => produced.close());
    const running = startCli(['produce', 'logs/live.csv', '--follow', '--rate', 'max'], { cwd });
    await produced.moreThan(99);
    // The file is emptied, and its writer goes on where it was.
    writeFileSync(path, '\0'.repeat(start.length + 2_000_000) + row.repeat(50));
    await produced.moreThan(150);
    running.child.kill('SIGTERM');
    const result = await running.result();
    assert.equal(result.code, 0, result.stderr);
    const rows = (await produced.all()).flatMap((message) => message.rows);
    assert.deepEqual([rows.length, rows.filter((text) => text.includes('\0')).length], [151, 1]);
  });
});
