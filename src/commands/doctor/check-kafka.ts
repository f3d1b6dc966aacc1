import type { KafkaReport, TopicReport } from '../../transport/kafka/inspect-kafka.js';
import type { Operation } from '../../transport/kafka/wire/inspection-requests.js';
import { countOf } from '../count-of.js';
import { kafkaOptions } from '../log-flags.js';
import { type Finding, fail, guarded, ok, warn } from './finding.js';
import { rejectedTopic } from '../topic-names.js';

/** What is looked at in a cluster. */
export interface KafkaQuestion {
  readonly brokers: string;
  readonly brokerWait: number | undefined;
  readonly config: string | undefined;
  /** Topic of the rows, then those that process writes. */
  readonly topics: readonly string[];
  readonly group: string;
}

/** The brokers: whether they answer, what they understand, topics and permissions. Changes nothing. */
export function checkKafka(question: KafkaQuestion): Promise<readonly Finding[]> {
  return guarded('brokers', adviceFor, async () => {
    const { inspectKafka } = await import('../../transport/kafka/inspect-kafka.js');
    const report = await inspectKafka(await kafkaOptions(question), question);
    return [
      ok('brokers', `${report.brokers.length} at ${report.brokers.join(', ')}`),
      checkVersions(report),
      ...report.topics.map((topic) => checkTopic(topic, report)),
      checkGroup(question.group, report),
      checkTransactions(question.group, report),
    ];
  });
}

function checkVersions({ unknownRequests }: KafkaReport): Finding {
  if (unknownRequests.length === 0) return ok('versions', 'the brokers understand all that is needed');
  return fail('versions', `a broker does not understand ${unknownRequests.join(', ')}`, 'use Kafka 2.5 or later');
}

function checkTopic(topic: TopicReport, { brokers, mayCreateTopics }: KafkaReport): Finding {
  const { topic: name, partitions, copies, leaderless, behind, allowed } = topic;
  const check = `topic ${name}`;
  if (topic.state === 'refused') return fail(check, 'the user may not use it', grant('--topic', name, 'Read, Write'));
  if (topic.state === 'missing') {
    if (mayCreateTopics) return ok(check, 'is not there yet; it is made when it is needed');
    const advice = `${grant('--topic', name, 'Create, Read, Write')}, or let somebody make the topic`;
    return warn(check, 'is not there yet, and the user may not make topics in the cluster', advice);
  }
  const text = `${countOf(partitions, 'partition')}, ${countOf(copies, 'copy', 'copies')}`;
  if (leaderless.length > 0) {
    return fail(check, `${text}, nobody leads partition ${leaderless.join(', ')}`, 'start the brokers that hold them');
  }
  const missing = neededOf(name).filter((one) => !allowed.has(one));
  if (missing.length > 0) {
    const advice = grant('--topic', name, missing.map((one) => one[0].toUpperCase() + one.slice(1)).join(', '));
    return fail(check, `${text}, the user may not ${missing.join(' and ')} it`, advice);
  }
  if (behind.length > 0) {
    const what = `${text}, copies of partition ${behind.join(', ')} are behind`;
    return warn(check, what, 'look at the brokers: one is down or too slow');
  }
  if (copies === 1 && brokers.length > 1) {
    const advice = 'make it with --replication-factor 3: a topic with one copy is lost with its broker';
    return warn(check, text, advice);
  }
  return ok(check, text);
}

/** Rejected rows are only written; all other topics are read as well. */
function neededOf(topic: string): readonly Operation[] {
  return topic === rejectedTopic ? ['write'] : ['read', 'write'];
}

function checkGroup(group: string, { group: { state, hosts } }: KafkaReport): Finding {
  const check = `group ${group}`;
  if (state === 'refused') return fail(check, 'the user may not use it', grant('--group', group, 'Read'));
  if (hosts.length === 0) return ok(check, 'nobody is at work in it');
  return ok(check, `${hosts.length} at work in it, on ${[...new Set(hosts)].join(', ')}`);
}

function checkTransactions(group: string, { transactions }: KafkaReport): Finding {
  if (transactions === 'open') return ok('transactions', 'process may publish in transactions');
  const advice = `${grant('--transactional-id', `${group}-lane-`, 'Write, Describe')} --resource-pattern-type prefixed`;
  return fail('transactions', `the user may not use the transactional ids ${group}-lane-…`, advice);
}

/** The command that an administrator runs. */
function grant(what: string, name: string, operations: string): string {
  const flags = operations.split(', ').map((operation) => `--operation ${operation}`);
  return `an administrator allows it: kafka-acls.sh --add --allow-principal User:NAME ${flags.join(' ')} ${what} ${name}`;
}

function adviceFor(message: string): string {
  if (/connection refused|no broker answers/.test(message)) {
    return 'start the broker, or correct --brokers, port and firewall';
  }
  if (message.includes('no such host')) return 'correct the name in --brokers, or the name service';
  if (message.includes('password')) {
    return 'correct DTSTREAM_KAFKA_USER, DTSTREAM_KAFKA_PASSWORD (or kafka.sasl in the configuration)';
  }
  if (message.includes('closed the connection'))
    return 'turn on what the listener wants: DTSTREAM_KAFKA_TLS, DTSTREAM_KAFKA_SASL';
  if (message.includes('TLS')) return 'name the authority of the brokers with DTSTREAM_KAFKA_CA (or kafka.tls.ca)';
  return 'see Kafka in docs/operations.md';
}
