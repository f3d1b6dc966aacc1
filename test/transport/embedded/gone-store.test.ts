import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import { StoreEnv } from '../../../src/transport/embedded/store/store-env.js';
import type { LaneLease, LogReader, LogWriter, Transport } from '../../../src/transport/transport.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { batchOf, readToEnd, valuesOf } from '../records.js';

const names = { topic: 'data_raw', results: 'data_clean', rejected: 'data_rejected' } as const;
const gone = { name: 'DtstreamError', code: 'gone', message: /but was deleted, moved or replaced$/ };

interface InUse {
  readonly dir: string;
  readonly log: Transport;
  readonly writer: LogWriter;
  readonly reader: LogReader;
  readonly lane: LaneLease;
}

/** A store with everything open that commands have open. */
async function storeInUse(t: TestContext): Promise<InUse> {
  const dir = join(tempFolder(t), 'log');
  const log = await openEmbeddedLog({ dir, pollMs: 20 });
  t.after(() => log.close());
  await log.createTopics([{ topic: names.topic, partitions: 1, replicationFactor: 1 }]);
  const writer = await log.openWriter(names.topic);
  await writer.append([batchOf(0, ['before'])]);
  const reader = await log.openReader(names.topic, 'latest');
  const member = await log.joinGroup({ ...names, group: 'g', lanes: 1, reset: false });
  const lane = await member.nextLane(AbortSignal.timeout(30_000));
  assert.ok(lane);
  return { dir, log, writer, reader, lane };
}

function makeAnew(dir: string): void {
  cpSync(dir, `${dir}.copy`, { recursive: true });
  rmSync(dir, { recursive: true });
  renameSync(`${dir}.copy`, dir);
}

const changes: Record<string, (dir: string) => void> = {
  deleted: (dir) => rmSync(dir, { recursive: true }),
  moved: (dir) => renameSync(dir, `${dir}.old`),
  'made anew': makeAnew,
};

describe('a store that goes away under those who use it', () => {
  for (const [what, change] of Object.entries(changes)) {
    it(`is said to be gone when it was ${what}, to every one of them, and nothing is made in its place`, async (t) => {
      const { dir, log, writer, reader, lane } = await storeInUse(t);
      const waiting = assert.rejects(reader.read({ bytesMax: 1000, waitMs: 30_000 }), gone);
      change(dir);
      await waiting;
      const there = readdirSync(join(dir, '..'), { recursive: true }).length;
      await assert.rejects(writer.append([batchOf(0, ['after'])]), gone);
      await assert.rejects(lane.commit({ results: [batchOf(0, ['a'])], rejected: [], offsets: new Map() }), gone);
      await assert.rejects(log.topics(), gone);
      await assert.rejects(log.groups(), gone);
      await assert.rejects(reader.bounds(), gone);
      await log.close();
      const added = readdirSync(join(dir, '..'), { recursive: true }).length - there;
      // Those who say that they are there may have touched their files in a store that was made anew.
      assert.ok(added <= 1, `${added} files were made`);
    });
  }

  it('fails a transaction that it went away under', async (t) => {
    const { dir } = await storeInUse(t);
    const path = join(dir, 'topics/data_raw');
    const env = StoreEnv.open(path, { writable: true });
    t.after(() => env.release());
    assert.throws(() => env.write(() => renameSync(path, `${path}.old`)), gone);
    renameSync(`${path}.old`, path);
    assert.throws(() => env.read(() => undefined), gone, 'also when it is put back');
  });

  it('loses its lanes with the reason', async (t) => {
    const { dir, lane } = await storeInUse(t);
    rmSync(dir, { recursive: true });
    // Heartbeats, which notice it, keep no process up.
    const up = setInterval(() => undefined, 1000);
    t.after(() => clearInterval(up));
    if (!lane.lost.aborted) await new Promise((resolve) => lane.lost.addEventListener('abort', resolve));
    assert.equal((lane.lost.reason as { code?: unknown }).code, 'gone');
    await lane.release();
  });

  it('can be opened where it is made anew, also in the same process', async (t) => {
    const { dir, writer } = await storeInUse(t);
    makeAnew(dir);
    const log = await openEmbeddedLog({ dir });
    t.after(() => log.close());
    const anew = await log.openWriter(names.topic);
    await anew.append([batchOf(0, ['anew'])]);
    await assert.rejects(writer.append([batchOf(0, ['lost'])]), gone);
    assert.deepEqual(valuesOf(await readToEnd(await log.openReader(names.topic, 'earliest'))), ['before', 'anew']);
  });
});

