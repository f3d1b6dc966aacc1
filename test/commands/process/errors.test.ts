import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { simulateRows } from '../../../src/sources/simulator/simulator.js';
import { encodeWord, wordBytes } from '../../../src/domain/word.js';
import { assertFails, cliCommand, messagesOf, runCli, runCommand, summaryOf } from '../../helpers/program/cli.js';
import { assertMessageLaws } from '../../helpers/assert/message-laws.js';

const header = 'HEAD,FPGA,TDC_CHANNEL,ORBIT_CNT,BX_COUNTER,TDC_MEAS\n';

/** Simulated hits as words. */
function simulatedWords(count: number): Buffer {
  const bytes = Buffer.alloc(count * wordBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (const row of simulateRows({ rows: count, ancillaryShare: 0 })) {
    if ('malformed' in row) continue;
    encodeWord(row, view, at);
    at += wordBytes;
  }
  return bytes;
}

describe('dtstream process, used wrongly or given what it cannot read,', { concurrency: 2 }, () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dtstream-errors-'));
    writeFileSync(path('good.csv'), `${header}2,0,1,5,3,4\n`);
    writeFileSync(path('lacks.csv'), 'HEAD,FPGA,TDC_CHANNEL,ORBIT_CNT,BX_COUNTER\n2,0,1,2,3\n');
    writeFileSync(path('packed.csv'), 'PK\x03\x04 and so on');
    writeFileSync(path('fake.csv.gz'), 'this is no gzip');
    writeFileSync(path('long.csv'), header + '7'.repeat(5 << 20));
    writeFileSync(path('bad.yaml'), 'geometry:\n  chambers: []\n');
    writeFileSync(path('wide.bin'), Buffer.from(`\ufeff${header}`, 'utf16le'));
    mkdirSync(path('empty'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const failures: readonly [title: string, args: readonly string[], code: 1 | 2 | 3, line: RegExp][] = [
    ['an unknown command', ['proces'], 2, /: unknown command 'proces' \(did you mean process\?\)\n/],
    [
      'an unknown flag',
      ['process', 'good.csv', '--thread', '2'],
      2,
      /: unknown option '--thread' \(did you mean --threads\?\)\n/,
    ],
    [
      '--threads 0',
      ['process', 'good.csv', '--threads', '0'],
      2,
      /: --threads must be a whole number from 1 to 256, got 0/,
    ],
    ['a flag without its value', ['process', '--shards'], 2, /: option '--shards <n>' argument missing\n/],
    ['an unknown flag like one that forgets', ['process', '--resets'], 2, /^dtstream: unknown option '--resets'\n$/],
    ['a number in words', ['process', 'good.csv', '--batch-rows', '1e-3'], 2, /: --batch-rows must be .* got 1e-3\n/],
    [
      "Kafka's own word for brokers",
      ['topics', '--bootstrap-server', 'nobody'],
      2,
      /: --brokers must be .* got nobody\n/,
    ],
    [
      'an unknown choice',
      ['process', 'good.csv', '--orbit-detail', 'all'],
      2,
      /must be one of auto, full, none, got all\n/,
    ],
    [
      'a flag about the log with an input',
      ['process', 'good.csv', '--from', 'latest'],
      2,
      /: --from must not be used with an input/,
    ],
    ['a flag about the input without one', ['process', '--input-format', 'dat'], 2, /: --input-format needs an input/],
    ['a group without a name', ['process', '--group', ''], 2, /: --group must be 1 to 200 characters .*, got \n/],
    [
      'the end of a log that is not there',
      ['process', '--until-end', '--store', 'nolog'],
      1,
      /: cannot open nolog: there is no log yet/,
    ],
    [
      'the recount of a log that is not there',
      ['verify', '--store', 'nolog'],
      3,
      /: cannot open nolog: there is no log yet/,
    ],
    [
      'rows where process publishes',
      ['produce', 'good.csv', '--topic', 'data_clean', '--store', 'nolog'],
      2,
      /: --topic must not be a topic that process publishes to, got data_clean\n/,
    ],
    [
      'a port that is none',
      ['process', '--brokers', '127.0.0.1:99999'],
      2,
      /: --brokers must be host:port, .* got 127.0.0.1:99999\n/,
    ],
    [
      'two logs at once',
      ['process', '--brokers', '127.0.0.1:1', '--store', 'nolog'],
      2,
      /'--brokers <host:port,…>' cannot be used with option '--store <dir>'\n/,
    ],
    ['text as UTF-16', ['process', 'wide.bin'], 1, /: cannot read wide.bin: line 1: .* begins as UTF-16\n/],
    ['a packed file with a name of text', ['process', 'packed.csv'], 1, /: cannot read packed.csv: .* zip archive\n/],
    ['a missing file', ['process', 'absent.dat'], 1, /: cannot read absent.dat: no such file or directory\n/],
    ['a missing file among others', ['process', 'good.csv', 'absent.dat'], 1, /: cannot read absent.dat: no such file/],
    ['a glob without a match', ['process', 'no*.dat'], 1, /: cannot read no\*.dat: no file matches\n/],
    [
      'a directory without data',
      ['process', 'empty'],
      1,
      /: cannot read empty: .* holds no .csv, .tsv, .txt or .dat file, plain, /,
    ],
    [
      'a header that lacks a column',
      ['process', 'lacks.csv'],
      1,
      /: cannot read lacks.csv: line 1: .* missing: TDC_MEAS\n/,
    ],
    ['a .gz that is none', ['process', 'fake.csv.gz'], 1, /: cannot read fake.csv.gz: offset 0: .* must begin as gzip/],
    [
      'a line without an end',
      ['process', 'long.csv', '--quiet'],
      1,
      /: cannot read long.csv: at offset \d+: a line must be shorter than \d+ bytes\n/,
    ],
    [
      'a wrong config',
      ['process', 'good.csv', '--config', 'bad.yaml'],
      1,
      /: cannot use bad.yaml:2:13: geometry.chambers: /,
    ],
    [
      'a config that is missing',
      ['process', 'good.csv', '--config', 'a.yaml'],
      1,
      /: cannot read a.yaml: no such file/,
    ],
    [
      'a --rejected file that cannot be',
      ['process', 'good.csv', '--rejected', 'empty'],
      1,
      /: cannot write empty: illegal operation on a directory\n/,
    ],
  ];
  for (const [title, args, code, line] of failures) {
    it(`says so in one line: ${title}`, async () => {
      const result = await runCommand(args, { cwd: folder });
      assertFails(result, code, line);
      assert.equal(result.stdout, '');
    });
  }

  it('says that there is no topic to read to its end, rather than wait for it', async () => {
    const make = await runCommand(['produce', 'good.csv', '--store', 'log', '--topic', 'other', '--quiet'], {
      cwd: folder,
    });
    assert.deepEqual([make.code, make.stderr], [0, '']);
    const result = await runCommand(['process', '--until-end', '--store', 'log'], { cwd: folder });
    assertFails(result, 1, /: cannot process data_raw of embedded log log: the topic does not exist/);
  });

  it('keeps the whole words of a .dat that ends within one, and says what it left out', async () => {
    writeFileSync(path('cut.dat'), simulatedWords(1000).subarray(0, 999 * wordBytes + 3));
    const result = await runCommand(['process', 'cut.dat', '--summary'], { cwd: folder });
    assert.equal(
      result.stderr,
      'dtstream: cut.dat: 3 bytes at offset 7992 are not a whole 8-byte word and were left out\n',
    );
    assert.equal(result.code, 0);
    assert.equal(summaryOf(result).ledger.rows_read, 999);
  });

  it('names the HEAD that hits had to have', async () => {
    const { stderr } = await runCli(['process', '-', '--head', '4', '--summary'], { stdin: '2,0,1,5,3,4\n' });
    assert.match(stderr, /^dtstream: stdin: read 1 row and no hit: 1 dropped \(HEAD is not 4\)/);
  });

  it('warns when no row is a hit, and says what became of them', async () => {
    const rows = ['1,0,1,5,3,4', '3,0,1,5,3,4', '2,4,1,5,3,4', '2,1,128,5,3,4', '2,0', '2,0,x,5,3,4', '2,9,1,5,3,4'];
    const stdin = `${header}${rows.join('\n')}\n`;
    const warned = await Promise.all([
      runCli(['process', '-', '--summary', '--quiet'], { stdin }),
      runCli(['process', '-', '--quiet'], { stdin }),
    ]);
    for (const { code, stderr } of warned) {
      assert.match(stderr, /^dtstream: stdin: read 7 rows and no hit: 2 dropped \(HEAD is not 2\), [^\n]+\n$/);
      assert.match(
        stderr,
        /, 1 rejected \(not six fields\), 1 rejected \(a field is not a number\), 1 rejected \(value out of range\); first line 6: /,
      );
      assert.match(stderr, /; if its hits have another HEAD, set --head \(/);
      assert.equal(code, 0);
    }
    const hit = await runCli(['process', '-', '--summary'], { stdin: `${stdin}2,0,1,5,3,4\n` });
    assert.equal(hit.code, 0);
    assert.match(
      hit.stderr,
      /^dtstream: stdin: 3 of 8 rows rejected \(1 not six fields, 1 a field is not a number, 1 value out of range\); first line 6: [^\n]+\n$/,
    );
  });

  it('warns of each input without a hit or a row, beside good ones', async () => {
    writeFileSync(path('a-good.csv'), '2,0,1,5,3,4\n2,0,2,5,3,4\n');
    writeFileSync(path('b-bad.csv'), 'one\ntwo\n');
    writeFileSync(path('c-empty.csv'), '');
    writeFileSync(path('d-header.csv'), header);
    const inputs = ['a-good.csv', 'b-bad.csv', 'c-empty.csv', 'd-header.csv'];
    const { code, stdout, stderr } = await runCommand(['process', ...inputs, '--summary', '--quiet'], { cwd: folder });
    assert.deepEqual(stderr.split('\n'), [
      'dtstream: b-bad.csv: read 2 rows and no hit: 2 rejected (not six fields); first line 1: 1 field, must be 6',
      'dtstream: c-empty.csv: it has no rows',
      'dtstream: d-header.csv: it has no rows',
      '',
    ]);
    assert.deepEqual([code, summaryOf({ stdout }).hit_count], [0, 2]);
  });

  it('warns of rows out of the order of time, with their share and what helps', async () => {
    const orbits = Array.from({ length: 400 }, (_, row) => (row % 2 === 0 ? 100_000 + row : row));
    const rows = orbits.map((orbit) => `2,0,1,${orbit},3,4\n`).join('');
    const run = (...flags: string[]) => runCli(['process', '-', '--quiet', '--summary', ...flags], { stdin: rows });
    const late = await run('--batch-rows', '50');
    const { late_hits, hit_count } = summaryOf(late);
    assert.ok(late_hits > 100, `${late_hits} late hits`);
    const share = `${Math.round((100 * late_hits) / hit_count)} %`;
    assert.equal(
      late.stderr,
      `dtstream: ${late_hits} hits of 400 (${share}) came late, out of order by more than --lateness 4096 orbits: ` +
        `${summaryOf(late).late_orbits} orbits are counted in part; sort the rows by ORBIT_CNT, raise --lateness, or use --lateness all\n`,
    );
    assert.deepEqual((await run('--lateness', '200k')).stderr, '');
  });

  it('warns of a topic of which no row is a hit once it has come to its end', async () => {
    const store = ['--store', 'rejected', '--quiet'];
    writeFileSync(path('words.txt'), 'root:x:0\ndaemon:x:1\n');
    await runCommand(['produce', 'words.txt', '--input-format', 'csv', '--rate', 'max', ...store], { cwd: folder });
    const warned = await runCommand(['process', '--until-end', ...store], { cwd: folder });
    const first =
      'the first rejected row (partition 0, offset 0, line 1): 1 field, must be 6; dtstream rejected lists more';
    assert.deepEqual(warned.stderr, `dtstream: read 2 rows and no hit: 2 rejected (not six fields); ${first}\n`);
    const again = await runCommand(['process', '--until-end', ...store], { cwd: folder });
    assert.deepEqual([warned.code, again.code, again.stderr], [0, 0, '']);
  });

  it('says it as JSON for machines with --log-format json', async () => {
    writeFileSync(path('warned.dat'), simulatedWords(10).subarray(0, -1));
    const args = ['process', 'warned.dat', '--log-format', 'json', '--rejected', 'empty'];
    const [failed, warned] = await Promise.all([
      runCommand(args, { cwd: folder }),
      runCommand(args.slice(0, -2), { cwd: folder }),
    ]);
    const levels = [failed, warned].map(
      ({ stderr }) => (JSON.parse(stderr) as { level: string; message: string }).level,
    );
    assert.deepEqual([failed.code, warned.code], [1, 0]);
    assert.deepEqual(levels, ['error', 'warn']);
  });

  it('publishes what a cut gzip still gave before it fails', async () => {
    const packed = gzipSync(simulatedWords(50_000));
    writeFileSync(path('cut.dat.gz'), packed.subarray(0, packed.length >> 1));
    const result = await runCommand(['process', 'cut.dat.gz', '--summary', '--quiet'], { cwd: folder });
    assertFails(
      result,
      1,
      /: cannot read cut.dat.gz: near offset \d+ of the packed bytes: gzip is cut off in the body of member 1/,
    );
    const { ledger } = summaryOf(result);
    assert.ok(ledger.rows_read > 10_000 && ledger.rows_read < 50_000);
    assert.equal(ledger.carried_out, 0);
  });

  it('publishes true messages up to the one that leaves too many hits open before it fails', async () => {
    writeFileSync(path('held.dat'), simulatedWords(1_300_000));
    const args = ['process', 'held.dat', '--lateness', '2000000000', '--orbit-detail', 'none', '--quiet'];
    const result = await runCommand(args, { cwd: folder });
    assertFails(result, 1, /: cannot keep more than 1000000 hits open: --lateness 2000000000 holds them back/);
    const messages = messagesOf(result);
    assertMessageLaws(messages);
    assert.equal(messages.length, 11);
    const [before, last] = messages.slice(-2).map(({ ledger }) => ledger.carried_out);
    assert.ok(before <= 1_000_000 && last > 1_000_000, `${before}, then ${last}`);
  });

  it('says that stdout cannot be written', { skip: !existsSync('/dev/full') && 'no /dev/full here' }, () => {
    const args = ['-c', 'exec "$@" > /dev/full', 'sh', ...cliCommand, 'process', 'good.csv'];
    const { status, stderr } = spawnSync('sh', args, { cwd: folder, encoding: 'utf8' });
    assert.deepEqual([status, stderr], [1, 'dtstream: cannot write to stdout: no space left on device\n']);
  });

  it('publishes nothing for an input without rows, and says that it has none', async () => {
    const [messages, summary] = await Promise.all([
      runCli(['process', '-'], { stdin: header }),
      runCli(['process', '-', '--summary'], { stdin: '' }),
    ]);
    assert.deepEqual([messages.code, messages.stdout, messages.stderr], [0, '', 'dtstream: stdin: it has no rows\n']);
    assert.deepEqual(summaryOf(summary).hit_count_chamber, [0, 0, 0, 0]);
  });
});
