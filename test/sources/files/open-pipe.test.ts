import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openPipe } from '../../../src/sources/files/open-pipe.js';
import { StreamReader } from '../../../src/sources/files/stream-reader.js';
import { readAll } from '../read-all.js';
import { tempPipe } from '../temp-folder.js';

const silent = (): void => undefined;

describe('openPipe', { skip: process.platform !== 'linux' && 'elsewhere a pipe is opened as a file' }, () => {
  test('does not wait for a writer, says so, and gives what is written then', async (t) => {
    const path = tempPipe(t);
    let tell: (message: string) => void = () => undefined;
    const warned = new Promise<string>((resolve) => (tell = resolve));
    const stream = await openPipe(path, { warn: ({ message }) => tell(message), writerMs: 1 });
    const reader = new StreamReader(path, stream);
    const reading = readAll(reader, [4096]);
    assert.equal(await warned, `waiting for a writer of pipe ${path}`);
    const bytes = Buffer.alloc(300_000, '2,0,1,7,3,4\n');
    createWriteStream(path).end(bytes);
    assert.ok((await reading).equals(bytes));
    await reader.close();
  });

  test('ends when a writer has come and gone without a byte', async (t) => {
    const path = tempPipe(t);
    const reader = new StreamReader(path, await openPipe(path, { warn: silent }));
    const reading = reader.read(new Uint8Array(8));
    await (await open(path, 'w')).close();
    assert.equal(await reading, 0);
    await reader.close();
  });

  test('says nothing of a writer that is there and silent, and loses nothing of what it writes', async (t) => {
    const path = tempPipe(t);
    const stream = await openPipe(path, { warn: ({ message }) => assert.fail(message), writerMs: 30 });
    const writer = createWriteStream(path);
    // Nobody reads yet: what is found when the writer is looked for must come first.
    await new Promise((resolve) => writer.write('one\n', resolve));
    // A timer of the same time that was set later fires later.
    await setTimeout(30);
    writer.end('two\n');
    const reader = new StreamReader(path, stream);
    assert.equal((await readAll(reader, [100])).toString(), 'one\ntwo\n');
    await reader.close();
  });

  test('can be left while there is no writer', async (t) => {
    const stop = new AbortController();
    const path = tempPipe(t);
    const reader = new StreamReader(path, await openPipe(path, { warn: silent }), stop.signal);
    const reading = reader.read(new Uint8Array(8));
    stop.abort(new Error('told to stop'));
    await assert.rejects(reading, /told to stop/);
    await reader.close();
  });

  test('names a pipe that is gone', async () => {
    await assert.rejects(openPipe('/nowhere/pipe', { warn: silent }), { code: 'input', message: /no such file/ });
  });
});
