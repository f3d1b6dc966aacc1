import { after, before, describe } from 'node:test';
import { openKafkaLog } from '../../../../src/transport/kafka/kafka-log.js';
import type { Transport } from '../../../../src/transport/transport.js';
import { type KafkaBroker, skipKafka, startBroker } from '../../../helpers/servers/kafka-broker.js';
import { matrixTests } from '../../common/matrix.js';

describe('every mix of layout, threads, shards and batches on Kafka', { skip: skipKafka }, () => {
  let broker: KafkaBroker;
  let log: Transport;
  let layouts = 0;
  before(async () => {
    broker = await startBroker();
    log = await openKafkaLog({ brokers: [broker.brokers] });
  });
  after(async () => {
    await log.close();
    await broker.close();
  });

  // Each commit takes the broker some 20 ms, so a third of the product has to do in most runs.
  matrixTests({
    oneOf: process.env.DTSTREAM_TEST_MATRIX === 'full' ? 1 : 3,
    withPlace: async (partitions, use) => {
      const prefix = `layout-${layouts++}-`;
      const topic = `${prefix}raw`;
      await log.createTopics([{ topic, partitions, replicationFactor: 1 }]);
      await use({ log, topic, prefix });
    },
  });
});
