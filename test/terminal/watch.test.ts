import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Summary } from '../../src/domain/batch-message.js';
import { openSimulator } from '../../src/sources/simulator/simulator.js';
import { formatCount, formatShort } from '../../src/tui/draw/format.js';
import { cliCommand, cliShellCommand, runCommand, summaryOf } from '../helpers/program/cli.js';
import { runInPty, withoutPty } from '../helpers/terminal/pty.js';
import { run591Absent, run591Path } from '../helpers/run591.js';
import { checkedCommand, closeTerminals, openTerminal, withoutTmux } from '../helpers/terminal/tmux.js';
import { readAll } from '../sources/read-all.js';
import { tempFolder } from '../sources/temp-folder.js';
import { sampleMessage } from '../tui/sample-messages.js';
import { openResults } from '../commands/results.js';
import { sampleMessages } from '../views/sample-detector.js';

const run591 = run591Path();
const run = run591 === undefined ? `simulated rows, as ${run591Absent}` : 'run 591';
const ended = /rc=0\nstty as before/;

function watchCommand(args: string): string {
  return checkedCommand(`${cliShellCommand} watch ${args}`);
}

describe('dtstream watch on a terminal', { skip: withoutTmux, concurrency: 2 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'dtstream-watch-'));
  const store = join(folder, 'log');
  let summary: Summary;
  before(async () => {
    const input = run591 ?? join(folder, 'simulated.csv');
    if (run591 === undefined) writeFileSync(input, await readAll(openSimulator({ rows: 100_000 })));
    const produce = ['produce', input, '--store', store, '--rate', 'max', '--rows-per-message', '1000', '--quiet'];
    const process = ['process', '--store', store, '--until-end', '--batch-rows', '20000', '--quiet'];
    for (const args of [produce, process]) assert.equal((await runCommand(args)).code, 0);
    summary = summaryOf(await runCommand(['process', input, '--summary']));
  });
  after(() => {
    closeTerminals();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [columns, rows] of [
    [60, 15],
    [80, 24],
    [120, 40],
    [200, 60],
  ] as const) {
    it(`shows the totals of ${run} on every page, and follows every key, at ${columns}x${rows}`, async () => {
      const terminal = openTerminal(`totals-${columns}`, { columns, rows });
      terminal.type(watchCommand(`--until-end --store '${store}'`));
      const { hit_count_chamber, ledger } = summary;
      const number = columns === 60 ? formatShort : formatCount;
      // The lines are drawn from the top: when the last but one is new, all are.
      const ledgerLine = `\\n (rows )?${number(ledger.rows_read)} = hits ${number(ledger.hits)} `;
      const overview = await terminal.until(new RegExp(`ENDED[^]*${ledgerLine}[^]*q( quit)?\\s*$`));
      hit_count_chamber.forEach((_, chamber) => assert.match(overview, new RegExp(`\\n[ >]${chamber} +\\d`)));
      assert.equal(terminal.flags().slice(0, 3), '1 0');
      const shown = hit_count_chamber.slice(0, columns === 60 ? 1 : undefined);
      const last = `chamber ${shown.length - 1}  ${formatCount(shown.at(-1) ?? 0)} hits `;
      const pages = [new RegExp(`${last}[^]*q( quit)?\\s*$`), /mean \d\.\d\d/, /all chambers/];
      for (const key of ['Tab', 'Right']) {
        terminal.press(key);
        const channels = await terminal.until(pages[0]);
        shown.forEach((hits, chamber) =>
          assert.ok(channels.includes(`chamber ${chamber}  ${formatCount(hits)} hits`), channels),
        );
        terminal.press(key);
        await terminal.until(pages[1]);
        terminal.press(key, key, key, key);
        await terminal.until(pages[2]);
      }
      for (const key of ['2', '3', '1']) {
        terminal.press(key);
        await terminal.until(pages[Number(key) === 1 ? 2 : Number(key) - 2]);
      }
      terminal.press('?');
      await terminal.until(/freeze, live/);
      terminal.press('x');
      await terminal.until(pages[2]);
      terminal.press('Space');
      await terminal.until(/FROZEN/);
      terminal.press('Space', 'q');
      assert.doesNotMatch(await terminal.until(ended), /chamber/);
      assert.equal(terminal.flags(), '0 1 0');
    });
  }

  it('waits for the log, draws what comes, stands still on demand and follows the size', async (t) => {
    const dir = join(tempFolder(t), 'log');
    const terminal = openTerminal('live');
    terminal.type(watchCommand(`--store '${dir}'`));
    await terminal.until(/WAITING[^]*waiting for the first message[^]*of data_clean[^]*there is no log yet/);
    const { publish } = await openResults(t, dir);
    await terminal.until(/WAITING[^]*of data_clean of embedded log/);
    await publish(sampleMessage(0));
    const first = formatCount(sampleMessage(0).hit_count);
    await terminal.until(new RegExp(`LIVE[^]* = hits ${first} `));
    terminal.press('Space');
    await terminal.until(/FROZEN .* 0 (messages )?since/);
    await publish(sampleMessage(1), 'no JSON', sampleMessage(2));
    await terminal.until(new RegExp(`FROZEN .* 2 (messages )?since[^]* = hits ${first} `));
    terminal.press('Space');
    const hits = [0, 1, 2].reduce((sum, id) => sum + sampleMessage(id).hit_count, 0);
    await terminal.until(new RegExp(` = hits ${formatCount(hits)} [^]*1 unreadable`));
    terminal.resize(40, 10);
    await terminal.until(/LIVE[^]*\n pages from 60x15\n/);
    terminal.resize(39, 10);
    await terminal.until(/^terminal too small: 39x10/);
    terminal.resize(200, 60);
    await terminal.until(/scintillator[^\n]* dropped/);
    terminal.press('C-c');
    await terminal.until(ended);
    assert.equal(terminal.flags(), '0 1 0');
  });

  it('gives the terminal back on SIGTERM and when the log turns out to be none', async (t) => {
    const dir = tempFolder(t, { 'notes.txt': 'not a store' });
    const terminal = openTerminal('ends', { columns: 200 });
    terminal.type(watchCommand(`--store '${dir}'`));
    await terminal.until(/dtstream: cannot open [^]* must be empty or a dtstream store[^]*rc=1\nstty as before/);
    assert.equal(terminal.flags(), '0 1 0');
    terminal.type(`sh -c 'echo pid=$$; read line; exec "$@"' - ${cliShellCommand} watch --store '${store}'; echo rc=$?`);
    const pid = /pid=(\d+)/.exec(await terminal.until(/pid=\d+/))?.[1];
    terminal.press('Enter');
    await terminal.until(/all chambers/);
    process.kill(Number(pid), 'SIGTERM');
    await terminal.until(/\nrc=0\n/);
    assert.equal(terminal.flags(), '0 1 0');
  }); // prettier-ignore

  it('takes a stranger who reads the alarm line to the dead channel, a note on it and a snapshot', async (t) => {
    const cwd = tempFolder(t);
    const dir = join(cwd, 'log');
    const { publish } = await openResults(t, dir);
    const messages = await sampleMessages({ rows: 5500 * 60, seed: 23 }, 'dead:2:17@20');
    await publish(...messages.map((message) => ({ ...message, producer: 'dtstream/0' })));
    const terminal = openTerminal('stranger', { columns: 120, rows: 40 });
    const outDir = join(cwd, 'shift/night');
    terminal.type(watchCommand(`--until-end --store '${dir}' --out-dir '${outDir}'`));
    await terminal.until(/! \S+ NEW {2}chamber 2 channel 17 dead: [^]* K known/);
    terminal.press('?');
    await terminal.until(/K +known to be bad, with a note/);
    // To read on is not to freeze the screen.
    terminal.press('Space');
    await terminal.until(/all chambers/);
    terminal.press('n');
    await terminal.until(/x 2:17 +layer 2 cell 4/);
    terminal.press('K');
    await terminal.until(/2:17 is known, note: .* Enter keeps it/);
    terminal.type('HV off, Anna');
    await terminal.until(/ENDED[^\n]* 2 known [^]*2:17 is known to be bad/);
    terminal.press('6');
    await terminal.until(/KNOWN channel 2:17 dead .* \S+: HV off, Anna/);
    terminal.press('s');
    const [, path = ''] = /saved (\S+)\.json and \.txt/.exec(await terminal.until(/saved \S+\.json and \.txt/)) ?? [];
    assert.match(readFileSync(`${path}.txt`, 'utf8'), /HV off, Anna/);
    terminal.press('T');
    await terminal.until(/colours: 16/);
    terminal.press('q');
    await terminal.until(ended);
  });

  it('says on the screen that no broker answers, and can be left meanwhile', async () => {
    const terminal = openTerminal('away', { columns: 120 });
    // Nobody listens on port 1 of loopback.
    terminal.type(watchCommand('--brokers 127.0.0.1:1'));
    const away = await terminal.until(/no broker answers[^]*help/);
    assert.match(
      away,
      /\n *waiting for the first message\n *of data_clean of Kafka 127\.0\.0\.1:1\n[^]*cannot reach Kafka at 127\.0\.0\.1:1: no broker answers/,
    );
    terminal.press('q');
    const leftMs = Date.now();
    await terminal.until(ended);
    // A try takes several seconds.
    assert.ok(Date.now() - leftMs < 4000);
    assert.equal(terminal.flags(), '0 1 0');
  });

  it('draws ASCII only with --ascii, and lines where the terminal cannot move its cursor', async () => {
    const ascii = openTerminal('ascii', { env: { NO_COLOR: '1' } });
    ascii.type(watchCommand(`--ascii --until-end --store '${store}'`));
    assert.match(await ascii.until(/\[1 overview\][^]*#[^]*rows/), /^[\x20-\x7e\n]*$/);
    ascii.press('q');
    await ascii.until(ended);
    const dumb = openTerminal('dumb', { columns: 200, rows: 60, env: { TERM: 'dumb' } });
    dumb.type(watchCommand(`--until-end --store '${store}'`));
    await dumb.until(
      /printing one line per message instead of the dashboard\n[^]*dtstream\/0 #0 [^]*rc=0\nstty as before/,
    );
  });
});

describe('dtstream in a plain terminal', { skip: withoutPty }, () => {
  for (const args of [
    ['watch', '--store', 'none'],
    ['watch', '--store', 'none', '--plain'],
    ['process', '--store', 'made'],
    ['produce', '--store', 'made', '--rate', '1000'],
  ]) {
    it(`ends in order when the terminal goes away under ${args.filter((arg) => arg !== 'none').join(' ')}`, async (t) => {
      const pattern = args[0] === 'produce' ? 'rows' : 'waiting for';
      const { code } = await runInPty([...cliCommand, ...args], { pattern, action: 'hangup', cwd: tempFolder(t) });
      assert.equal(code, 0);
    });
  }

  it('is not left by Ctrl-Z where no shell could bring it back', async (t) => {
    const at = { pattern: 'waiting for', action: '\x1aq', cwd: tempFolder(t) };
    const { code, sttyAsBefore, seen } = await runInPty([...cliCommand, 'watch', '--store', 'none'], at);
    assert.deepEqual([code, sttyAsBefore], [0, true]);
    const [taken, left] = ['\x1b[?1049h', '\x1b[?1049l'].map((sequence) => seen.split(sequence).length - 1);
    assert.deepEqual([taken >= 2, left >= 2], [true, true], 'left and taken again, then left for good');
    assert.ok(seen.lastIndexOf('\x1b[?1049l') > seen.lastIndexOf('\x1b[?1049h'));
  });
});
