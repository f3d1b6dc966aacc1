import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { BatchMessage, Summary } from '../../../src/domain/batch-message.js';
import { assertFails, messagesOf, runCli, runCommand, summaryOf } from '../../helpers/program/cli.js';
import { assertHas, pageColumn, pageNumbers, pageTables } from '../../report/page-tables.js';
import { tempFolder } from '../../sources/temp-folder.js';

const fault = 'dead:2:17@30';

/** Counts of a page as they stand in a summary. */
function assertSums(page: string, summary: Summary): void {
  for (const [chamber, hits] of summary.hit_count_chamber.entries()) {
    const of = `Chamber ${chamber}: `;
    const key = String(chamber);
    const { channel_hits_chamber: channels, active_channels_chamber: active, physics } = summary;
    assert.deepEqual(pageNumbers(page, `${of}channels`, 'Hits'), channels?.[key]);
    assert.ok(page.includes(`<p>${hits.toLocaleString('en-US')} hits, `));
    assert.deepEqual(pageNumbers(page, `${of}channels`, 'With trigger'), physics?.chambers[key].gated.channels);
    const orbits = pageNumbers(page, `${of}orbits by active channels`, 'Orbits');
    assert.deepEqual(
      orbits,
      active[key].filter((count) => count > 0),
    );
    const entries = pageNumbers(page, `${of}drift times`, 'Entries');
    const drift = physics?.chambers[key].drift.counts ?? [];
    assert.equal(
      entries.reduce((sum, count) => sum + count, 0),
      drift.reduce((sum, count) => sum + count, 0),
    );
  }
  const { ledger, late_hits: late } = summary;
  const { dropped, rejected } = ledger;
  assert.deepEqual(pageNumbers(page, 'Rows', 'Count'), [
    ...[ledger.rows_read, ledger.carried_in, ledger.hits, ledger.scintillator, dropped.head, dropped.channel],
    ...[rejected.fields, rejected.number, rejected.range, ledger.carried_out, ledger.carried_lost ?? 0],
  ]);
  assertHas(page, /Balanced<\/dt><dd>yes/);
  assert.ok(page.includes(`<dd>${late.toLocaleString('en-US')} in `));
}

/** Facts of a page by their names. */
function factsOf(page: string): Map<string, string> {
  return new Map([...page.matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)/g)].map(([, name, value]) => [name, value]));
}

