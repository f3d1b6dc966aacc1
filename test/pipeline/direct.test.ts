import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { ComputePool } from '../../src/compute/pool.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { wireCodes } from '../../src/domain/row-code.js';
import { processDirect } from '../../src/pipeline/direct.js';
import { csvHeader } from '../../src/domain/hit.js';
import { encodeWord, wordBytes } from '../../src/domain/word.js';
import type { ByteSource } from '../../src/pipeline/loaded-chunks.js';
import { openSource } from '../../src/sources/open-source.js';
import { bytesOf, streamArbitrary } from '../model/arbitraries.js';
import { directMessages, modelViewOf, rowsOf } from '../model/replay.js';
import { tempFolder } from '../sources/temp-folder.js';

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
            const source = pieceBytes === null ? await fileOf(bytes) : sourceOf(bytes, pieceBytes);
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
        { numRuns: 300 },
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
});
