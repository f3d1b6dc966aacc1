import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { InputWarning } from '../../../src/sources/input-error.js';
import { WordReader } from '../../../src/sources/words/word-reader.js';
import { MemoryReader } from '../memory-reader.js';
import { readAll, readUntilEnd } from '../read-all.js';

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });

describe('WordReader', () => {
  test('whole words come through and the rest is warned of once, for any sizes of reads below and above', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), sizes, sizes, async (bytes, pieces, targets) => {
        const warnings: InputWarning[] = [];
        const reader = new WordReader('run.dat', new MemoryReader(bytes, pieces), (warning) => warnings.push(warning));
        const whole = bytes.length - (bytes.length % 8);
        assert.deepEqual(await readAll(reader, targets), Buffer.from(bytes.subarray(0, whole)));
        assert.equal(await reader.read(new Uint8Array(8)), 0);
        const told = warnings.map(({ source, offset, bytes: count }) => [source, offset, count]);
        assert.deepEqual(told, whole === bytes.length ? [] : [['run.dat', whole, bytes.length - whole]]);
      }),
    );
  });

  test('the warning counts from the start of the input where the reader begins in the middle', async () => {
    const warnings: InputWarning[] = [];
    const inner = new MemoryReader(Buffer.alloc(19));
    await readAll(new WordReader('run.dat', inner, (warning) => warnings.push(warning), 320_000));
    assert.deepEqual(warnings.map(({ offset }) => offset), [320_016]);
  }); // prettier-ignore

  test('the warning says how many bytes and where', async () => {
    const messages: string[] = [];
    for (const length of [19, 9]) {
      const inner = new MemoryReader(Buffer.alloc(length));
      await readAll(new WordReader('run.dat', inner, ({ message }) => messages.push(message)));
    }
    assert.deepEqual(messages, [
      'run.dat: 3 bytes at offset 16 are not a whole 8-byte word and were left out',
      'run.dat: 1 byte at offset 8 is not a whole 8-byte word and was left out',
    ]);
  });

  test('a failure after part of a word is no rest', async () => {
    const inner = new MemoryReader(Buffer.alloc(11), [4], new Error('broken'));
    const { bytes, failure } = await readUntilEnd(new WordReader('run.dat', inner, () => assert.fail('warned')));
    assert.equal(bytes.length, 8);
    assert.match(String(failure), /broken/);
  });

  test('a target of 16 bytes or more is filled by the reader below itself', async () => {
    const inner = new RecordingReader(Buffer.alloc(64), [24]);
    const target = new Uint8Array(new SharedArrayBuffer(32));
    assert.equal(await new WordReader('run.dat', inner, () => undefined).read(target), 24);
    assert.deepEqual(inner.memories, [target.buffer]);
  });
});

/** Remembers whose memory it was given. */
class RecordingReader extends MemoryReader {
  readonly memories: ArrayBufferLike[] = [];

  override read(target: Uint8Array): Promise<number> {
    this.memories.push(target.buffer);
    return super.read(target);
  }
}
