import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PeekReader, peekBytesMax } from '../../src/sources/peek-reader.js';
import { MemoryReader } from './memory-reader.js';
import { readAll, readUntilEnd } from './read-all.js';

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });

describe('PeekReader', () => {
  test('what was peeked is still read, whatever the sizes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.nat(40), sizes, sizes, async (bytes, count, pieces, targets) => {
        const reader = new PeekReader(new MemoryReader(bytes, pieces));
        const head = await reader.peek(count);
        assert.ok(head.length >= Math.min(count, bytes.length));
        assert.deepEqual(Buffer.from(head), Buffer.from(bytes.subarray(0, head.length)));
        assert.deepEqual(await readAll(reader, targets), Buffer.from(bytes));
      }),
    );
  });

  test('finds the ends of lines, the end of the input being one', async () => {
    const reader = new PeekReader(new MemoryReader('ab\n\ncd', [1]));
    assert.equal(await reader.peekLineEnd(0), 2);
    assert.equal(await reader.peekLineEnd(3), 3);
    assert.equal(await reader.peekLineEnd(4), 6);
    assert.equal((await readAll(reader)).toString(), 'ab\n\ncd');
  });

  test('waits for no more than the first line takes', async () => {
    const inner = new MemoryReader('ab\ncd\n'.repeat(10), [3]);
    assert.equal(await new PeekReader(inner).peekLineEnd(0), 2);
    assert.equal(inner.bytesDone, 3);
  });

  test('gives up on a line that does not end within what it looks at', async () => {
    const reader = new PeekReader(new MemoryReader(Buffer.alloc(3 * peekBytesMax, 'x')));
    assert.equal(await reader.peekLineEnd(0), undefined);
    assert.equal((await readAll(reader)).length, 3 * peekBytesMax);
  });

  test('skips bytes that were peeked', async () => {
    const reader = new PeekReader(new MemoryReader('abcdef', [4]));
    await reader.peek(2);
    reader.skip(2);
    assert.equal((await readAll(reader)).toString(), 'cdef');
  });

  test('throws a failure met ahead only after what came before it', async () => {
    const reader = new PeekReader(new MemoryReader('abc', [2], new Error('broken')));
    assert.equal(Buffer.from(await reader.peek(10)).toString(), 'abc');
    const { bytes, failure } = await readUntilEnd(reader, [2]);
    assert.equal(bytes.toString(), 'abc');
    assert.match(String(failure), /broken/);
  });
});
