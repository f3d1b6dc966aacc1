import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { QualityReference } from '../../../src/quality/quality-reference.js';
import { readReference } from '../../../src/quality/uhi.js';
import { assertFails, runCli, runCommand, startCommand } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';

const rows = 400_000;

describe('dtstream reference', () => {
  let messages = '';
  let direct: QualityReference;
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-reference-'));
  after(() => rmSync(dir, { recursive: true }));
  before(async () => {
    const cwd = dir;
    await simulate(cwd);
    ({ stdout: messages } = await runCli(['process', 'run.dat', ...directFlags], { cwd }));
    const made = await runCli(['reference', '-'], { cwd, stdin: messages });
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stderr, /^dtstream: reference: 7\d\.\d s of live time, .* UTC, 4 chambers\ndtstream: 600 s or more are advised: with 7\d s, tests take longer to be sure\n$/); // prettier-ignore
    direct = readReference(made.stdout, 'run.json');
    assert.equal(direct.rowsRead, rows);
  });

  const directFlags = ['--batch-rows', '10000', '--orbit-detail', 'none', '--quiet'];
  const simulate = async (cwd: string): Promise<void> => {
    const { code, stderr } = await runCommand(['simulate', '--rows', String(rows), '--seed', '6', '--out', 'run.dat', '--quiet'], { cwd }); // prettier-ignore
    assert.equal(code, 0, stderr);
  };
  const succeeds = async (cwd: string, ...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await runCommand([...args, '--quiet'], { cwd });
    assert.equal(code, 0, stderr);
  };
  const publish = async (cwd: string, ...flags: readonly string[]): Promise<void> => {
    await succeeds(cwd, 'process', '--until-end', '--orbit-detail', 'none', '--batch-rows', '10000', ...flags);
  };
  const produce = async (cwd: string): Promise<void> => {
    await simulate(cwd);
    await succeeds(cwd, 'produce', 'run.dat', '--rate', 'max', '--encoding', 'words', '--rows-per-message', '1000', '--partitions', '6'); // prettier-ignore
  };
  const read = (cwd: string, name: string): QualityReference => readReference(readFileSync(join(cwd, name), 'utf8'), 'run.json'); // prettier-ignore
  /** What does not depend on how the messages were published. */
  const counts = ({ times, orbits, ...reference }: QualityReference): object => {
    assert.ok(times !== undefined && orbits !== null);
    return { ...reference, liveS: reference.liveS.toFixed(1), slots: Math.round(reference.slots / 100) };
  };

  it('takes the messages of a log with several lanes, as those of the same rows in direct mode', async (t) => {
    const cwd = tempFolder(t);
    await produce(cwd);
    await publish(cwd, '--lanes', '3');
    await succeeds(cwd, 'reference', '--out', 'all.json');
    assert.deepEqual(counts(read(cwd, 'all.json')), counts(direct));
    await succeeds(cwd, 'reference', '--for', '60', '--out', 'minute.json');
    const minute = read(cwd, 'minute.json');
    assert.ok(minute.liveS >= 60 && minute.liveS < 70, `${minute.liveS} s`);
    assert.ok(Math.abs(minute.triggerOrbits / minute.liveS / (direct.triggerOrbits / direct.liveS) - 1) < 0.05);
    const { code, stderr } = await runCommand(['reference', '--for', '1h', '--until-end', '--out', 'end.json'], {
      cwd,
    });
    assert.equal(code, 0);
    assert.match(stderr, /the messages end after 7\d of 3600 s of live time/);
    assert.deepEqual(read(cwd, 'end.json'), read(cwd, 'all.json'));
  });

  it('waits for the next messages, and is stopped without a file', async (t) => {
    const cwd = tempFolder(t);
    const waiting = startCommand(['reference', '--from', 'latest', '--for', '60', '--out', 'next.json'], { cwd });
    const stopped = startCommand(['reference', '--for', '1h', '--out', 'stopped.json'], { cwd });
    await produce(cwd);
    await publish(cwd);
    const { code, stderr } = await waiting.result();
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^dtstream: waiting: .*there is no log yet.*\ndtstream: wrote next.json: 6\d\.\d s/);
    stopped.signal('SIGINT');
    const result = await stopped.result();
    assert.equal(result.code, 1);
    assert.match(result.stderr, /stopped after \d+ s of live time: no reference is written/);
    assert.deepEqual(
      readdirSync(cwd).filter((name) => name.includes('json')),
      ['next.json'],
    );
  });

  it('adds references up, and says where their messages may be the same', async (t) => {
    const cwd = tempFolder(t);
    for (const name of ['one.json', 'other.json']) {
      assert.equal((await runCli(['reference', '-', '--out', name], { cwd, stdin: messages })).code, 0);
    }
    const { code, stderr } = await runCommand(['reference', '--add', 'one.json', 'other.json', '--out', 'sum.json'], { cwd }); // prettier-ignore
    assert.equal(code, 0, stderr);
    assert.match(stderr, /the times of other.json overlap those before/);
    const sum = read(cwd, 'sum.json');
    assert.equal(sum.rowsRead, 2 * rows);
    assert.deepEqual(sum.chambers[1].activeSlots, direct.chambers[1].activeSlots.map((count) => 2 * count)); // prettier-ignore
    const again = ['reference', '--add', 'one.json', '--out', 'sum.json'];
    assertFails(await runCommand(again, { cwd }), 2, /--out must name a new or empty file, got sum.json; use --force/);
    assertFails(await runCommand(['reference', '--add', 'one.json', '--out', 'one.json', '--force'], { cwd }), 2, /--out must not name an input, got one.json/); // prettier-ignore
    await succeeds(cwd, ...again, '--force');
    assert.deepEqual(read(cwd, 'sum.json'), direct);
  });

  it('refuses what is too short, of another configuration or no reference', async (t) => {
    const cwd = tempFolder(t);
    const short = messages.split('\n', 10).map((line) => `${line}\n`).join(''); // prettier-ignore
    assertFails(await runCli(['reference', '-', '--out', 'a.json'], { cwd, stdin: short }), 3, /it needs at least 60 s of live time, got 1\d\.\d s/); // prettier-ignore
    writeFileSync(join(cwd, 'other.yaml'), 'geometry: { driftVelocityUmNs: 55 }\n');
    const other = ['--config', 'other.yaml'];
    assertFails(await runCli(['reference', '-', ...other], { cwd, stdin: short }), 2, /of another configuration \(geometry \w{12}; here \w{12}\): give the --config of process/); // prettier-ignore
    assert.equal((await runCli(['reference', '-', '--out', 'good.json'], { cwd, stdin: messages })).code, 0);
    assertFails(await runCommand(['reference', '--add', 'good.json', ...other], { cwd }), 2, /cannot use good.json: its geometry must be that of the configuration/); // prettier-ignore
    writeFileSync(join(cwd, 'cut.json'), readFileSync(join(cwd, 'good.json')).subarray(0, 9000));
    assertFails(await runCommand(['reference', '--show', 'cut.json'], { cwd }), 1, /cannot read reference cut.json: .* cut off or damaged/); // prettier-ignore
    assertFails(await runCommand(['reference', '--show', 'none.json'], { cwd }), 1, /cannot read reference none.json: no such file/); // prettier-ignore
    assertFails(await runCommand(['reference', 'run.dat'], { cwd }), 2, /reads messages: dtstream process run.dat/);
    assertFails(await runCommand(['reference', '--for', '59'], { cwd }), 2, /--for must be a time from 60000 ms/);
    assertFails(await runCommand(['reference', '-', '--show', 'good.json'], { cwd }), 2, /must not be used with -/);
    assertFails(await runCommand(['reference'], { cwd }), 1, /there is no log yet/);
    assertFails(await runCli(['reference', '-'], { cwd }), 1, /cannot make a reference: there is no message/);
    assert.deepEqual(
      readdirSync(cwd).filter((name) => name.includes('json')),
      ['cut.json', 'good.json'],
    );
  });

  it('takes one group', async (t) => {
    const cwd = tempFolder(t);
    const stdin = messages + messages.replaceAll('"dtstream/0"', '"night/0"');
    assertFails(await runCli(['reference', '-'], { cwd, stdin }), 2, /several groups publish here \(dtstream, night\)/);
    const { code, stdout, stderr } = await runCli(['reference', '-', '--group', 'night'], { cwd, stdin });
    assert.equal(code, 0, stderr);
    assert.deepEqual(readReference(stdout, 'run.json'), direct);
    assertFails(await runCli(['reference', '-', '--group', 'day'], { cwd, stdin }), 1, /no group day; there are/);
  });

  it('shows what is in one, and which tests it is too short for', async (t) => {
    const cwd = tempFolder(t);
    const dead = messages.replace(/.*\n/g, (line) => silenced(line, 1, 37));
    const made = await runCli(['reference', '-', '--for', '60', '--out', 'good.json'], { cwd, stdin: dead });
    assert.match(made.stderr, /\ndtstream: not learned, as they differ from their neighbours: 1:37\n$/);
    assert.deepEqual(
      read(cwd, 'good.json').chambers.map(({ notLearned }) => notLearned),
      [[], [37], [], []],
    );
    const { code, stdout } = await runCommand(['reference', '--show', 'good.json'], { cwd });
    assert.equal(code, 0);
    assert.match(stdout, /^reference {2}good.json\nmessages {3}.* UTC\norbits {5}2,500,.*\nlive time {2}6\d\.\d s, 1\d,\d{3} slots\ntrigger {4}\d,\d{3} orbits, 1[345]\d\.\d Hz\nrows {7}3\d0,000, \d,\d{3} of them/); // prettier-ignore
    assert.match(stdout, /\n1 +1,?\d{3}\.\d +7\.\d % +0 +\d,\d{3} +9\d\.\d % +(0\.9\d\d ?){4}\n/);
    assert.match(stdout, /\nCHAMBER {2}DEAD: MEDIAN .*\n0 +\d s +\d+ s 0:\d+ +1 s +\d s.*\n/);
    assert.match(stdout, /channel_low, channel_high: 1\n {4}1:37\n {4}it was in alarm when the reference was made\n/);
    assert.match(
      stdout,
      /box_width: [1-4]\n {4}0 \(0\.\d\d\).*\n {4}the reference is not precise enough: its error must be at most 0\.67 ns\n/,
    );
    assert.match(stdout, /far from their chamber and layer, by active orbits: \d+\n.* 1:37 \(x 0\.0\)/);
    writeFileSync(join(cwd, 'other.yaml'), 'geometry: { driftVelocityUmNs: 55 }\n');
    const other = await runCommand(['reference', '--show', 'good.json', '--config', 'other.yaml'], { cwd });
    assert.match(other.stdout, /geometry +\w{12}, which is not that of the configuration \(\w{12}\)\n/);
    assert.doesNotMatch(other.stdout, /DEAD/);
  });

  /** A message without the hits of a channel. */
  function silenced(line: string, chamber: number, channel: number): string {
    interface Chamber {
      active_slots: number[];
      active_orbits: number[];
      layers: number[];
    }
    interface Message {
      active_channels_chamber: number[][];
      physics: { chambers: Chamber[] };
    }
    const message = JSON.parse(line) as Message;
    const of = message.physics.chambers[chamber];
    const orbits = of.active_orbits[channel];
    of.active_slots[channel] = 0;
    of.active_orbits[channel] = 0;
    of.layers[0] -= orbits;
    // As if it had been alone whenever it was active.
    message.active_channels_chamber[chamber][1] -= orbits;
    return `${JSON.stringify(message)}\n`;
  }
});
