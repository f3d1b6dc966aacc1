import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { HeldRows } from '../../../src/pipeline/batch/held-hits.js';
import type { SessionOptions } from '../../../src/pipeline/consume/session-options.js';
import type { Transport } from '../../../src/transport/transport.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { directPool } from '../../helpers/program/direct.js';
import { activeOrbits, assertMessageLaws } from '../../helpers/assert/message-laws.js';
import { splitArbitrary, stepsOf, type Split, streamArbitrary } from '../../model/arbitraries.js';
import type { StreamLine } from '../../model/line-arbitrary.js';
import { recount, totalsOf } from '../../model/recount.js';
import { modelViewOf, rowsOf } from '../../model/replay.js';
import { batchOf } from '../../transport/records.js';
import {
  type Interruption,
  memoryLog,
  readMessages,
  readTopic,
  recordsOfLines,
  runSession,
  topics,
  verify,
  withLog,
} from './lane-harness.js';

const pools = [
  { threads: 1, shards: 1, chunkBytes: 1024 },
  { threads: 2, shards: 61, chunkBytes: 4096 },
].map(directPool);
after(() => Promise.all(pools.map((pool) => pool.close())));

const whole: Partial<SessionOptions> = { lateness: Infinity };

const life = fc.record({
  split: splitArbitrary(),
  linesPerRecord: fc.constantFrom(1, 2, 7),
  pool: fc.nat(pools.length - 1),
  lanes: fc.integer({ min: 1, max: 3 }),
  detail: fc.constantFrom('full', 'auto', 'none'),
  messageBytesMax: fc.constantFrom(900_000, 4000),
  interruptions: fc.array(fc.record({ kind: fc.constantFrom('before', 'stop', 'after'), commit: fc.nat(2) }), {
    maxLength: 3,
  }) satisfies fc.Arbitrary<Interruption[]>,
});

async function append(
  log: Transport,
  lines: readonly StreamLine[],
  split: Split,
  linesPerRecord: number,
): Promise<void> {
  const steps = stepsOf(lines, split).filter((step) => step.kind === 'read');
  const writer = await log.openWriter(topics.topic);
  const batches = steps.map(({ partition, lines: own }) => recordsOfLines(partition, own, linesPerRecord));
  if (batches.length > 0) await writer.append(batches);
  await writer.close();
}

/** So many hits in an order of their own, one per record. */
function mixedHits(rows: number): string[] {
  return Array.from({ length: rows }, (_, row) => `2,0,${row % 128},${(row * 7919) % 10_007},5,5\n`);
}

async function withHits(rows: number, use: (log: Transport) => Promise<void>): Promise<void> {
  await withLog(1, async (log) => {
    const writer = await log.openWriter(topics.topic);
    await writer.append([batchOf(0, mixedHits(rows))]);
    await writer.close();
    await use(log);
  });
}

