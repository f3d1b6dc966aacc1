import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { allocateHitLists } from '../../../src/compute/hit-lists.js';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { slotOf } from '../../../src/domain/slot.js';
import { SummarySum } from '../../../src/domain/summary.js';
import { BatchComputer } from '../../../src/pipeline/batch/batch-computer.js';
import {
  type AssemblerOptions,
  autoPartsMax,
  MessageAssembler,
} from '../../../src/pipeline/batch/message-assembler.js';
import { LaneOrder } from '../../../src/pipeline/order/lane-order.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { directPool } from '../../helpers/program/direct.js';
import { activeOrbits, assertMessageLaws } from '../../helpers/assert/message-laws.js';
import { batchOf } from '../../transport/records.js';
import { readMessages, runSession, topics, verify, withLog } from '../consume/lane-harness.js';

const shards = 2;
const pool = directPool({ shards });
after(() => pool.close());

/** Rows of a batch, as text. */
type Batches = readonly string[];

/** The messages of each batch, the last one flushed. */
async function publish(
  batches: Batches,
  options: Pick<AssemblerOptions, 'detail' | 'messageBytesMax'>,
): Promise<BatchMessage[][]> {
  const lateness = 20;
  const lane = new LaneOrder({ shards, lateness });
  const assembler = new MessageAssembler(new BatchComputer(pool, { shards, chambers: 4 }), {
    ...{ geometry: defaultGeometry, producer: 'test/0', lanes: 1, lateness },
    ...options,
  });
  const published: BatchMessage[][] = [];
  let offset = 0;
  for (const [index, text] of batches.entries()) {
    const bytes = new SharedArrayBuffer(text.length);
    new Uint8Array(bytes).set(Buffer.from(text));
    const lists = allocateHitLists(text.length);
    const decoded = await pool.decode({ format: 'csv', bytes, length: text.length, lists });
    const nextOffset = offset + decoded.rows;
    lane.add({
      decoded,
      lists,
      replayed: false,
      parts: [{ partition: 0, firstOffset: offset, nextOffset, firstRecord: 0 }],
    });
    offset = nextOffset;
    const cut = index === batches.length - 1 ? lane.flush() : lane.cut(Infinity);
    const messages = await assembler.publish(cut, lane.timeline.runs, 0, () => 0);
    if (messages.length > 0) lane.commitWatermark(cut.watermark);
    for (const { message, bytes } of messages) {
      assert.equal(bytes.toString(), JSON.stringify(message));
      const isSmall = bytes.length <= options.messageBytesMax;
      assert.ok(isSmall || message.orbit_detail !== 'full', `${bytes.length} bytes`);
    }
    published.push(messages.map(({ message }) => message));
  }
  assertMessageLaws(published.flat());
  return published;
}

function sumOf(messages: readonly BatchMessage[]): object {
  const sum = new SummarySum();
  for (const message of messages) sum.add(message);
  const { batches, ...sums } = sum.summary;
  assert.equal(batches, messages.length);
  return sums;
}

/** Slots of the lists of a message. */
function slotsOf({ active_tdc_chamber }: BatchMessage): Set<number> {
  return new Set(Object.values(active_tdc_chamber).flatMap(({ bin_edges }) => bin_edges.map(slotOf)));
}

const anyRows = fc.array(
  fc.record({
    step: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(200)),
    back: fc.nat(30),
    fpga: fc.nat(1),
    channel: fc.nat(130),
  }),
  { minLength: 1, maxLength: 300, size: 'max' },
);
const anyBatches: fc.Arbitrary<Batches> = fc
  .tuple(fc.constantFrom(3000, 2 ** 32 - 2000), fc.array(anyRows, { minLength: 1, maxLength: 3, size: 'max' }))
  .map(([first, batches]) => {
    let orbit = first;
    return batches.map((rows) =>
      rows
        .map(({ step, back, fpga, channel }) => {
          orbit += step;
          return `2,${fpga},${channel},${(orbit - back) % 2 ** 32},5,5\n`;
        })
        .join(''),
    );
  });

