import type { ProtocolRequest } from 'kafkajs/src/cluster/index.js';
import type { FieldReader } from './field-reader.js';
import { request } from './requests.js';

/** The current state of a topic, even if its name was used before. */
export interface KnownTopic {
  readonly errorCode: number;
  /** Undefined where brokers give none. */
  readonly id: string | undefined;
  readonly partitions: number;
}

/** Version of {@link topicRequest}: the first one that tells the id of a topic. */
export const topicRequestVersion = 10;
const idBytes = 16;

/** Metadata 10 of one topic: Kafka 2.8 and later. */
export function topicRequest(topic: string): ProtocolRequest<KnownTopic> {
  return request(
    { key: 3, version: topicRequestVersion, name: 'Metadata' },
    (writer) =>
      writer
        .noTags()
        .compactArray([topic], (name) => writer.raw(Buffer.alloc(idBytes)).compactString(name).noTags())
        .int8(0) // do not create topics
        .int8(0) // not what we may do with the cluster
        .int8(0) // nor with the topic
        .noTags(),
    (reader) => {
      reader.tags();
      reader.int32();
      reader.compactArray(() => {
        reader.raw(4); // node
        reader.compactString(); // host
        reader.raw(4); // port
        reader.compactString(); // rack
        reader.tags();
      });
      reader.compactString(); // cluster
      reader.int32(); // controller
      const [found] = reader.compactArray(() => readTopic(reader));
      return found;
    },
  );
}

function readTopic(reader: FieldReader): KnownTopic {
  const errorCode = reader.int16();
  reader.compactString();
  const bytes = reader.raw(idBytes);
  reader.raw(1); // internal
  const partitions = reader.compactArray(() => {
    reader.raw(14); // error, partition, leader, leader epoch
    for (let list = 0; list < 3; list++) reader.compactArray(() => reader.int32()); // replicas: all, in sync, offline
    reader.tags();
  });
  reader.int32(); // what we may do
  reader.tags();
  const id = bytes.every((byte) => byte === 0) ? undefined : bytes.toString('base64url');
  return { errorCode, id, partitions: partitions.length };
}
