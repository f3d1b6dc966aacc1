import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DtstreamError } from '../../../src/errors.js';
import { ObjectFetch, type RangeSource } from '../../../src/sources/s3/object-fetch.js';
import { ObjectReader } from '../../../src/sources/s3/object-reader.js';
import { S3AnswerError } from '../../../src/sources/s3/s3-error.js';
import type { ByteRange } from '../../../src/sources/s3/s3-store.js';

/** What the n-th request is answered with; without a plan: all that was asked for. */
interface Answer {
  /** Bytes before the connection breaks; undefined = it does not. */
  readonly breakAfter?: number | undefined;
  readonly refuse?: Error;
  readonly version?: string;
  /** Says nothing more after its bytes, and does not end either. */
  readonly isSilent?: boolean;
}

/** An object in memory behind connections that do as they are told. */
class PlannedObject implements RangeSource {
  readonly name = 's3://bucket/key';
  readonly bytes: Uint8Array;
  readonly asked: { readonly range: ByteRange; readonly version: string | undefined }[] = [];
  readonly #plan: readonly Answer[];

  constructor(bytes: Uint8Array, plan: readonly Answer[] = []) {
    this.bytes = bytes;
    this.#plan = plan;
  }

  get size(): number {
    return this.bytes.length;
  }

  get = (range: ByteRange, version: string | undefined): ReturnType<RangeSource['get']> => {
    const answer = this.#plan.at(this.asked.length) ?? {};
    this.asked.push({ range, version });
    if (answer.refuse !== undefined) return Promise.reject(answer.refuse);
    const bytes = this.bytes.subarray(range.first, range.last + 1);
    const body = bodyOf(bytes.subarray(0, answer.breakAfter), answer);
    return Promise.resolve({ version: answer.version ?? '"v1"', body });
  };

  explain = (error: unknown): ReturnType<RangeSource['explain']> =>
    error instanceof S3AnswerError ? { text: error.message, isTransient: error.isTransient } : undefined;
}

const broken = new S3AnswerError('it broke', { isTransient: true });

/** A few bytes at a time, then what the plan says. */
function bodyOf(bytes: Uint8Array, { breakAfter, isSilent = false }: Answer): Readable {
  let at = 0;
  return new Readable({
    read() {
      if (at < bytes.length) this.push(bytes.slice(at, (at += 7)));
      else if (breakAfter !== undefined && !isSilent) this.destroy(broken);
      else if (!isSilent) this.push(null);
    },
  });
}

const quiet = { warn: () => undefined, partBytes: 64, partsMax: 3 };

async function readAll(reader: ObjectReader, targetBytes = 50): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const target = new Uint8Array(targetBytes);
    const count = await reader.read(target);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(target.subarray(0, count));
  }
}

const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index * 31 + (index >> 8));

