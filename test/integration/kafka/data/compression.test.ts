import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { compressions } from '../../../../src/transport/kafka/writing/compression.js';
import { openKafkaLog } from '../../../../src/transport/kafka/kafka-log.js';
import type { Transport } from '../../../../src/transport/transport.js';
import { type KafkaBroker, skipKafka, startBroker } from '../../../helpers/servers/kafka-broker.js';
import { batchOf, readToEnd, valuesOf } from '../../../transport/records.js';

/** Values that pack well, also far better than words or lines do, and some that do not. */
const values = [
  ...Array.from({ length: 2000 }, (_, i) => `2,0,${i % 128},${4_000_000 + i},${(i * 7919) % 3564},${i % 30}`),
  'x'.repeat(700_000),
  '',
];
const plainBytes = values.reduce((sum, { length }) => sum + length, 0);

describe('packed records', { skip: skipKafka }, () => {
  let broker: KafkaBroker;
  let admin: Admin;
  let plain: Transport;
  before(async () => {
    broker = await startBroker();
    admin = new Kafka({ brokers: [broker.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    plain = await openKafkaLog({ brokers: [broker.brokers] });
  });
  after(async () => {
    await admin.disconnect();
    await plain.close();
    await broker.close();
  });

  /** Writes to a topic that is stored as the broker is told, reads it back, and resolves with its size. */
  const roundTrip = async (log: Transport, topic: string, stored: string): Promise<number> => {
    const configEntries = [{ name: 'compression.type', value: stored }];
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1, configEntries }] });
    const writer = await log.openWriter(topic);
    await writer.append([batchOf(0, values)]);
    await writer.close();
    const reader = await plain.openReader(topic, 'earliest');
    assert.deepEqual(valuesOf(await readToEnd(reader)), values);
    await reader.close();
    return (await plain.topics([topic]))[0].bytes;
  };

  for (const compression of compressions.filter((name) => name !== 'none')) {
    it(`as ${compression} are read back as they were written, by us and by the broker's own codec`, async () => {
      const log = await openKafkaLog({ brokers: [broker.brokers], compression });
      assert.ok((await roundTrip(log, `${compression}-ours`, 'producer')) < plainBytes / 5, 'we pack, we unpack');
      assert.ok(
        (await roundTrip(plain, `${compression}-theirs`, compression)) < plainBytes / 5,
        'Java packs, we unpack',
      );
      assert.ok((await roundTrip(log, `${compression}-plain`, 'uncompressed')) > plainBytes, 'we pack, Java unpacks');
      await log.close();
    });
  }
});
