import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { ComputePool } from '../../../src/compute/pool.js';
import { type CsvLayout, canonicalLayout } from '../../../src/domain/csv-layout.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { wireCodes } from '../../../src/domain/row-code.js';
import { ChunkBuffers } from '../../../src/pipeline/buffers/chunk-buffers.js';
import { decodeInOrder } from '../../../src/pipeline/direct/decode-in-order.js';
import type { RejectedRow } from '../../../src/pipeline/direct/decode-raw.js';
import { processDirect } from '../../../src/pipeline/direct/direct.js';
import { FreeLists } from '../../../src/pipeline/buffers/free-lists.js';
import type { ByteSource } from '../../../src/pipeline/direct/loaded-chunks.js';
import { readChunks } from '../../../src/pipeline/direct/read-chunks.js';
import type { SourceTally } from '../../../src/pipeline/direct/source-tally.js';
import { inputError } from '../../../src/sources/input-error.js';
import { FileReader } from '../../../src/sources/files/file-reader.js';
import { ReaderSource } from '../../../src/sources/reader-source.js';
import {
  bases,
  headerText,
  layoutOfSpec,
  type LayoutSpec,
  layoutSpec,
  layoutText,
  rowsInDress,
  modelLayout,
} from '../../model/layout-arbitrary.js';
import { rowsOfLayout } from '../../model/layout-model.js';
import { directMessages, modelViewOf } from '../../model/replay.js';
import { MemoryReader } from '../../sources/memory-reader.js';
import { tempFolder } from '../../sources/temp-folder.js';

import { casesOf } from '../../helpers/random/cases-of.js';

const chunkBytes = 1024;
const pools = [1, 4].map((threads) => {
  return new ComputePool(threads, {
    wires: wireCodes(defaultGeometry),
    clock: defaultGeometry.clock,
    chambers: 4,
    shards: 3,
    chunkBytes,
  });
});
after(() => Promise.all(pools.map((pool) => pool.close())));

async function sourceOf(text: string, layout: CsvLayout, how: { path: string } | { pieces: number }): Promise<ByteSource> {
  const content = { format: 'csv', layout, signal: undefined } as const;
  if ('pieces' in how) {
    const reader = new MemoryReader(Buffer.from(text, 'latin1'), [how.pieces]);
    return new ReaderSource('memory', { ...content, reader, offset: undefined });
  }
  writeFileSync(how.path, text, 'latin1');
  const reader = await FileReader.open(how.path);
  return new ReaderSource('file', { ...content, reader, offset: 0, file: reader.file });
} // prettier-ignore

