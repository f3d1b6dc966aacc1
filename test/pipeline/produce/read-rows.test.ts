import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { type RowChunk, lineBytesMax, readRows } from '../../../src/pipeline/produce/read-rows.js';
import type { PlacedSource } from '../../../src/pipeline/produce/row-source.js';
import { RowTable } from '../../../src/pipeline/produce/row-table.js';
import { scanCsv } from '../../../src/pipeline/produce/scan-csv.js';
import { holedText } from '../../compute/hostile-lines.js';
import { splitLines } from '../../domain/split-lines.js';
import { classify } from '../../model/classify.js';
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

  it('takes a hole for the end of a line, shortened to 4096 bytes, however it is read', async () => {
    const { signal } = new AbortController();
    const long = fc.integer({ min: 4000, max: 400_000 }).map((zeros) => `2,0,7${'\0'.repeat(zeros)}2,0,1,8,3,4\n`);
    const text = fc.array(fc.oneof({ weight: 3, arbitrary: holedText }, { weight: 1, arbitrary: long }), {
      maxLength: 5,
    });
    const sizes = fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(text.map((parts) => parts.join('')), sizes, async (content, readSizes) => {
        const bytes = Buffer.from(content, 'latin1');
        const input = memoryInput([{ format: 'csv', bytes }], { sizes: readSizes.map((size) => size + 5000) });
        const found: string[] = [];
        const table = new RowTable();
        for await (const chunk of readRows(input.open(undefined, signal), signal)) {
          for (let at = 0; at < chunk.length;) {
            at = scanCsv(chunk.bytes, at, chunk.length, table);
            const rows = Buffer.from(chunk.bytes);
            for (let row = 0; row < table.count; row++) found.push(rows.toString('latin1', table.starts[row], table.ends[row]));
          }
        }
        const lines = splitLines(bytes.toString('latin1')).map((line) => line.replace(/\r?\n$/, ''));
        const rows = lines.filter((line) => classify(`${line}\n`, defaultGeometry).kind !== 'none');
        assert.deepEqual(found, rows.map((line) => line.replace(/\0{4096,}$/, '\0'.repeat(4096))));
      }),
      { numRuns: 60 },
    ); // prettier-ignore
  });

  it('says where rows are in their file up to the first hole that was shortened', async () => {
    const { signal } = new AbortController();
    const bytes = Buffer.from(`one\ntwo${'\0'.repeat(100)}three\nfour${'\0'.repeat(5000)}five\n`);
    const places: (number | undefined)[] = [];
    const input = memoryInput([{ format: 'csv', bytes }], { sizes: [50] });
    for await (const { bytesBefore } of readRows(input.open(undefined, signal), signal)) places.push(bytesBefore);
    assert.deepEqual(places, [0, 4, undefined]);
  });
});
