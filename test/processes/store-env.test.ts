import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ownIdentity } from '../../src/transport/embedded/door/process-identity.js';
import { StoreEnv } from '../../src/transport/embedded/store/store-env.js';
import { tempFolder } from '../sources/temp-folder.js';
import { countIn, countKey, numberKey } from '../transport/embedded/env-program.js';

const commits = 2500;
const program = fileURLToPath(new URL('../transport/embedded/env-program.js', import.meta.url));

function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...args]);
}

/** What a program said, once it has ended well. */
async function endOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [said, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  assert.deepEqual([complaint, code], ['', 0]);
  return said.trim();
}

/** Pages of the environment's file that are counted as memory of this process. */
function mappedBytes(dir: string): number {
  const maps = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const [, kilobytes = '0'] =
    /^Rss: +(\d+) kB$/m.exec(maps.find((map) => map.includes(join(dir, 'data.mdb'))) ?? '') ?? [];
  return Number(kilobytes) * 1024;
}

function newEnv(folder: string): string {
  const dir = join(folder, 'env');
  mkdirSync(dir);
  const env = StoreEnv.create(dir);
  env.write((view) => view.put(countKey, numberKey(0)));
  env.release();
  return dir;
}

describe('StoreEnv', () => {
  // Without the look at the root pages in every transaction some commits are lost here, each time.
  it('loses no commit while other processes open it, read it and close it', async (t) => {
    const dir = newEnv(tempFolder(t, {}));
    const openers = [start('open', dir), start('open', dir)];
    t.after(() => openers.map((child) => child.kill('SIGKILL')));
    const ends = openers.map(endOf);
    const env = StoreEnv.open(dir, { writable: false });
    let isWritten = false;
    const written = endOf(start('write', dir, String(commits))).then((said) => {
      isWritten = true;
      return said;
    });
    for (; !isWritten; await new Promise((resolve) => setImmediate(resolve))) {
      const missing = env.read((view) => {
        const count = Number(view.get(countKey)?.readBigUInt64BE() ?? 0n);
        const numbers = Array.from({ length: Math.min(20, count) }, (_, index) => count - 1 - index);
        return numbers.filter((number) => view.get(numberKey(number)) === undefined);
      });
      assert.deepEqual(missing, []);
    }
    assert.equal(await written, String(commits));
    for (const child of openers) child.stdin.end();
    for (const end of ends) assert.ok(Number(await end) > 0);
    assert.equal(countIn(env), commits);
    const lost = env.read((view) =>
      Array.from({ length: commits }, (_, number) => number).filter((number) => !view.get(numberKey(number))),
    );
    env.release();
    assert.deepEqual(lost, []);
  });

  // A screen that looks for an hour how far a log has come would otherwise count the log as its memory.
  it(
    'keeps little of a growing file in memory when only its end is read',
    { skip: process.platform !== 'linux' && '/proc is read' },
    async (t) => {
      const dir = newEnv(tempFolder(t, {}));
      const env = StoreEnv.open(dir, { writable: false });
      let isWritten = false;
      const written = endOf(start('write', dir, '10000')).then(() => (isWritten = true));
      let largest = 0;
      for (let look = 0; !isWritten; look++, await new Promise((resolve) => setImmediate(resolve))) {
        countIn(env);
        if (look % 100 === 0) largest = Math.max(largest, mappedBytes(dir));
      }
      await written;
      assert.equal(countIn(env), 10000);
      env.release();
      assert.ok(largest > 0 && largest < 4 << 20, `${largest} bytes`);
    },
  );

  it('is opened although a process was killed while it did so', (t) => {
    const dir = newEnv(tempFolder(t, {}));
    writeFileSync(join(dir, 'door'), JSON.stringify({ ...ownIdentity(), started: 'long ago' }));
    const env = StoreEnv.open(dir, { writable: false });
    assert.equal(countIn(env), 0);
    env.release();
    assert.deepEqual(readdirSync(dir).sort(), ['data.mdb', 'lock.mdb']);
  });
});