async function* listed<T>(...items: T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

/** Plain rows of parts, each under its header. */
const parts: fc.Arbitrary<{ first: LayoutSpec; text: string }> = fc
  .array(fc.tuple(layoutSpec, fc.nat(60)), { minLength: 1, maxLength: 5 })
  .map((list) => {
    let orbit = 0;
    const texts = list.map(([spec, rows]) => {
      const lines = Array.from({ length: rows }, () => {
        const own: Record<string, number> = { HEAD: 2, FPGA: orbit & 1, TDC_CHANNEL: orbit % 128, ORBIT_CNT: orbit++, BX_COUNTER: 5, TDC_MEAS: 6 };
        return spec.names.map((name) => own[name] ?? 9).join(spec.delimiter === 'blanks' ? ' ' : spec.delimiter);
      });
      return [headerText(spec), ...lines, ''].join('\n');
    });
    return { first: list[0][0], text: texts.join('') };
  }); // prettier-ignore

describe('decodeInOrder', () => {
  it('reads every row by the header before it, wherever chunks end, and says lines and bytes as they are in the file', async (t) => {
    const path = join(tempFolder(t, {}), 'run.csv');
    const plain = parts.map(({ first, text }) => ({ layout: layoutOfSpec(first, canonicalLayout), text }));
    const hostile = fc
      .tuple(layoutSpec, bases)
      .chain(([spec, base]) => layoutText(spec).map((text) => ({ layout: layoutOfSpec(spec, base), text })));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(plain, hostile, rowsInDress),
        fc.option(fc.integer({ min: 1, max: 300 })),
        fc.nat(1),
        fc.integer({ min: 1, max: 60 }),
        async ({ layout, text }, pieces, poolIndex, batchRows) => {
          const source = await sourceOf(text, layout, pieces === null ? { path } : { pieces });
          const rejected: RejectedRow[] = [];
          const tallies: SourceTally[] = [];
          const messages = [];
          const options = { geometry: defaultGeometry, lateness: 100, batchRows };
          const run = processDirect(listed(source), pools[poolIndex], {
            ...options,
            detail: 'full',
            producer: 'test/0',
            now: () => 0,
            onRejected: (rows) => Promise.resolve(void rejected.push(...rows)),
            onSourceEnd: (tally) => tallies.push(tally),
          });
          for await (const { message } of run) messages.push(modelViewOf(message));
          const { rows, lines } = rowsOfLayout(text, modelLayout(layout));
          assert.deepEqual(messages, directMessages([...rows], { ...options, waitRows: 65_536 }));
          const texts = text.split('\n');
          const expected = lines.filter((_, row) => rows[row].kind === 'rejected');
          assert.deepEqual(rejected.map(({ line }) => line - 1), expected);
          for (const { line, bytes } of rejected) {
            assert.match(texts[line - 1].slice(bytes.length), /^\r*$/);
            assert.ok(texts[line - 1].startsWith(Buffer.from(bytes).toString('latin1')));
          }
          const count = (kind: string, reason?: string): number =>
            rows.filter((row) => row.kind === kind && (reason === undefined || ('reason' in row && row.reason === reason))).length;
          const [{ signedOrbits, firstRejected, ...tally }] = tallies;
          assert.deepEqual(tally, {
            name: source.name,
            format: 'csv',
            isWhole: true,
            rows: rows.length,
            hits: count('hit'),
            scintillator: count('scintillator'),
            dropped: { head: count('dropped', 'head'), channel: count('dropped', 'channel') },
            rejected: { fields: count('rejected', 'fields'), number: count('rejected', 'number'), range: count('rejected', 'range') },
          });
          assert.ok(signedOrbits <= tally.rejected.range);
          assert.equal(firstRejected?.line, expected.length === 0 ? undefined : expected[0] + 1);
          assert.equal(firstRejected?.explanation === '', false);
        },
      ),
      { numRuns: casesOf(400) },
    );
  }); // prettier-ignore

  it('closes its sources whenever it is left, also when a chunk cannot be decoded', async (t) => {
    const path = join(tempFolder(t, {}), 'run.csv');
    const [pool] = pools;
    for (const [takes, failsAt] of [[0, Infinity], [1, Infinity], [5, Infinity], [Infinity, 3]] as const) {
      const text = '2,0,1,5,6,7\n'.repeat(2000);
      let closes = 0;
      const inner = await sourceOf(text, canonicalLayout, { path });
      const source: ByteSource = {
        ...{ name: 'file', format: 'csv', bytesDone: 0, offset: inner.offset, file: inner.file },
        skipTo: (offset) => inner.skipTo?.(offset),
        read: (target) => inner.read(target),
        close: async () => {
          closes++;
          await inner.close();
        },
      };
      let tasks = 0;
      const failing: Pick<ComputePool, 'decode' | 'decodeFile'> = {
        decode: (task) => pool.decode(task),
        decodeFile: (task) => (++tasks === failsAt ? Promise.reject(new Error('broken')) : pool.decodeFile(task)),
      };
      const raws = readChunks(listed(source), new ChunkBuffers({ count: 6, chunkBytes }));
      const decoding = { pool: failing, freeLists: new FreeLists(chunkBytes), keepRejected: false };
      const chunks = decodeInOrder(raws, 4, decoding);
      let taken = 0;
      const run = async (): Promise<void> => {
        if (takes === 0) return;
        for await (const { decoded } of chunks) {
          assert.ok(decoded.rows > 0);
          if (++taken === takes) break;
        }
      };
      if (failsAt === Infinity) await run();
      else await assert.rejects(run(), /broken/);
      await chunks.return();
      assert.equal(closes, takes === 0 ? 0 : 1);
      if (takes === 0) await inner.close();
    }
  }); // prettier-ignore

  it('ends sources in order, those without rows too, and none that was not read', async () => {
    const texts = ['2,0,1,5,6,7\nx\n', '', '2,0,1,6,6,7\n', '\n'];
    const sources = await Promise.all(
      texts.map(async (text, index) => Object.assign(await sourceOf(text, canonicalLayout, { pieces: 5 }), { name: `${index}` })),
    );
    const ended: (readonly [string, number])[] = [];
    const options = { geometry: defaultGeometry, lateness: 0, batchRows: 10, detail: 'none', producer: 'p', now: () => 0 } as const;
    const run = processDirect(listed(...sources), pools[0], { ...options, onSourceEnd: ({ name, rows }) => ended.push([name, rows]) });
    for await (const { message } of run) assert.ok(message.hit_count > 0);
    assert.deepEqual(ended, [['0', 2], ['1', 0], ['2', 1], ['3', 0]]);

    const broken = new ReaderSource('broken', { format: 'csv', reader: new MemoryReader('2,0,1,5,6,7\n', [100], inputError('broken', 'torn')), offset: undefined, signal: undefined });
    ended.length = 0;
    const good = await sourceOf(texts[0], canonicalLayout, { pieces: 100 });
    const failing = processDirect(listed<ByteSource>(good, broken), pools[0], { ...options, onSourceEnd: ({ name, rows }) => ended.push([name, rows]) });
    await assert.rejects(async () => {
      for await (const { message } of failing) assert.ok(message.msg_ID >= 0);
    }, /torn/);
    assert.deepEqual(ended, [['memory', 2], ['broken', 1]]);
  }); // prettier-ignore
});
