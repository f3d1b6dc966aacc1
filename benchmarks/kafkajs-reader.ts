/**
 * Reads all messages of a topic with kafkajs and does nothing with them: what process is held against.
 *
 * Usage: node dist/benchmarks/kafkajs-reader.js BROKERS TOPIC MESSAGES. Prints messages and the seconds from the first batch
 * to the last, as JSON.
 */
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';

const [brokers, topic, wanted] = process.argv.slice(2);
const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.ERROR });
// process also fetches 1 MiB per partition.
const consumer = kafka.consumer({ groupId: `kafkajs-${randomUUID()}`, maxBytesPerPartition: 1 << 20 });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });

let messages = 0;
let startMs: number | undefined;
const seconds = await new Promise<number>((resolve, reject) => {
  consumer
    .run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        startMs ??= performance.now();
        messages += batch.messages.length;
        if (messages >= Number(wanted)) resolve((performance.now() - startMs) / 1000);
        return Promise.resolve();
      },
    })
    .catch(reject);
});
console.log(JSON.stringify({ messages, seconds }));
await consumer.disconnect();