/** Resolves when all that can go on without the reader has done so. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
}

describe('ObjectReader', () => {
  test('gives the bytes of the object from any offset, however it is cut and wherever connections break', async () => {
    const answers = fc.record({ breakAfter: fc.option(fc.nat(70), { nil: undefined }) }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          length: fc.nat(600),
          partBytes: fc.integer({ min: 1, max: 90 }),
          partsMax: fc.integer({ min: 1, max: 5 }),
        }),
        fc.record({ offset: fc.nat(650), targetBytes: fc.integer({ min: 1, max: 100 }) }),
        fc.array(answers, { maxLength: 2 }),
        async ({ length, partBytes, partsMax }, { offset, targetBytes }, plan) => {
          const object = new PlannedObject(bytesOf(length), plan);
          const reader = new ObjectReader(object, offset, { ...quiet, partBytes, partsMax });
          assert.deepEqual(await readAll(reader, targetBytes), Buffer.from(object.bytes.subarray(offset)));
          assert.equal(reader.bytesDone, Math.max(offset, length));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('asks for what a broken connection has not brought, and for the same version', async () => {
    const object = new PlannedObject(bytesOf(60), [{ breakAfter: 20 }, { breakAfter: 0 }]);
    assert.deepEqual(await readAll(new ObjectReader(object, 0, quiet)), Buffer.from(object.bytes));
    assert.deepEqual(object.asked, [
      { range: { first: 0, last: 59 }, version: undefined },
      { range: { first: 20, last: 59 }, version: '"v1"' },
      { range: { first: 20, last: 59 }, version: '"v1"' },
    ]);
  });

  test('does not read further ahead than its parts, and then waits without a connection', async () => {
    const object = new PlannedObject(bytesOf(1000));
    const reader = new ObjectReader(object, 0, quiet);
    await settled();
    assert.equal(object.asked.length, 1);
    assert.equal(await reader.read(new Uint8Array(1)), 1);
    await settled();
    assert.deepEqual(
      object.asked.map(({ range }) => range.first),
      [0, 64, 128],
    );
    assert.equal(await reader.read(new Uint8Array(64)), 63);
    await reader.read(new Uint8Array(1));
    await settled();
    assert.deepEqual(
      object.asked.map(({ range }) => range.first),
      [0, 64, 128, 192],
    );
  });

  test('asks for nothing of an object without bytes', async () => {
    const object = new PlannedObject(bytesOf(0));
    assert.equal((await readAll(new ObjectReader(object, 0, quiet))).length, 0);
    assert.equal(object.asked.length, 0);
  });

  test('gives the bytes before a failure that will not heal, then fails with the offset', async () => {
    const refuse = new S3AnswerError('permission denied', { isTransient: false });
    const reader = new ObjectReader(new PlannedObject(bytesOf(100), [{ breakAfter: 30 }, { refuse }]), 0, {
      ...quiet,
      partsMax: 1,
    });
    let count = await reader.read(new Uint8Array(64));
    assert.ok(count > 0);
    const failing = (async () => {
      for (;;) count += await reader.read(new Uint8Array(64));
    })();
    await assert.rejects(failing, (error) => {
      assert.ok(error instanceof DtstreamError);
      assert.equal(error.message, 'cannot read s3://bucket/key: at offset 30: permission denied');
      return true;
    });
    assert.equal(count, 30);
  });

  test('fails when the object is replaced while it is read', async () => {
    const object = new PlannedObject(bytesOf(100), [{}, { version: '"v2"' }]);
    await assert.rejects(readAll(new ObjectReader(object, 0, quiet)), /at offset 64: the object was replaced/);
  });

  test('breaks off an answer that says nothing for long, and asks again', async () => {
    const object = new PlannedObject(bytesOf(50), [{ isSilent: true, breakAfter: 14 }]);
    const reader = new ObjectReader(object, 0, { ...quiet, silenceMsMax: 20 });
    assert.deepEqual(await readAll(reader), Buffer.from(object.bytes));
    assert.equal(object.asked[1].range.first, 14);
  });

  test('warns once of a server that stays away, and gives up in the end', async () => {
    const warnings: string[] = [];
    const object = new PlannedObject(bytesOf(50), Array<Answer>(100).fill({ refuse: broken }));
    const warn = ({ message }: { message: string }): number => warnings.push(message);
    const reader = new ObjectReader(object, 0, { ...quiet, warn, outageMsMax: 600, quietMsMax: 200 });
    await assert.rejects(readAll(reader), { code: 'input', message: /at offset 0: it broke$/ });
    assert.deepEqual(warnings, ['s3://bucket/key: it broke; trying again for 0.6 s']);
    assert.ok(object.asked.length < 10);
  });

  test('a bug is not taken for an outage', async () => {
    const reader = new ObjectReader(new PlannedObject(bytesOf(50), [{ refuse: new TypeError('oops') }]), 0, quiet);
    await assert.rejects(readAll(reader), new TypeError('oops'));
  });

  for (const [title, refuse, expected] of [
    ['what will not heal', new S3AnswerError('replaced', { isTransient: false }), /at offset 0: replaced/],
    ['a bug', new TypeError('a bug'), /a bug/],
    ['a connection that breaks', broken, /told to stop/],
  ] as const) {
    test(`a read fails when the signal aborts, with the failure of that moment if it counts: ${title}`, async () => {
      const stop = new AbortController();
      const object = new PlannedObject(new Uint8Array(100), [{ refuse }]);
      const get: RangeSource['get'] = (range, version) => {
        stop.abort(new Error('told to stop'));
        return object.get(range, version);
      };
      const source = { name: object.name, size: object.size, get, explain: object.explain };
      const fetching = new ObjectFetch(source, quiet).fetch({ first: 0, last: 99 }, () => undefined, stop.signal);
      await assert.rejects(fetching, expected);
    });
  }

  test('a read ends when the signal aborts, and writes nothing after that', async () => {
    const stop = new AbortController();
    const object = new PlannedObject(bytesOf(50), [{ isSilent: true, breakAfter: 0 }]);
    const reader = new ObjectReader(object, 0, { ...quiet, signal: stop.signal });
    await reader.close();
    await assert.rejects(reader.read(new Uint8Array(1)), { name: 'AbortError' });
    const other = new ObjectReader(object, 0, { ...quiet, signal: stop.signal });
    stop.abort();
    await assert.rejects(other.read(new Uint8Array(1)), { name: 'AbortError' });
  });
});