describe('a data file that is cut under those who use it', () => {
  it('is damage, said before its map is touched', async (t) => {
    const { dir, writer, reader, lane } = await storeInUse(t);
    const values = Array.from({ length: 2000 }, () => 'x'.repeat(1000));
    await writer.append([batchOf(0, values)]);
    await lane.commit({ results: [batchOf(0, values)], rejected: [], offsets: new Map() });
    for (const env of ['topics/data_raw', 'outputs']) truncateSync(join(dir, env, 'data.mdb'), 40_000);
    const damaged = {
      code: 'store',
      message: /must not become shorter than \d+ bytes, got 40000; the store is damaged$/,
    };
    await assert.rejects(writer.append([batchOf(0, ['after'])]), damaged);
    await assert.rejects(reader.read({ bytesMax: 1000, waitMs: 0 }), damaged);
    await assert.rejects(lane.commit({ results: [], rejected: [], offsets: new Map() }), damaged);
  });
});

describe('a folder in which a store is only half there', () => {
  const halves: Record<string, (dir: string) => void> = {
    'without its version file': (dir) => rmSync(join(dir, 'store.json')),
    'with nothing but empty folders': (dir) => {
      rmSync(dir, { recursive: true });
      for (const name of ['topics', 'wake', 'outputs']) mkdirSync(join(dir, name), { recursive: true });
      writeFileSync(join(dir, 'wake', 'outputs'), '');
    },
    'without the data of its topic': (dir) => {
      for (const path of ['store.json', 'topics/data_raw/data.mdb']) rmSync(join(dir, path));
    },
    'without the data of its outputs': (dir) => {
      for (const path of ['store.json', 'outputs/data.mdb']) rmSync(join(dir, path));
    },
    'with locks alone': (dir) => {
      for (const path of ['store.json', 'outputs/data.mdb', 'topics/data_raw/data.mdb']) rmSync(join(dir, path));
    },
  };
  for (const [what, halve] of Object.entries(halves)) {
    it(`is taken over ${what}`, async (t) => {
      const { dir, log: before } = await storeInUse(t);
      await before.close();
      halve(dir);
      const log = await openEmbeddedLog({ dir });
      t.after(() => log.close());
      await log.createTopics([{ topic: names.topic, partitions: 1, replicationFactor: 1 }]);
      await (await log.openWriter(names.topic)).append([batchOf(0, ['anew'])]);
      const values = valuesOf(await readToEnd(await log.openReader(names.topic, 'earliest')));
      assert.equal(values.at(-1), 'anew');
      const member = await log.joinGroup({ ...names, group: 'g', lanes: 1, reset: false });
      assert.ok(await member.nextLane(AbortSignal.timeout(30_000)));
    });
  }

  it('is damage when it says that it is a store', async (t) => {
    const { dir, log } = await storeInUse(t);
    await log.close();
    rmSync(join(dir, 'outputs/data.mdb'));
    await assert.rejects(openEmbeddedLog({ dir }), { code: 'store', message: /data\.mdb: it does not exist/ });
  });

  it('is still refused when somebody else has something in it', async (t) => {
    for (const path of ['wake/notes.txt', 'topics/plan.txt', 'outputs/results.csv']) {
      const dir = tempFolder(t, { [path]: 'mine' });
      await assert.rejects(openEmbeddedLog({ dir }), { code: 'store', message: /must be empty or a dtstream store/ });
    }
  });
});
