import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RowChunk, lineBytesMax, readRows } from '../../../src/pipeline/produce/read-rows.js';
import type { PlacedSource } from '../../../src/pipeline/produce/row-source.js';
import { memoryInput } from './rows.js';

async function textsOf(chunks: AsyncIterable<RowChunk>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { bytes, length } of chunks) texts.push(Buffer.from(bytes.subarray(0, length)).toString('latin1'));
  return texts;
}

describe('readRows', () => {
  it('gives whole rows as soon as they are there', async () => {
    const { signal } = new AbortController();
    const lines = memoryInput([{ format: 'csv', bytes: Buffer.from('one\ntwo\r\nth') }], { sizes: [6] });
    assert.deepEqual(await textsOf(readRows(lines.open(undefined, signal), signal)), ['one\n', 'two\r\n', 'th\n']);
    const words = memoryInput([{ format: 'words', bytes: Buffer.from('abcdefgh12345678+') }], { sizes: [10] });
    assert.deepEqual(await textsOf(readRows(words.open(undefined, signal), signal)), ['abcdefgh', '12345678']);
  });

  it('takes lines up to its limit and no longer ones', async () => {
    const { signal } = new AbortController();
    const open = (length: number): AsyncGenerator<RowChunk> => {
      const bytes = Buffer.from(`short\n${'x'.repeat(length - 1)}\nshort\n`);
      return readRows(memoryInput([{ format: 'csv', bytes }]).open(undefined, signal), signal);
    };
    assert.equal((await textsOf(open(lineBytesMax - 1))).join('').length, lineBytesMax - 1 + 12);
    await assert.rejects(textsOf(open(lineBytesMax + 1)), { code: 'input', message: /a line must be shorter than 1048576 bytes/ });
  }); // prettier-ignore

  it('does not take for a row what a signal has cut off', async () => {
    const stop = new AbortController();
    const input = memoryInput([{ format: 'csv', bytes: Buffer.from('one\ntwo') }], { sizes: [5] });
    const texts: string[] = [];
    for await (const { bytes, length } of readRows(input.open(undefined, stop.signal), stop.signal)) {
      texts.push(Buffer.from(bytes.subarray(0, length)).toString());
      stop.abort();
    }
    assert.deepEqual(texts, ['one\n']);
  });

  it('fails with what a source failed with, also when the signal aborts at that moment', async () => {
    for (const failure of [new Error('the disk is broken'), undefined]) {
      const stop = new AbortController();
      const input = memoryInput([{ format: 'csv', bytes: Buffer.from('one\n') }]);
      const open = async function* (): AsyncGenerator<PlacedSource> {
        for await (const placed of input.open(undefined, stop.signal)) {
          const read = (): Promise<number> => {
            stop.abort();
            return Promise.reject(failure ?? new Error('aborted', { cause: stop.signal.reason }));
          };
          const source = {
            name: 'run.csv',
            format: 'csv',
            bytesDone: 0,
            read,
            close: () => Promise.resolve(),
          } as const;
          yield { ...placed, source };
        }
      };
      const texts = textsOf(readRows(open(), stop.signal));
      if (failure === undefined) assert.deepEqual(await texts, []);
      else await assert.rejects(texts, failure);
    }
  });
});
