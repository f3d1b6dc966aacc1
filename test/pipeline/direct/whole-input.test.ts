import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { HeldRows } from '../../../src/pipeline/batch/held-hits.js';
import type { DirectOptions } from '../../../src/pipeline/direct/direct.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { directMessages, directPool, memorySource } from '../../helpers/program/direct.js';
import { activeOrbits, assertMessageLaws } from '../../helpers/assert/message-laws.js';
import { bytesOf, streamArbitrary } from '../../model/arbitraries.js';
import type { StreamLine } from '../../model/line-arbitrary.js';
import { recount, totalsOf } from '../../model/recount.js';
import { modelViewOf, rowsOf } from '../../model/replay.js';

const pools = [
  { threads: 1, shards: 1, chunkBytes: 512 },
  { threads: 2, shards: 3, chunkBytes: 300 },
  { threads: 3, shards: 61, chunkBytes: 1 << 16 },
].map(directPool);
after(() => Promise.all(pools.map((pool) => pool.close())));

/** The lines of a stream in any order. */
const shuffled: fc.Arbitrary<readonly StreamLine[]> = streamArbitrary().chain(({ lines }) => {
  const all = { minLength: lines.length, maxLength: lines.length };
  return fc.shuffledSubarray([...lines], all);
});

function messagesOf(
  lines: readonly StreamLine[],
  pool: (typeof pools)[number],
  options: Partial<DirectOptions> = {},
): Promise<BatchMessage[]> {
  const source = memorySource(bytesOf(lines), 'csv');
  return directMessages([source], pool, { lateness: Infinity, ...options });
}

describe('processDirect of rows in any order', () => {
  it('publishes one message with what a recount by raw orbits says, however it is cut up', async () => {
    await fc.assert(
      fc.asyncProperty(shuffled, fc.nat(pools.length - 1), async (lines, pool) => {
        const messages = await messagesOf(lines, pools[pool]);
        assertMessageLaws(messages);
        const rows = rowsOf(lines);
        assert.equal(messages.length, Math.min(1, rows.length));
        for (const { lateness, run, late_hits, ledger, input } of messages) {
          assert.deepEqual([lateness, run, late_hits, ledger.rows_read, ledger.carried_out], ['all', 0, 0, rows.length, 0]); // prettier-ignore
          assert.deepEqual(input, { 0: [0, rows.length] });
        }
        assert.deepEqual(totalsOf(messages.map(modelViewOf), defaultGeometry), recount(rows, defaultGeometry, true));
      }),
      { numRuns: casesOf(300) },
    );
  });

  it('says the same whatever the order of the rows, with each orbit listed once', async () => {
    await fc.assert(
      fc.asyncProperty(streamArbitrary(), fc.integer(), async ({ lines }, seed) => {
        const [order] = fc.sample(fc.shuffledSubarray([...lines], { minLength: lines.length }), { seed, numRuns: 1 });
        const [inOrder, mixed] = [await messagesOf(lines, pools[0]), await messagesOf(order, pools[1])];
        assert.deepEqual(mixed, inOrder);
        activeOrbits(mixed);
      }),
      { numRuns: casesOf(100) },
    );
  });

  for (const chambers of [1, 7]) {
    it(`counts the hits of ${chambers} chambers as rows in the order of time do`, async (context) => {
      const zero = defaultGeometry.chambers[0];
      const all = Array.from({ length: chambers }, (_, at) => ({
        ...zero,
        fpga: at >> 1,
        channelFirst: 64 * (at % 2),
      }));
      const geometry = { ...defaultGeometry, triggers: [], chambers: all };
      const pool = directPool({ threads: 2, shards: 5, chunkBytes: 2000, geometry });
      context.after(() => pool.close());
      const rows = Array.from({ length: 3000 }, (_, row) => `2,${row % 4},${(row * 31) % 128},${row >> 2},3,4\n`);
      const mixed = rows.map((_, index) => rows[(index * 7) % rows.length]);
      const of = async (lines: readonly string[], lateness: number): Promise<BatchMessage | undefined> => {
        const source = memorySource(Buffer.from(lines.join('')), 'csv');
        const [message] = await directMessages([source], pool, { geometry, lateness, detail: 'full' });
        return message;
      };
      const { lateness, ...message } = (await of(mixed, Infinity)) ?? {};
      assert.deepEqual([lateness, message], ['all', await of(rows, 4096)]);
    });
  }

  it('publishes nothing beyond the bound of what is held, and all at the bound', async () => {
    const hits = (count: number): Buffer =>
      Buffer.from(Array.from({ length: count }, (_, row) => `2,0,1,${(row * 77) % 100},3,4\n`).join(''));
    const run = (rows: number): Promise<BatchMessage[]> =>
      directMessages([memorySource(hits(rows), 'csv')], pools[0], { lateness: Infinity, heldRows: new HeldRows(90) });
    const [message] = await run(90);
    assert.deepEqual([message.hit_count, message.orbits], [90, 90]);
    await assert.rejects(run(91), {
      code: 'limit',
      message: /^cannot hold more than 90 hits and trigger rows until the end, .*: sort the rows by ORBIT_CNT or split/,
    });
  });
});
