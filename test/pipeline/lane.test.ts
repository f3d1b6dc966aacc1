import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { allocateHitLists } from '../../src/compute/hit-lists.js';
import { ComputePool } from '../../src/compute/pool.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { wireCodes } from '../../src/domain/row-code.js';
import { BatchComputer } from '../../src/pipeline/batch-computer.js';
import { BatchPublisher } from '../../src/pipeline/batch-publisher.js';
import type { Cut } from '../../src/pipeline/cut.js';
import { Lane } from '../../src/pipeline/lane.js';
import { bytesOf, type Split, splitArbitrary, stepsOf, streamArbitrary } from '../model/arbitraries.js';
import type { StreamLine } from '../model/line-arbitrary.js';
import { type ModelMessage } from '../model/model.js';
import { laneMessages, modelViewOf } from '../model/replay.js';

const waitRows = 40;
const shards = 3;
const pool = new ComputePool(2, { wires: wireCodes(defaultGeometry), chambers: 4, shards, chunkBytes: 4096 });
after(() => pool.close());

/** What the pipeline publishes of the same reads, marks and cuts that {@link laneMessages} has. */
async function pipelineMessages(lines: readonly StreamLine[], split: Split, lateness: number): Promise<ModelMessage[]> {
  const lane = new Lane({ shards, lateness, waitRowsMax: waitRows });
  const publisher = new BatchPublisher(new BatchComputer(pool, { shards, chambers: 4 }), {
    geometry: defaultGeometry,
    producer: 'test/0',
    lanes: 1,
    detail: 'full',
    messageBytesMax: Infinity,
  });
  const messages: ModelMessage[] = [];
  const publish = async (cut: Cut): Promise<void> => {
    const published = await publisher.publish(cut, lane.timeline.runs, 0, () => 0);
    if (published.length > 0) lane.settle(cut.watermark);
    messages.push(...published.map(({ message }) => modelViewOf(message)));
  };
  for (let partition = 0; partition < split.partitions; partition++) lane.hold(partition, true);
  let offset = 0;
  for (const step of stepsOf(lines, split)) {
    if (step.kind === 'idle') lane.hold(step.partition, false);
    else if (step.kind === 'cut') await publish(lane.cut(Infinity));
    else {
      lane.hold(step.partition, true);
      const text = bytesOf(step.lines);
      const isEnded = text.length === 0 || text.at(-1) === 0x0a;
      const bytes = new SharedArrayBuffer(text.length + 1);
      new Uint8Array(bytes).set(isEnded ? text : [...text, 0x0a]);
      const lists = allocateHitLists(text.length);
      const length = isEnded ? text.length : text.length + 1;
      const decoded = await pool.decode({ format: 'csv', bytes, length, lists });
      const nextOffset = offset + decoded.rows;
      lane.add({ partition: step.partition, firstOffset: offset, nextOffset, decoded, lists, replayed: false });
      offset = nextOffset;
    }
  }
  await publish(lane.flush());
  return messages;
}

describe('Lane', () => {
  for (const corrupt of [false, true]) {
    it(`publishes what the model says for several partitions${corrupt ? ' with corrupt orbits' : ''}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          streamArbitrary({ corrupt, disorder: 40 }),
          splitArbitrary({ idle: true }),
          fc.constantFrom(0, 10, 100, 5000),
          async ({ lines }, split, lateness) => {
            const expected = laneMessages(lines, split, { geometry: defaultGeometry, lateness, waitRows });
            assert.deepEqual(await pipelineMessages(lines, split, lateness), expected);
          },
        ),
        { numRuns: 300 },
      );
    });
  }
});
