import {
  type KafkaCommand,
  type KafkaNames,
  type Right,
  rightText,
} from '../../transport/kafka/rights/command-rights.js';
import type { BrokerReport, KafkaReport, TopicReport } from '../../transport/kafka/topics/inspect-kafka.js';
import { countOf } from '../console/plural.js';
import { kafkaOptions } from '../flags/log.js';
import { type Finding, fail, guarded, ok, warn } from './finding.js';
import { adviceFor } from './kafka-advice.js';
import type { Console } from '../console/console.js';

/** The parts of a cluster to check. */
export interface KafkaQuestion extends KafkaNames {
  readonly brokers: string;
  readonly brokerWait: number | undefined;
  readonly config: string | undefined;
  /** Commands that must work; undefined = at least one. */
  readonly commands: readonly KafkaCommand[] | undefined;
}

/** Brokers may refuse messages from a clock an hour ahead; a smaller difference makes the times in messages wrong. */
const clockAheadMsMax = 2000;
const refusedAheadMs = 3_600_000;

/** Checks the brokers: answers, supported requests, topics and permissions. Changes nothing. */
export function checkKafka(console: Console, question: KafkaQuestion): Promise<readonly Finding[]> {
  return guarded(
    'brokers',
    (_, failure) => adviceFor(failure),
    async () => {
      const { inspectBrokers, inspectKafka } = await import('../../transport/kafka/topics/inspect-kafka.js');
      const options = await kafkaOptions(console, question);
      const brokers = await inspectBrokers(options);
      const first = checkBrokers(brokers);
      // Much of the rest would only fail for the same reason.
      if (first.state === 'fail') return [first];
      const report = await inspectKafka(options, question);
      return [
        first,
        checkVersions(report),
        ...report.topics.map((topic) => checkTopic(topic, brokers.length)),
        checkGroup(question.group, report),
        ...checkRights(report, question.commands, question.prefix),
        ...checkBrokerClock(report),
      ];
    },
  );
}

/** Every broker must answer at the address that it advertises. */
export function checkBrokers(brokers: readonly BrokerReport[]): Finding {
  const silent = brokers.filter(({ isAnswering }) => !isAnswering);
  const text = `${brokers.length} at ${brokers.map(({ address }) => address).join(', ')}`;
  if (silent.length === 0) return ok('brokers', text);
  const which = silent.map(({ nodeId, address }) => `broker ${nodeId} advertises ${address}`).join(', ');
  const what = `${which}, which ${silent.length === 1 ? 'does' : 'do'} not answer`;
  return fail('brokers', what, 'start it, or correct its advertised.listeners, the name service or the firewall');
}

function checkVersions({ unknownRequests }: KafkaReport): Finding {
  if (unknownRequests.length === 0) return ok('versions', 'the brokers support all requests that dtstream needs');
  return fail('versions', `a broker does not support ${unknownRequests.join(', ')}`, 'use Kafka 2.5 or later');
}

function checkTopic(topic: TopicReport, brokers: number): Finding {
  const { topic: name, partitions, copies, leaderless, behind, isCompacted } = topic;
  const check = `topic ${name}`;
  if (topic.state === 'refused') {
    return warn(check, 'the user may not see it', 'see the rights of the commands below');
  }
  if (topic.state === 'missing') return ok(check, 'does not exist yet; it is created when needed');
  const text = `${countOf(partitions, 'partition')}, ${countOf(copies, 'copy', 'copies')}`;
  if (leaderless.length > 0) {
    return fail(check, `${text}, no leader for partition ${leaderless.join(', ')}`, 'start the brokers that hold them');
  }
  if (isCompacted) {
    const advice = `kafka-configs.sh --alter --entity-type topics --entity-name ${name} --add-config cleanup.policy=delete`;
    return fail(check, `${text}, compacted: Kafka keeps only the newest message of each key`, advice);
  }
  if (behind.length > 0) {
    const what = `${text}, copies of partition ${behind.join(', ')} are out of sync`;
    return warn(check, what, 'check the brokers: one is down or too slow');
  }
  if (copies === 1 && brokers > 1) {
    const advice = 'create it with --replication-factor 3: a topic with one copy is lost with its broker';
    return warn(check, text, advice);
  }
  return ok(check, text);
}

function checkGroup(group: string, { group: { hosts, stranger } }: KafkaReport): Finding {
  const check = `group ${group}`;
  if (stranger !== undefined) return fail(check, `is used by ${stranger}`, 'give process a group of its own (--group)');
  if (hosts.length === 0) return ok(check, 'no process is running');
  return ok(check, `${hosts.length} running, on ${[...new Set(hosts)].join(', ')}`);
}

/**
 * The rights of the user, by command. A user may have the rights for its own commands only: a missing right of another
 * command gives a warning, unless no command would work.
 */
export function checkRights(
  { missing }: Pick<KafkaReport, 'missing'>,
  asked: readonly KafkaCommand[] | undefined,
  prefix?: string,
): Finding[] {
  const commands = asked ?? [...missing.keys()];
  const isNothing = commands.every((command) => (missing.get(command) ?? []).length > 0);
  return commands.map((command) => {
    const lacking = missing.get(command) ?? [];
    const check = `rights of ${command}`;
    if (lacking.length === 0) return ok(check, 'the user has all the rights it needs');
    const text = `missing: ${lacking.map(rightText).join(', ')}`;
    const finding = asked !== undefined || isNothing ? fail : warn;
    return finding(check, text, `ask an administrator to run: ${grants(lacking, prefix).join('; ')}`);
  });
}

/**
 * The commands that an administrator runs: one for each topic, group or transactional id, or one for all topics, groups or
 * transactional ids with the prefix.
 */
function grants(rights: readonly Right[], prefix?: string): string[] {
  const byName = new Map<string, Right[]>();
  for (const missing of rights) {
    const right = prefix === undefined ? missing : { ...missing, name: prefix, isPrefix: true };
    const key = `--${right.on} ${right.name}${right.isPrefix ? ' --resource-pattern-type prefixed' : ''}`;
    byName.set(key, [...(byName.get(key) ?? []), right]);
  }
  return [...byName].map(([what, own]) => {
    const operations = [...new Set(own.map(({ operation }) => operation))].map(
      (operation) => `--operation ${operation[0].toUpperCase()}${operation.slice(1)}`,
    );
    return `kafka-acls.sh --add --allow-principal User:NAME ${operations.join(' ')} ${what}`;
  });
}

/** Whether our clock and that of the brokers agree, where they tell theirs. */
export function checkBrokerClock({ clockAheadMs }: Pick<KafkaReport, 'clockAheadMs'>): Finding[] {
  if (clockAheadMs === undefined) return [];
  const check = 'clock of brokers';
  const apartMs = Math.abs(clockAheadMs);
  if (apartMs <= clockAheadMsMax) return [ok(check, 'agrees with the clock of this machine')];
  const text = `the clock of this machine is ${Math.round(apartMs / 1000)} s ${clockAheadMs < 0 ? 'ahead of' : 'behind'} the clock of the brokers`;
  const advice = 'synchronise both with NTP (timedatectl set-ntp true)';
  if (-clockAheadMs < refusedAheadMs) return [warn(check, text, advice)];
  return [
    fail(check, `${text}, which refuse messages more than an hour ahead (message.timestamp.after.max.ms)`, advice),
  ];
}
