import { describe, it } from 'node:test';
import { openKafkaLog } from '../../../../src/transport/kafka/kafka-log.js';
import { skipKafka, startBroker } from '../../../helpers/servers/kafka-broker.js';
import { transportContract } from '../../../transport/contract.js';

if (skipKafka) {
  describe('Kafka, as a transport', () => {
    it('is tested with a real broker', { skip: skipKafka });
  });
} else {
  transportContract('Kafka', async () => {
    const broker = await startBroker();
    const transport = await openKafkaLog({ brokers: [broker.brokers] });
    return {
      transport,
      another: () => openKafkaLog({ brokers: [broker.brokers] }),
      cleanup: async () => {
        await transport.close();
        await broker.close();
      },
    };
  });
}