describe('dtstream report', { concurrency: 2 }, () => {
  let run: Buffer;
  let summary: Summary;
  const cwd = mkdtempSync(join(tmpdir(), 'dtstream-report-'));
  after(() => rmSync(cwd, { recursive: true }));
  before(async () => {
    await succeeds(cwd, 'simulate', '--rows', '400000', '--seed', '6', '--fault', fault, '--out', 'run.dat', '--quiet');
    run = readFileSync(join(cwd, 'run.dat'));
    summary = summaryOf(await runCommand(['process', 'run.dat', '--summary', '--quiet'], { cwd }));
  });

  const succeeds = async (folder: string, ...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand(args, { cwd: folder });
    assert.equal(code, 0, stderr);
    return stdout + stderr;
  };
  const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

  it('of rows has the sums of process, and the alarms of monitor at their live time', async () => {
    assert.match(
      await succeeds(cwd, 'report', 'run.dat', '--out', 'rows.html', '--title', 'run 6'),
      /wrote rows\.html\n$/,
    );
    const page = read(cwd, 'rows.html');
    assertSums(page, summary);
    assertHas(page, /<h1>Shift report: run 6<\/h1>\n<p class="verdict bad">Not well: 2:17 dead\.<\/p>/);
    const [since] = pageColumn(page, 'Alarms, the worst first', 'From, live time');
    const seconds = Number(since.replace(' s', ''));
    assert.ok(seconds >= 25 && seconds <= 50, since);
    const facts = factsOf(page);
    assert.equal(facts.get('Command'), "dtstream report run.dat --out rows.html --title 'run 6'");
    assert.equal(facts.get('Hits'), summary.hit_count.toLocaleString('en-US'));
  });

  it('is made by process as well, of the messages that it prints', async () => {
    const result = await runCommand(['process', 'run.dat', '--summary', '--report', 'run.html'], { cwd });
    assert.deepEqual(summaryOf(result), summary);
    assertSums(read(cwd, 'run.html'), summary);
  });

  it('of messages in a pipe or a file is the same', async () => {
    const messages = await runCommand(['process', 'run.dat', '--batch-rows', '5000', '--quiet'], { cwd });
    writeFileSync(join(cwd, 'run.ndjson'), messages.stdout);
    const piped = await runCli(['report', '-', '--out', 'piped.html'], { cwd, stdin: messages.stdout });
    assert.equal(piped.code, 0, piped.stderr);
    await succeeds(cwd, 'report', 'run.ndjson', '--out', 'file.html');
    for (const name of ['piped.html', 'file.html']) {
      assertSums(read(cwd, name), summary);
      assertHas(read(cwd, name), /Not well: 2:17 dead\./);
    }
  });

  it('of the log has alarms with notes of the logbook, marks and all offsets, with several lanes', async (t) => {
    const folder = tempFolder(t, { 'run.dat': run });
    await succeeds(folder, 'produce', 'run.dat', '--rate', 'max', '--encoding', 'words', '--rows-per-message', '1000', '--partitions', '6', '--quiet'); // prettier-ignore
    await succeeds(folder, 'process', '--until-end', '--batch-rows', '10000', '--lanes', '3', '--quiet');
    await succeeds(folder, 'monitor', 'known', '2:17', '--note', 'HV off <1>', '--quiet');
    await succeeds(folder, 'monitor', 'mark', 'gas changed', '--quiet');
    assert.match(await succeeds(folder, 'report'), /wrote shift-\d{8}-\d{6}\.html\n$/);
    const name = readdirSync(folder).find((file) => file.startsWith('shift-')) ?? '';
    const page = read(folder, name);
    const lanes = summaryOf(await runCommand(['process', 'run.dat', '--summary', '--quiet'], { cwd: folder }));
    // A lane carries rows from one message to the next; their ends are not those of one lane.
    assertSums(page, { ...lanes, physics: lanes.physics });
    assertHas(page, /Well: no alarm stands that is not known, in all chambers\. \d alarms? (is|are) known\./);
    const [[, ...rows]] = [pageTables(page).get('Alarms, the worst first') ?? []];
    assert.equal(rows[0][0], 'KNOWN');
    assert.match(rows[0][7], /^HV off <1> \(.+\)$/);
    assert.equal(pageTables(page).get('Messages by process')?.length, 4);
    assert.match(factsOf(page).get('Offsets read') ?? '', /^6 partitions, 4\d\d offsets$/);
    assert.match(factsOf(page).get('SHA-256 of the offsets') ?? '', /^[0-9a-f]{64}$/);
    assertFails(
      await runCommand(['report', '--mark', '3'], { cwd: folder }),
      2,
      /--mark must name a mark, got 3: there are 1 to 2/,
    );
    const empty = await runCommand(['report', '--mark', '2', '--out', 'm.html', '--quiet'], { cwd: folder });
    assertFails(empty, 1, /there is no message/);
    assert.ok(!existsSync(join(folder, 'm.html')));
  });

  it('since a mark has the messages that watch prints from then on', async (t) => {
    const folder = tempFolder(t, { 'run.dat': run });
    await succeeds(folder, 'produce', 'run.dat', '--rate', 'max', '--encoding', 'words', '--rows-per-message', '1000', '--quiet'); // prettier-ignore
    await succeeds(folder, 'process', '--until-end', '--batch-rows', '10000', '--quiet');
    const messages = async (...flags: readonly string[]): Promise<BatchMessage[]> => {
      return messagesOf(await runCommand(['watch', '--json', '--until-end', '--quiet', ...flags], { cwd: folder }));
    };
    const all = await messages();
    const time = all[all.length >> 1].batch.closed;
    const mark = { entry: 'mark', time, by: 'anna', text: 'gas <changed>' };
    mkdirSync(join(folder, '.dtstream/quality'), { recursive: true });
    writeFileSync(join(folder, '.dtstream/quality/logbook.ndjson'), `${JSON.stringify(mark)}\n`);
    const since = await messages('--from', time);
    assert.ok(since.length > 3 && since.length < all.length, `${since.length} of ${all.length}`);
    // The first mark is that of the run.
    await succeeds(folder, 'report', '--mark', '2', '--out', 'since.html');
    const hits = since.reduce((sum, { hit_count: count }) => sum + count, 0);
    assert.equal(factsOf(read(folder, 'since.html')).get('Hits'), hits.toLocaleString('en-US'));
  });

  it('never overwrites without --force, and is not written where it cannot be whole', async (t) => {
    const folder = tempFolder(t, { 'run.dat': run, 'old.html': 'mine' });
    assertFails(
      await runCommand(['report', 'run.dat', '--out', 'old.html'], { cwd: folder }),
      2,
      /--out must name a new or empty file, got old\.html/,
    );
    assertFails(
      await runCommand(['process', 'run.dat', '--report', 'old.html'], { cwd: folder }),
      2,
      /--report must name a new or empty file/,
    );
    assertFails(
      await runCommand(['report', 'run.dat', '--out', 'run.dat', '--force'], { cwd: folder }),
      2,
      /must not name an input/,
    );
    assertFails(
      await runCommand(['report', 'run.dat', '--from', '22:00'], { cwd: folder }),
      2,
      /--from must not be used with an input/,
    );
    assert.equal(read(folder, 'old.html'), 'mine');
    await succeeds(folder, 'report', 'run.dat', '--out', 'old.html', '--force');
    assert.match(read(folder, 'old.html'), /^<!doctype html>/);
  });

  it('says why nothing is judged where the messages have no physics', async (t) => {
    const folder = tempFolder(t, { 'run.dat': run });
    await succeeds(folder, 'process', 'run.dat', '--physics', 'off', '--report', 'off.html', '--summary', '--quiet');
    const page = read(folder, 'off.html');
    assertHas(page, /<p class="verdict warn">Not judged\. The messages have no physics/);
    assert.deepEqual(new Set(pageColumn(page, 'Chamber 0: channels', 'With trigger')), new Set(['–']));
  });
});