describe('a lane of rows in any order', () => {
  it('publishes each row once at its end, as a recount by raw orbits and verify say, through crashes', async () => {
    await fc.assert(
      fc.asyncProperty(streamArbitrary(), life, async ({ lines }, { split, interruptions, ...rest }) => {
        const { lanes, linesPerRecord, pool, detail, messageBytesMax } = rest;
        // Several lanes are exact for rows that are keyed by orbit.
        const { blockOrbits = 4 } = split;
        const ownSplit = { ...split, blockOrbits: lanes === 1 ? split.blockOrbits : blockOrbits };
        await withLog(split.partitions, async (log) => {
          await append(log, lines, ownSplit, lines.length === 0 ? 1 : linesPerRecord);
          const options = { ...whole, lanes, detail, messageBytesMax };
          const own = Math.min(lanes, split.partitions);
          for (const interruption of interruptions) {
            await runSession(log, pools[pool], { ...options, lanes: own }, interruption);
          }
          assert.equal(await runSession(log, pools[pool], { ...options, lanes: own }), 'end');
          const messages = await readMessages(log);
          const rows = rowsOf(lines);
          for (let lane = 0; lane < own; lane++) {
            assertMessageLaws(messages.filter(({ producer }) => producer === `test/${lane}`));
          }
          assert.ok(messages.every(({ lateness, late_hits }) => lateness === 'all' && late_hits === 0));
          assert.equal(messages.reduce((sum, { ledger }) => sum + ledger.rows_read, 0), rows.length); // prettier-ignore
          assert.deepEqual(totalsOf(messages.map(modelViewOf), defaultGeometry), recount(rows, defaultGeometry, true));
          const rejected = (await readTopic(log, topics.rejected)).map(
            ({ value, headers }) => `${headers.reason} ${value}`,
          );
          const expected = lines.flatMap(({ text, fate }) =>
            fate.kind === 'rejected' ? [`${fate.reason} ${Buffer.from(text).toString('latin1')}`] : [],
          );
          assert.deepEqual(rejected.toSorted(), expected.toSorted());
          if (messages.length > 0) assert.deepEqual((await verify(log)).differences, []);
        });
      }),
      { numRuns: casesOf(60) },
    );
  });

  it('splits its lists into messages of a size, with the hits of each orbit in the message that lists it', async () => {
    await withHits(3000, async (log) => {
      const options = { ...whole, detail: 'full', messageBytesMax: 10_000 } as const;
      assert.equal(await runSession(log, pools[1], options), 'end');
      const messages = await readMessages(log);
      assert.ok(messages.length > 3, `${messages.length} messages`);
      assertMessageLaws(messages);
      for (const message of messages) {
        assert.ok(JSON.stringify(message).length <= 10_000);
        // Each hit has an orbit of its own.
        assert.deepEqual([message.orbit_detail, message.orbits], ['full', message.hit_count]);
      }
      assert.equal(activeOrbits(messages).length, 3000);
      assert.deepEqual((await verify(log)).differences, []);
    });
  });

  it('is not continued: neither it, nor in another way, nor does it continue another group', async () => {
    await withHits(100, async (log) => {
      assert.equal(await runSession(log, pools[0], whole), 'end');
      assert.equal(await runSession(log, pools[0], whole), 'end');
      assert.equal((await readMessages(log)).length, 1);
      await assert.rejects(runSession(log, pools[0]), {
        code: 'usage',
        message: /^cannot continue with group test without --lateness all: it has counted its rows with it/,
      });
      const writer = await log.openWriter(topics.topic);
      await writer.append([batchOf(0, ['2,0,1,7,5,5'])]);
      await writer.close();
      await assert.rejects(runSession(log, pools[0], whole), {
        code: 'usage',
        message: /it has counted all rows of data_raw that were there, and more have come; use another --group/,
      });
      assert.equal(await runSession(log, pools[0], { ...whole, reset: true }), 'end');
      assert.equal((await readMessages(log)).at(-1)?.ledger.rows_read, 101);
      assert.deepEqual((await verify(log)).differences, []);
    });
    await withHits(100, async (log) => {
      assert.equal(await runSession(log, pools[0]), 'end');
      await assert.rejects(runSession(log, pools[0], whole), {
        code: 'usage',
        message: /^cannot continue with group test with --lateness all: it has counted rows in the order of time/,
      });
    });
  });

  it('publishes nothing beyond the bound of all lanes together, and lets go of what it held', async () => {
    await withHits(100, async (log) => {
      const heldRows = new HeldRows(99);
      await assert.rejects(runSession(log, pools[0], { ...whole, heldRows }), { code: 'limit' });
      assert.deepEqual(await readMessages(log), []);
      heldRows.add(99);
      heldRows.check();
      assert.equal(await runSession(log, pools[0], { ...whole, heldRows: new HeldRows(100) }), 'end');
    });
  });

  it('takes rows of one run, with or without its mark, and not those of two', async () => {
    const hit = (orbit: number): StreamLine => {
      const text = `2,0,1,${orbit},5,5`;
      const fate = { kind: 'hit', chamber: 0, channel: 1, orbit } as const;
      return { text, end: '\n', fate, segment: 0, mark: undefined };
    };
    const runOf = async (marks: readonly (string | undefined)[]): Promise<number | undefined> => {
      const log = await memoryLog(2);
      const writer = await log.openWriter(topics.topic);
      await writer.append(marks.map((mark, index) => recordsOfLines(index % 2, [hit(5)], 1, mark)));
      await runSession(log, pools[0], whole);
      return (await readMessages(log))[0]?.hit_count;
    };
    assert.equal(await runOf(['a', 'a', undefined, undefined]), 4);
    const several = { code: 'transport', message: /the topic must have one run, got several \(produce --new-run\)/ };
    for (const marks of [
      ['a', 'a', 'b'],
      [undefined, undefined, 'a'],
      ['a', undefined],
    ]) {
      await assert.rejects(runOf(marks), several);
    }
  });
});
