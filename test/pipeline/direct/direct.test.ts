import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { ComputePool } from '../../../src/compute/pool.js';
import { canonicalLayout, isCanonical } from '../../../src/domain/csv-layout.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { wireCodes } from '../../../src/domain/row-code.js';
import { type DirectOptions, processDirect } from '../../../src/pipeline/direct/direct.js';
import { csvHeader } from '../../../src/domain/hit.js';
import { encodeWord, wordBytes } from '../../../src/domain/word.js';
import { DtstreamError } from '../../../src/errors.js';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import type { ByteSource } from '../../../src/pipeline/direct/loaded-chunks.js';
import { openSource } from '../../../src/sources/open-source.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { directPool, directStream, memorySource } from '../../helpers/program/direct.js';
import { reachableBytes } from '../../helpers/program/heap.js';
import { assertMessageLaws } from '../../helpers/assert/message-laws.js';
import { bytesOf, streamArbitrary } from '../../model/arbitraries.js';
import { directMessages, modelViewOf, rowsOf } from '../../model/replay.js';
import { tempFolder } from '../../sources/temp-folder.js';

const chunkBytes = 512;
/** Small streams come to the bound of waiting rows. */
const waitRows = 40;

const pools = [
  { threads: 1, shards: 1 },
  { threads: 2, shards: 3 },
  { threads: 3, shards: 10 },
].map(({ threads, shards }) => {
  return new ComputePool(threads, {
    wires: wireCodes(defaultGeometry),
    clock: defaultGeometry.clock,
    chambers: 4,
    shards,
    chunkBytes,
  });
});
after(() => Promise.all(pools.map((pool) => pool.close())));

/** Bytes that come in pieces of a given size. */
function sourceOf(bytes: Uint8Array, pieceBytes: number): ByteSource {
  let at = 0;
  return {
    name: 'test',
    format: 'csv',
    bytesDone: 0,
    read(target) {
      const piece = bytes.subarray(at, at + Math.min(pieceBytes, target.length));
      target.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length);
    },
    close: () => Promise.resolve(),
  };
}

async function* one<T>(item: T): AsyncGenerator<T> {
  yield await Promise.resolve(item);
}

/** So many hits as words, an orbit each. */
function hitWords(count: number): Uint8Array {
  const bytes = Buffer.alloc(count * wordBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < count; index++) {
    const hit = { head: 2, fpga: 0, tdcChannel: index % 64, orbitCnt: index, bxCounter: 1, tdcMeas: 1 };
    encodeWord(hit, view, index * wordBytes);
  }
  return bytes;
}

/** The messages up to the end or a failure, and the failure. */
async function untilFailure(
  sources: AsyncIterable<ByteSource>,
  pool: ComputePool,
  options: Pick<DirectOptions, 'lateness' | 'batchRows'> & Partial<DirectOptions>,
): Promise<{ messages: BatchMessage[]; failure: unknown }> {
  const messages: BatchMessage[] = [];
  const base = { geometry: defaultGeometry, detail: 'none', producer: 'test/0', now: () => 0 } as const;
  try {
    for await (const { message } of processDirect(sources, pool, { ...base, ...options })) messages.push(message);
  } catch (error) {
    return { messages, failure: error };
  }
  return { messages, failure: undefined };
}

