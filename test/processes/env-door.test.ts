import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withEnvironmentLock } from '../../src/transport/embedded/door/env-door.js';
import { ownIdentity, type ProcessIdentity } from '../../src/transport/embedded/door/process-identity.js';
import { seededRandom } from '../helpers/random/seeded-random.js';
import { tempFolder } from '../sources/temp-folder.js';

const program = fileURLToPath(new URL('../transport/embedded/door-program.js', import.meta.url));

function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...args]);
}

const killedMax = 40;

/** Who has made the marker last. */
function pidInside(dir: string): number | undefined {
  try {
    return (JSON.parse(readlinkSync(join(dir, 'inside'))) as ProcessIdentity).pid;
  } catch {
    return undefined;
  }
}

/** Where the system says who is running: without, silence alone tells, and nobody is known to be stopped. */
const skip = ownIdentity().started === '' && 'needs /proc';

describe('throughDoor', () => {
  it('lets one process through at a time, whoever is killed meanwhile', async (t) => {
    const dir = tempFolder(t);
    const random = seededRandom(8);
    const there = new Set<ChildProcessWithoutNullStreams>();
    let said = '';
    let killed = 0;
    let isOver = false;
    const passesOf = (): number => said.split('passed\n').length - 1;
    const live = async (): Promise<void> => {
      for (let life = 0; !isOver; life++) {
        const child = start('pass', dir, '200');
        there.add(child);
        child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
        child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
        await once(child, 'close');
        there.delete(child);
        // All 200 passes of one who was not killed are enough.
        if (child.exitCode === 0) return;
        killed++;
      }
    };
    const lives = Array.from({ length: 8 }, live);
    const killer = setInterval(() => {
      const children = [...there];
      // Mostly whoever is inside, so that all others want his door at once.
      const inside = children.find(({ pid }) => pid === pidInside(dir));
      const anyone = children[Math.floor(random() * children.length)];
      if (killed < killedMax) (random() < 0.8 ? inside : anyone)?.kill('SIGKILL');
      else isOver = true;
    }, 20);
    t.after(() => {
      clearInterval(killer);
      for (const child of there) child.kill('SIGKILL');
    });
    await Promise.all(lives);
    assert.equal(said.replaceAll('passed\n', ''), '');
    assert.ok(passesOf() >= 200, `${passesOf()} passes`);
    assert.equal(
      withEnvironmentLock(dir, () => existsSync(join(dir, 'door'))),
      true,
    );
    assert.ok(!existsSync(join(dir, 'door')));
  });

  it('never takes the door of a process that is only stopped: who waits for it fails in time, until it is killed', { skip }, async (t) => {
    const dir = tempFolder(t);
    const owner = start('stay', dir);
    t.after(() => owner.kill('SIGKILL'));
    await once(owner.stdout, 'data');
    owner.kill('SIGSTOP');
    const door = readFileSync(join(dir, 'door'), 'utf8');
    assert.throws(
      () => withEnvironmentLock(dir, () => assert.fail('two are inside'), { silentMsMax: 0, busyMsMax: 100 }),
      { code: 'store', retryable: true, message: new RegExp(`process ${owner.pid} is doing so and has not finished within 0.1 s`) },
    );
    assert.deepEqual(readdirSync(dir), ['door']);
    assert.equal(readFileSync(join(dir, 'door'), 'utf8'), door);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    assert.equal(withEnvironmentLock(dir, () => 'passed'), 'passed');
    assert.deepEqual(readdirSync(dir), []);
  }); // prettier-ignore

  const left = [
    ['is gone, its number given to another process', { ...ownIdentity(), started: '1' }, 0],
    ['ran before the machine was started again', { ...ownIdentity(), boot: 'an earlier one' }, 0],
    ['ran in another container, once it has been silent for long', { ...ownIdentity(), pidNamespace: 'pid:[1]' }, 50],
    ['wrote nothing that can be read, once it has been silent for long', undefined, 50],
  ] as const;
  for (const [title, owner, waitMs] of left) {
    it(`takes over the door of a process that ${title}`, { skip: title.includes('number') && skip }, (t) => {
      const dir = tempFolder(t, { door: owner === undefined ? '' : JSON.stringify(owner) });
      const startMs = performance.now();
      withEnvironmentLock(dir, () => assert.match(readFileSync(join(dir, 'door'), 'utf8'), /"pass":/), {
        ...{ silentMsMax: 50, busyMsMax: 100 },
      });
      assert.ok(performance.now() - startMs >= waitMs);
      assert.deepEqual(readdirSync(dir), []);
    });
  }

  it('opens the door again when the pass fails', (t) => {
    const dir = tempFolder(t);
    assert.throws(() => withEnvironmentLock(dir, () => assert.fail('it fails')), /it fails/);
    assert.deepEqual(readdirSync(dir), []);
  });

  const withoutDoor = { skip: !existsSync('/sys') && 'no folder here that nobody may write to' };
  it('goes without a door where none can be made or the folder is gone', withoutDoor, (t) => {
    assert.equal(
      withEnvironmentLock('/sys', () => 'passed'),
      'passed',
    );
    const dir = join(tempFolder(t), 'gone');
    assert.equal(
      withEnvironmentLock(dir, () => 'passed'),
      'passed',
    );
  });

  it('does not pass without a door because one could not be written', (t) => {
    const dir = tempFolder(t);
    writeFileSync(join(dir, 'file'), '');
    assert.throws(() => withEnvironmentLock(join(dir, 'file'), () => 'passed'), { code: 'store' });
  });
});
