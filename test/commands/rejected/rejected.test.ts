import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assertFails, runCommand, startCli } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';

const row = (orbit: number, head = 'HEAD'): string =>
  JSON.stringify({ [head]: 2, FPGA: 0, TDC_CHANNEL: 1, ORBIT_CNT: orbit, BX_COUNTER: 3, TDC_MEAS: '4.5' });

/** The only kind that each rule should give, as `--json` prints it. */
interface Kinds {
  readonly rows: number;
  readonly kinds: readonly {
    readonly reason: string;
    readonly rule: string;
    readonly rows: number;
    readonly examples: readonly { readonly row?: string; readonly hex?: string; readonly offset: number }[];
  }[];
}

describe('dtstream rejected', () => {
  it('lists rules with counts, examples and places; rows that are JSON objects are hits', async (t) => {
    const cwd = tempFolder(t);
    const bad = ['2,0,1,2,3', '2,0,1,x,3,4', '2,0,1,y,3,4', row(7, 'HED'), 'a\x01b', '2,9,1,1,1,1'];
    const good = Array.from({ length: 20 }, (_, index) => row(index));
    writeFileSync(join(cwd, 'rows.ndjson'), `${[...good, ...bad].join('\n')}\n`, 'latin1');
    const produce = ['produce', 'rows.ndjson', '--partitions', '1', '--rate', 'max', '--quiet'];
    assert.equal((await runCommand(produce, { cwd })).code, 0);
    assertFails(await runCommand(['rejected'], { cwd }), 1, /data_rejected/);
    assert.equal((await runCommand(['process', '--until-end', '--quiet'], { cwd })).code, 0);
    const report = JSON.parse((await runCommand(['rejected', '--json', '--examples', '1'], { cwd })).stdout) as Kinds;
    assert.equal(report.rows, bad.length);
    const found = report.kinds.map(({ reason, rule, rows, examples: [{ row: text, hex, offset }] }) => [reason, rule.slice(0, 40), rows, text ?? hex, offset]);
    assert.deepEqual(found, [
      ['number', 'field 4 (ORBIT_CNT) must be a number', 2, bad[1], 21],
      ['fields', '5 fields, must be 6', 1, bad[0], 20],
      ['fields', 'an object must have HEAD, FPGA, TDC_CHAN', 1, bad[3], 23],
      ['fields', '3 bytes, a word has 8', 1, '610162', 24],
      ['range', 'field 2 (FPGA) must be a whole number fr', 1, bad[5], 25],
    ]);
    const text = (await runCommand(['rejected'], { cwd })).stdout;
    assert.match(text, /^6 rejected rows of group dtstream in data_rejected of embedded log \.dtstream, stored from 20/);
    assert.match(text, /\n {2}2 rows \(33\.3 %\), number: field 4 \(ORBIT_CNT\) must be a number\n {4}0:21 line 1 {2}"2,0,1,x,3,4"\n/);
    const later = (await runCommand(['rejected', '--from', '2999-01-01'], { cwd })).stdout;
    assert.equal(later, 'no rejected rows in data_rejected of embedded log .dtstream\n');
    const { stdout } = await runCommand(['verify'], { cwd });
    assert.match(stdout, /^equal over 26 rows/);
  }); // prettier-ignore

  it('counts the rows of one group, where several have stored them', async (t) => {
    const cwd = tempFolder(t, { 'rows.csv': `${row(1)}\n2,0,1,2,3\n` });
    assert.equal((await runCommand(['produce', 'rows.csv', '--rate', 'max', '--quiet'], { cwd })).code, 0);
    const rejected = (...flags: string[]) => runCommand(['rejected', ...flags], { cwd });
    const process = (...flags: string[]) => runCommand(['process', '--until-end', ...flags], { cwd });
    assert.equal((await process('--quiet')).code, 0);
    assert.match((await rejected()).stdout, /^1 rejected row of group dtstream in data_rejected /);
    const second = await process('--group', 'dtstrem');
    const line = 'group dtstrem is new and reads topic data_raw from the first row; group dtstream has read all of it';
    assert.ok(second.stderr.startsWith(`dtstream: ${line}\n`), second.stderr);
    assertFails(await rejected(), 2, /several groups publish here \(dtstream, dtstrem\): choose one with --group/);
    const report = JSON.parse((await rejected('--group', 'dtstrem', '--json')).stdout) as object;
    assert.deepEqual(
      { ...report, ...{ kinds: [], first_stored: '', last_stored: '' } },
      {
        ...{ log: 'embedded log .dtstream', topic: 'data_rejected', group: 'dtstrem', rows: 1, without_group: 0 },
        ...{ deleted: 0, whole: true, kinds: [], first_stored: '', last_stored: '' },
      },
    );
    assert.equal(
      (await rejected('--group', 'other')).stdout,
      'no rejected rows of group other in data_rejected of embedded log .dtstream; there are rows of: dtstream, dtstrem\n',
    );
    // It is new no longer.
    assert.doesNotMatch((await process('--group', 'dtstrem')).stderr, /is new/);
  });

  it('is named by a process that has read a thousand rows without a hit, with a row and its reason', async (t) => {
    const cwd = tempFolder(t);
    const rows = Array.from({ length: 1200 }, (_, index) => row(index, 'HED'));
    writeFileSync(join(cwd, 'rows.ndjson'), `${rows.join('\n')}\n`);
    const produce = ['produce', 'rows.ndjson', '--input-format', 'csv', '--partitions', '1', '--rate', 'max', '--quiet'];
    assert.equal((await runCommand(produce, { cwd })).code, 0);
    const running = startCli(['process', '--quiet'], { cwd });
    running.child.stdin.end();
    await once(running.child.stderr, 'data');
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.result();
    assert.equal(code, 0);
    assert.match(stderr, /read 1,200 rows and no hit: 1,200 rejected \(not six fields\); the first rejected row \(partition 0, offset 0, line 1\): an object must have HEAD, .* missing: HEAD; dtstream rejected lists more\n$/);
  }); // prettier-ignore
});
