import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { ComputePool } from '../../src/compute/pool.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { wireCodes } from '../../src/domain/row-code.js';
import { processDirect } from '../../src/pipeline/direct.js';
import type { ByteSource } from '../../src/pipeline/read-chunks.js';
import { bytesOf, streamArbitrary } from '../model/arbitraries.js';
import { directMessages, modelViewOf, rowsOf } from '../model/replay.js';

const chunkBytes = 512;
/** Small streams come to the bound of waiting rows. */
const waitRows = 40;

const pools = [
  { threads: 1, shards: 1 },
  { threads: 2, shards: 3 },
  { threads: 3, shards: 10 },
].map(({ threads, shards }) => {
  return new ComputePool(threads, { wires: wireCodes(defaultGeometry), chambers: 4, shards, chunkBytes });
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

describe('processDirect', () => {
  for (const corrupt of [false, true]) {
    const kind = corrupt ? 'with corrupt orbits' : 'as detectors give it';
    it(`publishes message by message what the model says, for a stream ${kind}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          streamArbitrary({ corrupt, disorder: 40 }),
          fc.integer({ min: 1, max: 60 }),
          fc.constantFrom(0, 10, 100, 5000),
          fc.nat(pools.length - 1),
          fc.integer({ min: 1, max: 300 }),
          async ({ lines }, batchRows, lateness, poolIndex, pieceBytes) => {
            const options = { geometry: defaultGeometry, lateness, batchRows };
            const messages = [];
            const run = processDirect(one(sourceOf(bytesOf(lines), pieceBytes)), pools[poolIndex], {
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
        { numRuns: 300 },
      );
    });
  }
});
