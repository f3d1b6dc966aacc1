import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import type { SimulatorTally } from '../../../src/sources/simulator/tally.js';
import {
  cliPath,
  messagesOf,
  runCli,
  runCommand,
  skipForBinary,
  startCli,
  summaryOf,
} from '../../helpers/program/cli.js';
import { assertMessageLaws } from '../../helpers/assert/message-laws.js';
import { run591Absent, run591Path } from '../../helpers/run591.js';
import { parseSummary } from '../../helpers/assert/wire-schema.js';
import { readAll } from '../../sources/read-all.js';

const run591 = run591Path();
const header = 'HEAD,FPGA,TDC_CHANNEL,ORBIT_CNT,BX_COUNTER,TDC_MEAS';

/** The one line about rejected rows of an input. */
function rejectedLine(name: string): RegExp {
  return new RegExp(`^dtstream: ${name}: [\\d,]+ of [\\d,]+ rows rejected \\([^\n]+\n$`);
}

/** The messages without the wall clock, which differs between two processes. */
function withoutTimes(messages: readonly BatchMessage[]): object[] {
  return messages.map(({ batch, ...rest }) => ({
    ...rest,
    batch: { orbit_first: batch.orbit_first, orbit_last: batch.orbit_last },
  }));
}

describe('dtstream process', { concurrency: 2 }, () => {
  let folder: string;
  let bytes: Buffer;
  let tally: SimulatorTally;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dtstream-process-'));
    const source = openSimulator({ rows: 20_000, malformedShare: 0.01, restartAfterRows: [12_000] });
    bytes = await readAll(source);
    tally = source.tally();
    writeFileSync(join(folder, 'sim.csv'), bytes);
    writeFileSync(join(folder, 'sim.csv.gz'), gzipSync(bytes));
    // The same rows in files whose alphabetical order is not their natural one, and a file that is none of them.
    const lines = bytes.toString('latin1').split('\n');
    mkdirSync(join(folder, 'parts'));
    for (const [name, from, to] of [
      ['part_1', 0, 9000],
      ['part_2', 9000, 11_000],
      ['part_10', 11_000, lines.length],
    ] as const) {
      writeFileSync(join(folder, 'parts', `${name}.csv`), lines.slice(from, to).join('\n'), 'latin1');
    }
    writeFileSync(join(folder, 'parts', 'notes.md'), 'not data');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('prints the totals of a file as one JSON with --summary', async () => {
    const result = await runCommand(['process', 'sim.csv', '--summary'], { cwd: folder });
    const { ledger, hit_count_chamber, runs, late_hits } = summaryOf(result);
    assert.equal(result.code, 0);
    assert.match(result.stderr, rejectedLine('sim.csv'));
    const { about } = parseSummary(result.stdout);
    assert.deepEqual([about?.group, about?.inputs, about?.run], ['dtstream', ['sim.csv'], [0, 1]]);
    assert.ok((about?.detector_s ?? 0) > 0 && (about?.from ?? '') <= (about?.to ?? ''));
    assert.deepEqual([hit_count_chamber, runs, late_hits], [tally.hits, 2, 0]);
    assert.deepEqual(
      [ledger.rows_read, ledger.scintillator, ledger.dropped, ledger.rejected],
      [tally.rows, tally.scintillator, tally.dropped, tally.rejected],
    );
  });

  it('prints a message a batch, the same from a file, gzip, a pipe, a directory and a glob', async () => {
    // A machine that has much else to do may take the second after which progress is told.
    const flags = ['--batch-rows', '3000', '--shards', '3', '--quiet'];
    const [file, ...others] = await Promise.all([
      runCommand(['process', 'sim.csv', ...flags], { cwd: folder }),
      runCommand(['process', 'sim.csv.gz', ...flags], { cwd: folder }),
      runCli(['process', '-', ...flags], { cwd: folder, stdin: bytes }),
      runCommand(['process', 'parts', ...flags], { cwd: folder }),
      runCommand(['process', 'parts/*.csv', ...flags], { cwd: folder }),
    ]);
    const messages = messagesOf(file);
    assertMessageLaws(messages);
    assert.ok(messages.length >= 7);
    assert.ok(messages.every(({ producer }) => producer === 'dtstream/0'));
    assert.equal(file.code, 0);
    assert.match(file.stderr, rejectedLine('sim.csv'));
    for (const { code, stderr, stdout } of others) {
      assert.equal(code, 0, stderr);
      assert.deepEqual(withoutTimes(messagesOf({ stdout })), withoutTimes(messages));
    }
  });

  it('lists no orbits with --orbit-detail none, and names the group in every message', async () => {
    const result = await runCommand(['process', 'sim.csv', '--orbit-detail', 'none', '--group', 'night'], {
      cwd: folder,
    });
    const messages = messagesOf(result);
    assertMessageLaws(messages);
    assert.deepEqual(new Set(messages.map(({ orbit_detail }) => orbit_detail)), new Set(['none']));
    assert.deepEqual(new Set(messages.map(({ producer }) => producer)), new Set(['night/0']));
  });

  it('keeps the bytes of every rejected row with source, line and reason in the --rejected file', async () => {
    const rows = ['2,0,1,5,3,4', '2,0,1', '', '2,0,x,5,3,4', '2,0,\xff,5,3,4', '2,9,1,5,3,4', '2,0,1,5,3,4'];
    writeFileSync(join(folder, 'bad.csv'), [header, ...rows].join('\r\n'), 'latin1');
    const result = await runCommand(['process', 'bad.csv', '--rejected', 'rejected.ndjson', '--summary'], {
      cwd: folder,
    });
    const kept = readFileSync(join(folder, 'rejected.ndjson'), 'utf8').trimEnd().split('\n');
    assert.equal(result.code, 0);
    assert.equal(
      result.stderr,
      'dtstream: bad.csv: 4 of 6 rows rejected (1 not six fields, 2 a field is not a number, 1 value out of range); ' +
        'first line 3: 3 fields, must be 6\n',
    );
    assert.deepEqual(summaryOf(result).ledger.rejected, { fields: 1, number: 2, range: 1 });
    assert.deepEqual(
      kept.map((line): unknown => JSON.parse(line)),
      [
        { source: 'bad.csv', line: 3, reason: 'fields', row: '2,0,1' },
        { source: 'bad.csv', line: 5, reason: 'number', row: '2,0,x,5,3,4' },
        {
          source: 'bad.csv',
          line: 6,
          reason: 'number',
          row_base64: Buffer.from('2,0,\xff,5,3,4', 'latin1').toString('base64'),
        },
        { source: 'bad.csv', line: 7, reason: 'range', row: '2,9,1,5,3,4' },
      ],
    );
  });

  it('keeps every rejected row of a large input', async () => {
    const result = await runCommand(['process', 'sim.csv', '--rejected', 'all.ndjson', '--summary'], { cwd: folder });
    const kept = readFileSync(join(folder, 'all.ndjson'), 'utf8').trimEnd().split('\n');
    const reasons = kept.map((line) => (JSON.parse(line) as { reason: keyof SimulatorTally['rejected'] }).reason);
    assert.equal(result.code, 0);
    for (const [reason, count] of Object.entries(tally.rejected)) {
      assert.equal(reasons.filter((kind) => kind === reason).length, count, reason);
    }
  });

  it('uses the geometry of --config', async () => {
    const rows = [header, '2,0,138,5,3,4', '2,1,138,5,3,4', '2,1,128,5,3,4', '2,0,64,5,3,4'];
    const config = fileURLToPath(new URL('../../../../examples/run591.yaml', import.meta.url));
    const result = await runCli(['process', '-', '--summary', '--config', config], { stdin: rows.join('\n') });
    const { ledger, hit_count_chamber } = summaryOf(result);
    assert.deepEqual([ledger.scintillator, ledger.dropped.channel], [2, 1]);
    assert.deepEqual(hit_count_chamber, [0, 1, 0, 0]);
  });

  it('stays quiet and ends well when its reader has had enough', async () => {
    const { child, nextLine, result } = startCli(['process', 'sim.csv', '--batch-rows', '10'], { cwd: folder });
    await nextLine();
    child.stdout.destroy();
    const { code, signal, stderr } = await result();
    assert.deepEqual([code, signal], [0, null]);
    assert.match(stderr, /^$|^dtstream: sim\.csv: [^\n]+ rejected [^\n]+\n$/);
  });

  for (const signalName of ['SIGINT', 'SIGTERM'] as const) {
    it(`publishes what it has read when ${signalName} comes, and ends`, async () => {
      const { child, nextLine, result } = startCli(['process', '-', '--batch-rows', '5000', '--threads', '1']);
      // Standard input stays open: without the signal this never ends.
      child.stdin.write(Buffer.concat(new Array<Buffer>(6).fill(bytes)));
      await nextLine();
      child.kill(signalName);
      const { code, signal, stdout, stderr } = await result();
      assert.deepEqual([code, signal], [0, null]);
      // How many hits come late depends on how far it was.
      assert.match(stderr.replace(/^dtstream: [\d,]+ hits? of [^\n]+ came late, [^\n]+\n/m, ''), rejectedLine('stdin'));
      const messages = messagesOf({ stdout });
      assertMessageLaws(messages);
      assert.equal(messages.at(-1)?.ledger.carried_out, 0);
    });
  }

  it('gives run 591 its known totals', { skip: run591 === undefined && run591Absent }, async () => {
    const config = fileURLToPath(new URL('../../../../examples/run591.yaml', import.meta.url));
    const [plain, triggered] = await Promise.all([
      runCommand(['process', run591 ?? '', '--summary', '--quiet']),
      runCommand(['process', run591 ?? '', '--summary', '--config', config]),
    ]);
    const channels = '2,320 rows of channels 1:138 (1,340), 0:138 (980) in no chamber: are those the triggers?';
    const geometry = 'geometry: { triggers: [{ fpga: 1, channel: 138 }, { fpga: 0, channel: 138 }] }';
    const hint = `dtstream: no row of trigger 1:128, but ${channels} if so, write into dtstream.yaml: ${geometry}\n`;
    assert.deepEqual([plain.code, plain.stderr, triggered.stderr], [0, hint, '']);
    const { hit_count_chamber, ledger } = summaryOf(plain);
    assert.deepEqual(hit_count_chamber, [24253, 35907, 60564, 36572]);
    assert.deepEqual([ledger.rows_read, ledger.dropped.channel], [159_616, 2320]);
    assert.deepEqual(ledger.rejected, { fields: 0, number: 0, range: 0 });
    // Its trigger channels are the dropped ones.
    assert.equal(summaryOf(triggered).ledger.scintillator + summaryOf(triggered).ledger.dropped.channel, 2320);
    assert.ok(summaryOf(triggered).ledger.scintillator > 0);
  });
});

describe('dtstream', () => {
  it('tells its version without loading anything but itself', { skip: skipForBinary }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dtstream-version-'));
    try {
      const root = fileURLToPath(new URL('../../../../', import.meta.url));
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
      mkdirSync(join(folder, 'dist', 'bin'), { recursive: true });
      copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
      writeFileSync(join(folder, 'dist', 'bin', 'package.json'), '{ "type": "commonjs" }');
      copyFileSync(cliPath, join(folder, 'dist', 'bin', 'cli.js'));
      const { code, stdout } = await runCli(['--version'], {
        command: [process.execPath, join(folder, 'dist', 'bin', 'cli.js')],
      });
      assert.deepEqual([code, stdout], [0, `${version}\n`]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
