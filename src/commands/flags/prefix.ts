import { type Command, InvalidArgumentError } from 'commander';
import { DtstreamError } from '../../errors.js';

/** Leaves room for names of one's own within the lengths below. */
const prefixMax = 100;
/** Characters of a whole name at most, by the flag that gives it. */
const lengthMax = { topic: 249, group: 200 } as const;

/** Where `produce` writes rows, unless told otherwise. */
export const rowsTopic = 'data_raw';
/** Where `process` publishes its messages, and the rejected rows. */
export const resultsTopic = 'data_clean';
const rejectedTopic = 'data_rejected';
/** Group of `process`, unless told otherwise. */
export const groupDefault = 'dtstream';

/** One that begins with the prefix would not get it, and so would belong to everybody. */
export const defaultNames = [rowsTopic, resultsTopic, rejectedTopic, groupDefault];

/** Topics that `process` publishes to, by their names in the log. */
export interface ResultTopics {
  readonly results: string;
  readonly rejected: string;
}

/** Parses a prefix by the rule that both logs have for names of topics. */
export function namePrefix(text: string): string {
  const shared = defaultNames.find((name) => name.startsWith(text));
  if (text !== '' && shared !== undefined) throw new InvalidArgumentError(`must not be the beginning of ${shared}`);
  if (text.length <= prefixMax && /^[A-Za-z0-9._-]+$/.test(text)) return text;
  throw new InvalidArgumentError(`must be 1 to ${prefixMax} characters of A-Z a-z 0-9 . _ -`);
}

/** A name with the prefix in front, unless it begins with it: a name that a message shows can be given as it is. */
export function withPrefix(prefix: string | undefined, name: string): string {
  return prefix === undefined || name.startsWith(prefix) ? name : prefix + name;
}

export function resultTopicsOf({ prefix }: { readonly prefix?: string | undefined }): ResultTopics {
  return { results: withPrefix(prefix, resultsTopic), rejected: withPrefix(prefix, rejectedTopic) };
}

/**
 * Puts `--prefix` in front of the topic and the group of a command: from here on, flags hold the names in the log.
 *
 * @throws DtstreamError `usage` for a name that becomes too long
 */
export function applyPrefix(command: Command): void {
  const prefix: unknown = command.getOptionValue('prefix');
  if (typeof prefix !== 'string') return;
  for (const [flag, max] of Object.entries(lengthMax)) {
    const name: unknown = command.getOptionValue(flag);
    if (typeof name !== 'string') continue;
    const whole = withPrefix(prefix, name);
    if (whole.length > max) {
      const rule = `must be at most ${max} characters with --prefix, got ${whole.length}`;
      throw new DtstreamError('usage', `--${flag} ${rule}`);
    }
    command.setOptionValueWithSource(flag, whole, command.getOptionValueSource(flag));
  }
}
