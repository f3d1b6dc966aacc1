import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { timedRun } from '../common/timed-run.js';
import { installPython, javaTools } from './services.js';

/** A program that reads a topic and does nothing with it. */
export interface Reader {
  readonly name: string;
  /** Messages a second, from the first one to the last. */
  readonly messagesPerSecond: (topic: string, messages: number) => Promise<number>;
}

const kafkajsReader = fileURLToPath(new URL('../kafkajs-reader.js', import.meta.url));

/** What process is held against, on a broker. */
export function peerReaders(brokers: string): readonly Reader[] {
  const python = installPython('benchmarks/peers/kafka-requirements.txt', 'kafka-peers-venv');
  const printed = async (command: readonly string[]): Promise<number> => {
    const { messages, seconds } = JSON.parse((await timedRun(command)).stdout) as { messages: number; seconds: number };
    return messages / seconds;
  };
  return [
    {
      name: 'kafkajs',
      messagesPerSecond: (topic, messages) =>
        printed([process.execPath, kafkajsReader, brokers, topic, String(messages)]),
    },
    {
      name: 'librdkafka in Python',
      messagesPerSecond: (topic, messages) =>
        printed([python, 'benchmarks/peers/librdkafka_read.py', brokers, topic, String(messages)]),
    },
    { name: 'Java consumer performance tool', messagesPerSecond: javaReader(brokers) },
  ];
}

function javaReader(brokers: string): Reader['messagesPerSecond'] {
  const classPath = join(javaTools(), '*');
  return async (topic, messages) => {
    const { stdout } = await timedRun([
      ...['java', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', classPath],
      'org.apache.kafka.tools.ConsumerPerformance',
      ...['--bootstrap-server', brokers, '--topic', topic, '--messages', String(messages)],
      ...['--group', `java-${randomUUID()}`, '--hide-header'],
    ]);
    // Its last column is the number of messages per second of the fetching alone, without the time in which the group forms.
    const rate = Number(stdout.trim().split('\n').at(-1)?.split(',').at(-1));
    if (!(rate > 0)) throw new Error(`the Java tool must print its rate, got ${stdout}`);
    return rate;
  };
}
