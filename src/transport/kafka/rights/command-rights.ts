import type { Operation } from '../protocol/inspection-requests.js';

/** Commands whose rights are known one by one. */
export const kafkaCommands = ['produce', 'process', 'watch', 'verify'] as const;
export type KafkaCommand = (typeof kafkaCommands)[number];

/** Names that the commands work with. */
export interface KafkaNames {
  readonly topic: string;
  readonly results: string;
  readonly rejected: string;
  readonly group: string;
  /** In front of all of these, and of the names that dtstream makes itself; undefined = none. */
  readonly prefix?: string | undefined;
}

/** An operation that a command needs on something. */
export interface Right {
  readonly on: 'topic' | 'group' | 'transactional-id';
  readonly name: string;
  /** Whether all names that begin so are meant. */
  readonly isPrefix: boolean;
  readonly operation: Operation;
}

/** Beginning of the names of groups in which `produce` notes how far an input was written. */
export function resumeGroupPrefix(prefix = ''): string {
  return `${prefix}dtstream-resume-`;
}

/** Whether `produce` uses a group to note how far an input was written, with whatever prefix. */
export function isResumeGroup(group: string): boolean {
  return /dtstream-resume-[0-9a-f]{32}$/.test(group);
}

/** What a command needs; `create` only where the topic is not there yet. */
export function rightsOf(
  command: KafkaCommand,
  { topic, results, rejected, group, prefix }: KafkaNames,
): readonly Right[] {
  const on = (name: string, ...operations: readonly Operation[]): Right[] =>
    operations.map((operation) => ({ on: 'topic', name, isPrefix: false, operation }));
  const ofGroup = (operation: Operation): Right => ({ on: 'group', name: group, isPrefix: false, operation });
  switch (command) {
    case 'produce':
      return [
        ...on(topic, 'create', 'write', 'read'),
        { on: 'group', name: resumeGroupPrefix(prefix), isPrefix: true, operation: 'read' },
      ];
    case 'process':
      return [
        ...on(topic, 'read'),
        ...on(results, 'create', 'write'),
        ...on(rejected, 'create', 'write'),
        ofGroup('read'),
        { on: 'transactional-id', name: `${group}-lane-`, isPrefix: true, operation: 'write' },
      ];
    case 'watch':
      return on(results, 'read');
    case 'verify':
      return [...on(topic, 'read'), ...on(results, 'read'), ofGroup('describe')];
    default:
      return command satisfies never;
  }
}

/** `Write on topic data_raw`, `Read on groups dtstream-resume-…`. */
export function rightText({ on, name, isPrefix, operation }: Right): string {
  const what = on === 'transactional-id' ? 'transactional id' : on;
  return `${operation[0].toUpperCase()}${operation.slice(1)} on ${what}${isPrefix ? `s ${name}…` : ` ${name}`}`;
}