describe('a batch above the limit of a message', () => {
  it('is split on borders of slots into messages that add up to it', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatches, fc.integer({ min: 4800, max: 9000 }), async (batches, messageBytesMax) => {
        const whole = await publish(batches, { detail: 'full', messageBytesMax: Infinity });
        const full = await publish(batches, { detail: 'full', messageBytesMax });
        const auto = await publish(batches, { detail: 'auto', messageBytesMax });
        for (const [index, parts] of full.entries()) {
          assert.deepEqual(sumOf(parts), sumOf(whole[index]));
          const slots = parts.flatMap((part) => [...slotsOf(part)]);
          assert.equal(new Set(slots).size, slots.length, 'a slot is in one message');
          if (parts.every(({ orbit_detail }) => orbit_detail === 'full')) {
            assert.deepEqual(activeOrbits(parts), activeOrbits(whole[index]));
          }
          const isTooMany = parts.length > autoPartsMax;
          const expected = isTooMany ? whole[index].length : parts.length;
          assert.equal(auto[index].length, expected);
          assert.deepEqual(sumOf(auto[index]), sumOf(whole[index]));
          if (isTooMany) assert.deepEqual(auto[index].map(({ orbit_detail }) => orbit_detail), ['omitted']); // prettier-ignore
        }
      }),
      { numRuns: casesOf(60) },
    );
  });

  it('takes one message where it fits to the byte, and two where it is a byte more', async () => {
    const batches = [Array.from({ length: 300 }, (_, row) => `2,0,${row % 64},${7000 + row},5,5\n`).join('')];
    const [[message]] = await publish(batches, { detail: 'auto', messageBytesMax: Infinity });
    const bytes = JSON.stringify(message).length;
    assert.deepEqual(await publish(batches, { detail: 'auto', messageBytesMax: bytes }), [[message]]);
    const [parts] = await publish(batches, { detail: 'auto', messageBytesMax: bytes - 1 });
    assert.deepEqual(parts.map(({ orbit_detail }) => orbit_detail), ['full', 'full']); // prettier-ignore
  });

  it('leaves out the lists of slots that are too large by themselves, and of nothing else', async () => {
    const rows = (orbitFirst: number, count: number): string =>
      Array.from({ length: count }, (_, row) => `2,${row & 1},${row % 128},${orbitFirst + row / count * 60 | 0},5,5\n`).join(''); // prettier-ignore
    const batches = [rows(6400, 30) + rows(6464, 3000) + rows(6528, 30)];
    const [[bare]] = await publish(batches, { detail: 'none', messageBytesMax: Infinity });
    const messageBytesMax = JSON.stringify(bare).length + 1200;
    const [parts] = await publish(batches, { detail: 'full', messageBytesMax });
    assert.deepEqual(
      parts.map(({ orbit_detail, hit_count }) => [orbit_detail, hit_count]),
      [
        ['full', 30],
        ['omitted', 3000],
        ['full', 30],
      ],
    );
  });

  it('is one transaction: verify finds all of its messages or none, also when process dies in between', async () => {
    const lines = Array.from({ length: 6000 }, (_, row) => `2,${row % 2},${(row * 7) % 128},${row >> 1},5,5`);
    for (const commit of [0, 1]) {
      for (const kind of ['before', 'after'] as const) {
        await withLog(1, async (log) => {
          const writer = await log.openWriter(topics.topic);
          await writer.append([batchOf(0, lines)]);
          await writer.close();
          const options = { lateness: 20, batchRows: 2000, detail: 'auto', messageBytesMax: 10_000 } as const;
          assert.equal(await runSession(log, pool, options, { kind, commit }), 'died');
          const before = (await readMessages(log)).length;
          assert.equal(before > 1, kind === 'after' || commit === 1);
          assert.equal(await runSession(log, pool, options), 'end');
          const messages = await readMessages(log);
          assert.ok(messages.length > before + 2 && messages.every(({ orbit_detail }) => orbit_detail === 'full'));
          const { differences, rows } = await verify(log);
          assert.deepEqual([differences, rows], [[], lines.length]);
        });
      }
    }
  });
});