describe('processDirect', () => {
  for (const corrupt of [false, true]) {
    const kind = corrupt ? 'with corrupt orbits' : 'as detectors give it';
    it(`publishes message by message what the model says, for a stream ${kind}`, async (t) => {
      const path = join(tempFolder(t, {}), 'stream.csv');
      const fileOf = (bytes: Uint8Array): Promise<ByteSource> => {
        // The header keeps a first line that is no row from being taken for one.
        writeFileSync(path, `${csvHeader}\n${Buffer.from(bytes).toString('latin1')}`, 'latin1');
        const file = { kind: 'file', name: path, bytesTotal: bytes.length } as const;
        return openSource(file, { format: 'csv', warn: ({ message }) => assert.fail(message) });
      };
      await fc.assert(
        fc.asyncProperty(
          streamArbitrary({ corrupt, disorder: 40 }),
          fc.integer({ min: 1, max: 60 }),
          fc.constantFrom(0, 10, 100, 5000),
          fc.nat(pools.length - 1),
          fc.option(fc.integer({ min: 1, max: 300 }), { freq: 2 }),
          async ({ lines }, batchRows, lateness, poolIndex, pieceBytes) => {
            const bytes = bytesOf(lines);
            // Quotes in the first rows say how a file is to be read; the model is of canonical rows.
            const file = pieceBytes === null ? await fileOf(bytes) : undefined;
            const isUsed = file !== undefined && isCanonical(file.layout ?? canonicalLayout);
            if (!isUsed) await file?.close();
            const source = isUsed ? file : sourceOf(bytes, pieceBytes ?? 300);
            const options = { geometry: defaultGeometry, lateness, batchRows };
            const messages = [];
            const run = processDirect(one(source), pools[poolIndex], {
              ...options,
              waitRowsMax: waitRows,
              detail: 'full',
              producer: 'test/0',
              now: () => 0,
            });
            for await (const { message } of run) messages.push(modelViewOf(message));
            assert.deepEqual(messages, directMessages(rowsOf(lines), { ...options, waitRows }));
          },
        ),
        { numRuns: casesOf(300) },
      );
    });
  }

  it('counts every whole word of a file that threads read in parts, and warns of the bytes after the last one', async (t) => {
    const words = 1000;
    const bytes = Buffer.alloc(words * wordBytes + 5);
    for (let index = 0; index < words; index++) {
      const hit = { head: 2, fpga: 0, tdcChannel: index % 64, orbitCnt: index, bxCounter: 1, tdcMeas: 1 };
      encodeWord(hit, new DataView(bytes.buffer, bytes.byteOffset), index * wordBytes);
    }
    const path = join(tempFolder(t, { 'run.dat': bytes }), 'run.dat');
    const warnings: (number | undefined)[][] = [];
    const source = await openSource(
      { kind: 'file', name: path, bytesTotal: bytes.length },
      { format: 'dat', warn: (warning) => warnings.push([warning.offset, warning.bytes]) },
    );
    let hits = 0;
    const options = {
      geometry: defaultGeometry,
      lateness: 0,
      batchRows: 77,
      detail: 'none',
      producer: 'test/0',
    } as const;
    for await (const { message } of processDirect(one(source), pools[1], { ...options, now: () => 0 })) {
      hits += message.hit_count;
    }
    assert.equal(hits, words);
    assert.deepEqual(warnings, [[words * wordBytes, 5]]);
  });

  for (const { batchRows, threads, carried } of [
    { batchRows: 100_000, threads: 1, carried: [1_000_000, 1_100_000] },
    { batchRows: 30_000, threads: 2, carried: [990_000, 1_020_000] },
    { batchRows: 1_000_000, threads: 3, carried: [1_000_000, 2_000_000] },
  ]) {
    it(`publishes all messages up to the one that leaves too many hits open, in batches of ${batchRows} rows`, async () => {
      const pool = directPool({ threads, chunkBytes: 1 << 20 });
      const words = one(memorySource(hitWords(2_300_000), 'words'));
      const { messages, failure } = await untilFailure(words, pool, { lateness: 2e9, batchRows });
      await pool.close();
      assert.ok(failure instanceof DtstreamError && failure.code === 'limit', String(failure));
      assertMessageLaws(messages);
      assert.deepEqual(
        messages.slice(-2).map(({ ledger }) => ledger.carried_out),
        carried,
      );
      assert.equal(messages.length, carried[1] / batchRows);
    });
  }

  it('reports a failure although the signal aborts at that moment', async () => {
    const csv = Buffer.from('2,0,1,5,3,4\n2,0,2,5,3,4\n');
    for (const error of [new DtstreamError('input', 'cannot read test: no more'), new TypeError('a bug')]) {
      const stop = new AbortController();
      const source: ByteSource = {
        ...memorySource(csv, 'csv'),
        read: () => {
          stop.abort();
          return Promise.reject(error);
        },
      };
      async function* inputs(): AsyncGenerator<ByteSource> {
        yield await Promise.resolve(memorySource(csv, 'csv'));
        yield source;
      }
      const options = { lateness: 0, batchRows: 1, signal: stop.signal };
      const { messages, failure } = await untilFailure(inputs(), pools[0], options);
      assert.equal(failure, error);
      assertMessageLaws(messages);
      // After a bug nothing can be trusted any more.
      if (!(error instanceof DtstreamError)) continue;
      assert.equal(
        messages.reduce((sum, { ledger }) => sum + ledger.rows_read, 0),
        2,
      );
    }
  });

  it('ends well when a source gives up because of the signal', async () => {
    const stop = new AbortController();
    const source: ByteSource = {
      ...memorySource(new Uint8Array(0), 'csv'),
      read: () => {
        stop.abort();
        return Promise.reject(new Error('aborted', { cause: stop.signal.reason }));
      },
    };
    const options = { lateness: 0, batchRows: 1, signal: stop.signal };
    assert.deepEqual(await untilFailure(one(source), pools[0], options), { messages: [], failure: undefined });
  });

  it('has nothing under way when its messages are not all taken', async (t) => {
    const pool = directPool();
    t.after(() => pool.close());
    const lines = Array.from({ length: 20_000 }, (_, orbit) => `2,0,1,${orbit},3,4\n`).join('');
    for (let taken = 1; taken <= 20; taken++) {
      const stream = directStream([memorySource(Buffer.from(lines), 'csv')], pool, { batchRows: 10 });
      for (let message = 0; message < taken; message++) assert.equal((await stream.next()).done, false);
      await stream.return(undefined);
      assert.equal(pool.tasksUnderWay, 0);
    }
  });

  it('holds no more after many small chunks than after a few, also while no batch is complete', async () => {
    const held: number[] = [];
    async function* sources(): AsyncGenerator<ByteSource> {
      for (let index = 0; index < 20_000; index++) {
        if (index === 4000 || index === 19_999) held.push(reachableBytes());
        yield await Promise.resolve(memorySource(Buffer.from(`2,0,1,${index * 10},3,4\n\n`), 'csv'));
      }
    }
    const { messages, failure } = await untilFailure(sources(), pools[1], { lateness: 4096, batchRows: 1_000_000 });
    assert.deepEqual([messages.length, messages[0]?.hit_count, failure], [1, 20_000, undefined]);
    const growth = held[1] - held[0];
    assert.ok(growth < 1_000_000, `grew by ${growth} bytes`);
  });
});
