import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { changesOf } from '../commands/monitor/changes.js';
import { faultyMessages, faultyRows } from '../commands/monitor/faulty-run.js';
import { openResults } from '../commands/results.js';
import { cliShellCommand, runCli, type RunningCli, startCli } from '../helpers/program/cli.js';
import { seededRandom } from '../helpers/random/seeded-random.js';
import { tempFolder } from '../sources/temp-folder.js';

const here = ['--store', 'log', '--quiet'];

const nameOf = ({ event, id, parts }: { event: string; id: string; parts: readonly string[] }): string =>
  [event, id, ...parts].join(' ');

const messagesOfLanes = new Map<number, Promise<string[]>>();
function messagesOnce(context: TestContext, lanes: number): Promise<string[]> {
  const known = messagesOfLanes.get(lanes) ?? faultyMessages(context, lanes);
  messagesOfLanes.set(lanes, known);
  return known;
}

async function kill(running: RunningCli): Promise<string> {
  running.child.kill('SIGKILL');
  return (await running.result()).stdout;
}

async function changesInOneGo(cwd: string, messages: readonly string[]): Promise<string[]> {
  const { stdout, code, stderr } = await runCli(['monitor', '-'], { cwd, stdin: `${messages.join('\n')}\n` });
  assert.equal(code, 0, stderr);
  return changesOf(stdout).map(nameOf);
}

describe('dtstream monitor, killed', () => {
  for (const lanes of [1, 3]) {
    it(`goes on after kill -9 at any moment: no change is lost, and ids stay, with ${lanes} lanes`, async (t) => {
      const messages = await messagesOnce(t, lanes);
      const cwd = tempFolder(t);
      const expected = await changesInOneGo(cwd, messages);
      assert.ok(expected.filter((name) => name.startsWith('raised ')).length >= 4, expected.join('\n'));
      assert.ok(expected.filter((name) => name.startsWith('cleared ')).length >= 3, expected.join('\n'));
      const { publish } = await openResults(t, join(cwd, 'log'));
      const random = seededRandom(7 + lanes);
      const start = (): RunningCli => startCli(['monitor', '--idle', '1h', ...here], { cwd });
      const outputs: string[] = [];
      let running = start();
      // The first one reports what comes from its start on.
      while (!existsSync(join(cwd, 'log/quality/logbook.ndjson'))) await delay(20);
      let leftMs = 0;
      /** Messages that come while no monitor runs. */
      let unwatched = 0;
      for (const message of messages) {
        await publish(message);
        await delay(20);
        if (unwatched > 0) {
          if (--unwatched === 0) running = start();
          continue;
        }
        leftMs -= 20;
        if (leftMs > 0) continue;
        leftMs = 300 + 1200 * random();
        outputs.push(await kill(running));
        unwatched = random() < 0.5 ? Math.ceil(30 * random()) : 0;
        if (unwatched === 0) running = start();
      }
      if (unwatched > 0) running = start();
      // What is missing comes with the last one, which is stopped when all is there.
      const seen = (): string[] => outputs.flatMap((stdout) => changesOf(stdout).map(nameOf));
      for (const untilMs = Date.now() + 30_000; Date.now() < untilMs;) {
        await delay(500);
        outputs.push(await kill(running));
        if (expected.every((name) => seen().includes(name))) break;
        running = start();
        await delay(1500);
      }
      assert.ok(outputs.length >= 4, `${outputs.length} lives`);
      assert.deepEqual([...new Set(seen())].sort(), [...new Set(expected)].sort());
      const after = await runCli(['monitor', '--until-end', ...here], { cwd });
      assert.deepEqual([after.code, changesOf(after.stdout)], [0, []]);
    });
  }
});

describe('dtstream monitor in a pipe', () => {
  it('finds silent channels in what process prints', { skip: process.platform === 'win32' }, async (t) => {
    const cwd = tempFolder(t, { 'run.csv': await faultyRows() });
    const line = `${cliShellCommand} process run.csv --batch-rows 5000 --quiet | ${cliShellCommand} monitor - --quiet`;
    const { stdout, code } = await runCli(['-c', line], { cwd, command: ['sh'] });
    assert.equal(code, 0);
    const raised = changesOf(stdout).filter(({ event }) => event === 'raised');
    const objects = new Set(raised.map(({ chamber, channel }) => `${chamber}:${channel}`));
    assert.deepEqual([...objects].sort(), ['0:30', '1:37', '2:20', '3:27']);
  });
});

describe('dtstream monitor --exec', { skip: process.platform === 'win32' }, () => {
  const run = async (t: TestContext, command: string) => {
    const messages = await messagesOnce(t, 1);
    const cwd = tempFolder(t);
    const startMs = performance.now();
    const running = startCli(['monitor', '-', '--exec', command], { cwd });
    running.child.stdin.write(`${messages.join('\n')}\n`);
    const expected = await changesInOneGo(cwd, messages);
    // All changes are there while the command has hardly begun.
    const names: string[] = [];
    while (names.length < expected.length) {
      const line = await running.nextLine();
      assert.ok(line !== undefined);
      names.push(...changesOf(`${line}\n`).map(nameOf));
    }
    const changesMs = performance.now() - startMs;
    running.child.stdin.end();
    const { code, stderr } = await running.result();
    assert.equal(code, 0);
    assert.deepEqual(names, expected);
    return { cwd, expected, changesMs, said: stderr.split('\n').filter((line) => line.includes('--exec')) };
  };

  it('gives each change to the command, one after the other', async (t) => {
    const { cwd, expected, said } = await run(t, 'cat >> seen.ndjson');
    assert.deepEqual(changesOf(readFileSync(join(cwd, 'seen.ndjson'), 'utf8')).map(nameOf), expected);
    assert.deepEqual(said, []);
  });

  it('is not delayed by a command that hangs, ends it and what it has started, and says so once', async (t) => {
    const { said, changesMs } = await run(t, 'echo $$ >> pids; sleep 300 & sleep 300');
    assert.ok(changesMs < 10_000, `${changesMs} ms`);
    assert.equal(said.length, 1 + said.filter((line) => line.includes('within')).length);
    assert.match(said.at(-1) ?? '', /^dtstream: --exec: of the changes .*\d+ dropped$/);
  });

  for (const [what, command, rule] of [
    ['fails', 'cat > /dev/null; exit 3', 'the command ended with exit code 3'],
    ['is missing', 'no-such-command-here', 'the command ended with exit code 127'],
  ] as const) {
    it(`says once that a command ${what}`, async (t) => {
      const { said, expected } = await run(t, command);
      assert.deepEqual(said, [
        `dtstream: --exec: ${rule} (said once)`,
        `dtstream: --exec: of the changes ${expected.length} failed`,
      ]);
    });
  }

  it('ends with a signal while the command hangs', async (t) => {
    const messages = await messagesOnce(t, 1);
    const running = startCli(['monitor', '-', '--exec', 'sleep 300'], { cwd: tempFolder(t) });
    running.child.stdin.write(`${messages.join('\n')}\n`);
    await running.nextLine();
    running.child.kill('SIGTERM');
    const [code] = (await once(running.child, 'exit')) as [number | null];
    assert.equal(code, 0);
  });
});
