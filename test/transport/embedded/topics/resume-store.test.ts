import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openEmbeddedLog } from '../../../../src/transport/embedded/embedded-log.js';
import { StoreEnv } from '../../../../src/transport/embedded/store/store-env.js';
import { resumeKey } from '../../../../src/transport/embedded/store/store-keys.js';
import type { LogWriter, Transport } from '../../../../src/transport/transport.js';
import { tempFolder } from '../../../sources/temp-folder.js';
import { batchOf, readToEnd, valuesOf } from '../../records.js';

const input = '/data/run.csv';
const taken = { code: 'fenced', message: /another produce is writing this input/ };

async function openTopic(t: TestContext): Promise<{ readonly dir: string; readonly log: Transport }> {
  const dir = join(tempFolder(t), 'log');
  const log = await openEmbeddedLog({ dir });
  t.after(() => log.close());
  await log.createTopics([{ topic: 'data_raw', partitions: 1, replicationFactor: 1 }]);
  return { dir, log };
}

async function valuesIn(log: Transport): Promise<string[]> {
  return valuesOf(await readToEnd(await log.openReader('data_raw', 'earliest')));
}

/** Appends rows from where the writer thinks that it is, one per record. */
function appendRow(writer: LogWriter, row: number): Promise<void> {
  return writer.append([batchOf(0, [String(row)])], { input, state: String(row + 1) });
}

describe('how far an input was written', () => {
  it('is gone on from by one writer only: whoever comes second or was overtaken ends, and no row comes twice', async (t) => {
    const { log } = await openTopic(t);
    const first = await log.openWriter('data_raw');
    await appendRow(first, 0);
    const second = await log.openWriter('data_raw');
    const third = await log.openWriter('data_raw');
    assert.deepEqual(await second.resumePoint(input), { input, state: '1' });
    assert.deepEqual(await third.resumePoint(input), { input, state: '1' });
    await appendRow(second, 1);
    await assert.rejects(appendRow(third, 1), taken);
    await assert.rejects(appendRow(first, 1), taken);
    await appendRow(second, 2);
    assert.deepEqual(await valuesIn(log), ['0', '1', '2']);
  });

  it('is fenced from the first row on', async (t) => {
    const { log } = await openTopic(t);
    const writers = [await log.openWriter('data_raw'), await log.openWriter('data_raw')];
    for (const writer of writers) assert.equal(await writer.resumePoint(input), undefined);
    await appendRow(writers[0], 0);
    await assert.rejects(appendRow(writers[1], 0), taken);
    assert.deepEqual(await valuesIn(log), ['0']);
  });

  it('may be begun once more beside others that began it, for which rows come twice', async (t) => {
    const { log } = await openTopic(t);
    const writers = [await log.openWriter('data_raw'), await log.openWriter('data_raw')];
    for (const row of [0, 1]) for (const writer of writers) await appendRow(writer, row);
    assert.deepEqual(await valuesIn(log), ['0', '0', '1', '1']);
  });

  it('keeps inputs of a writer apart', async (t) => {
    const { log } = await openTopic(t);
    const writer = await log.openWriter('data_raw');
    await writer.resumePoint(input);
    await writer.append([], { input: 'other', state: 'x' });
    await appendRow(writer, 0);
    await writer.append([], { input: 'other', state: 'y' });
    assert.deepEqual(await writer.resumePoint('other'), { input: 'other', state: 'y' });
  });

  it('is read as older versions have stored it', async (t) => {
    const { dir, log } = await openTopic(t);
    const env = StoreEnv.open(join(dir, 'topics/data_raw'), { writable: true });
    t.after(() => env.release());
    const key = resumeKey(0, createHash('sha256').update(input).digest());
    env.write((view) => view.put(key, Buffer.from(JSON.stringify({ input, state: '1' }))));
    const writer = await log.openWriter('data_raw');
    assert.deepEqual(await writer.resumePoint(input), { input, state: '1' });
    await appendRow(writer, 1);
    assert.deepEqual(await writer.resumePoint(input), { input, state: '2' });
  });
});
