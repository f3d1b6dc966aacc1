/** What brokers refuse, by the name that the protocol gives it, in words that help. */
export const typeReasons: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: 'the user may not use this topic',
  GROUP_AUTHORIZATION_FAILED: 'the user may not use this group',
  CLUSTER_AUTHORIZATION_FAILED: 'the user may not do this in the cluster',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'the user may not use the transactional ids of this group',
  UNKNOWN_TOPIC_OR_PARTITION: 'the topic does not exist',
  INVALID_REPLICATION_FACTOR: 'there must be as many brokers as --replication-factor',
  ILLEGAL_SASL_STATE: 'a user is set, but the listener takes none (no SASL there); remove it, or name another port',
  UNSUPPORTED_SASL_MECHANISM: 'the listener does not take this mechanism (DTSTREAM_KAFKA_SASL)',
  SASL_AUTHENTICATION_FAILED: 'the user or the password is refused',
  MESSAGE_TOO_LARGE: 'a message is larger than the topic accepts (max.message.bytes)',
  RECORD_LIST_TOO_LARGE: 'messages together are larger than the topic accepts (max.message.bytes)',
  INVALID_TIMESTAMP:
    'the clock of this machine is too far from that of the brokers (message.timestamp.after.max.ms, before.max.ms); dtstream doctor compares them',
  INVALID_TRANSACTION_TIMEOUT: 'the brokers allow no transaction of 5 s (transaction.max.timeout.ms)',
  INVALID_RECORD:
    'the topic does not take messages without a key: is it compacted (cleanup.policy must be delete, got compact)?',
  POLICY_VIOLATION: 'a policy of the brokers forbids it (create.topic.policy.class.name)',
  NOT_ENOUGH_REPLICAS: 'too few copies of the topic are in step (min.insync.replicas)',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'too few copies of the topic are in step (min.insync.replicas)',
  INCONSISTENT_GROUP_PROTOCOL: 'another program uses this group; give process one of its own (--group)',
  UNSUPPORTED_ASSIGNOR: 'another program uses this group; give process one of its own (--group)',
  GROUP_MAX_SIZE_REACHED: 'the group has as many members as the brokers allow (group.max.size)',
  INVALID_SESSION_TIMEOUT:
    'the brokers do not allow a session of 6 s (group.min.session.timeout.ms must be 6000 or less, group.max.session.timeout.ms more)',
  OFFSET_METADATA_TOO_LARGE: 'the state of the group is larger than the brokers accept (offset.metadata.max.bytes)',
  GROUP_COORDINATOR_NOT_AVAILABLE: 'the group has no coordinator now',
  NOT_COORDINATOR_FOR_GROUP: 'the group has no coordinator now',
  LEADER_NOT_AVAILABLE: 'a partition has no leader now',
  NOT_LEADER_FOR_PARTITION: 'a partition has no leader now',
  CONCURRENT_TRANSACTIONS: 'the previous transaction is not complete yet',
  UNSTABLE_OFFSET_COMMIT: 'a transaction with offsets of the group is not complete yet',
  GROUP_LOAD_IN_PROGRESS: 'the coordinator of the group has just changed',
  UNSUPPORTED_VERSION: 'the brokers do not know this request: Kafka 2.5 or later is needed',
};

/** Refused for good, also where kafkajs would try again. */
export const refusedTypes: ReadonlySet<string> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'DELEGATION_TOKEN_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
]);
