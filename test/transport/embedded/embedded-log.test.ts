import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import type { Transport } from '../../../src/transport/transport.js';
import { transportContract } from '../contract.js';
import { readToEnd, recordsOf } from '../records.js';
import { batches } from './batch-arbitrary.js';
import { temporaryDir } from './temporary-store.js';

transportContract('embedded log', async () => {
  const { dir, remove } = temporaryDir();
  const transport = await openEmbeddedLog({ dir });
  return {
    transport,
    another: () => openEmbeddedLog({ dir }),
    cleanup: async () => {
      await transport.close();
      remove();
    },
  };
});

describe('embedded log', () => {
  const { dir, remove } = temporaryDir();
  let log: Transport;
  let topics = 0;
  before(async () => {
    log = await openEmbeddedLog({ dir });
  });
  after(async () => {
    await log.close();
    remove();
  });

  it('reads back exactly what was appended, whatever the shape of the batches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(batches(3), { maxLength: 4 }), { maxLength: 5 }), async (appends) => {
        const topic = `shape-${topics++}`;
        await log.createTopics([{ topic, partitions: 3, replicationFactor: 1 }]);
        const writer = await log.openWriter(topic);
        const ends = [0, 0, 0];
        const expected = [];
        for (const append of appends) {
          await writer.append(append);
          for (const batch of append) {
            expected.push(
              ...recordsOf([{ ...batch, firstOffset: ends[batch.partition], nextOffset: 0, timestampMs: 0 }], 'latin1'),
            );
            ends[batch.partition] += batch.valueEnds.length;
          }
        }
        await writer.close();
        const reader = await log.openReader(topic, 'earliest');
        const records = await readToEnd(reader, 'latin1');
        await reader.close();
        for (let partition = 0; partition < 3; partition++) {
          assert.deepEqual(
            records.filter((record) => record.partition === partition),
            expected.filter((record) => record.partition === partition),
          );
        }
      }),
      { numRuns: 30 },
    );
  });
});
