import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { linesOf } from '../../../src/commands/console/lines.js';

async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, index = 0; at < bytes.length; at += sizes[index++ % sizes.length]) {
    yield await Promise.resolve(bytes.subarray(at, at + sizes[index % sizes.length]));
  }
}

async function allOf(lines: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

describe('lines of a stream', () => {
  it('are the same however its bytes come', async () => {
    const text = fc.array(fc.constantFrom('a', 'µ', '\n', '\r', '{"x":1}')).map((parts) => parts.join(''));
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, sizes, async (all, some) => {
        const lines = await allOf(linesOf(chunksOf(Buffer.from(all), some)));
        assert.deepEqual(
          lines.map((line) => Buffer.from(line).toString()),
          all.split('\n').filter((line) => line !== ''),
        );
      }),
    );
  });

  it('are refused where they do not end', async () => {
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) yield await Promise.resolve(new Uint8Array(8 << 20));
    };
    await assert.rejects(allOf(linesOf(endless())), { code: 'input', message: /longer than 64 MiB/ });
  });
});
