import { createInterface } from 'node:readline/promises';
import { visibleText } from '../../domain/visible-text.js';
import { DtstreamError } from '../../errors.js';
import type { TopicState, Transport } from '../../transport/transport.js';
import { countOf } from '../console/plural.js';
import type { LogFlags } from '../flags/log.js';
import type { Console } from '../console/console.js';

/** Flags that let a command delete the topics that it writes. */
export interface RecreateFlags {
  readonly recreateTopics: boolean;
  /** Delete without asking. */
  readonly yes: boolean;
}

/** @throws DtstreamError `usage` for `--recreate-topics` with the embedded log */
export function checkRecreate({ recreateTopics, brokers }: RecreateFlags & Pick<LogFlags, 'brokers'>): void {
  if (!recreateTopics || brokers !== undefined) return;
  const rule = 'to start over with an embedded log, delete its folder';
  throw new DtstreamError('usage', `--recreate-topics needs --brokers; ${rule}`);
}

/**
 * Deletes the existing topics among the names, with all their messages, after the user has agreed.
 *
 * @throws DtstreamError `usage` when the user does not agree or cannot be asked, or when a group is running on one
 */
export async function recreateTopics(
  console: Console,
  log: Transport,
  names: readonly string[],
  { yes }: RecreateFlags,
): Promise<void> {
  const existing = await log.topics(names);
  const found = existing.filter(({ topic }) => names.includes(topic));
  if (found.length === 0) return;
  const group = (await log.groups()).find(({ alive, topic }) => alive && names.includes(topic));
  if (group !== undefined) {
    throw new DtstreamError('usage', `cannot delete ${group.topic}: group ${group.group} is running`);
  }
  const list = found.map(describe).join(', ');
  if (!yes && !(await isAgreed(console, list))) throw new DtstreamError('usage', `nothing was deleted: ${list} stays`);
  await log.deleteTopics(found.map(({ topic }) => topic));
}

async function isAgreed(console: Console, list: string): Promise<boolean> {
  const { stdin: input, stderr: output } = console;
  if (!input.isTTY || !output.isTTY) {
    throw new DtstreamError(
      'usage',
      `--recreate-topics would delete ${list}: without a terminal to confirm, it needs --yes`,
    );
  }
  const terminal = createInterface({ input, output });
  const closed = new AbortController();
  // Ctrl-C and the end of the input are no answer.
  terminal.once('close', () => closed.abort());
  try {
    const answer = await terminal
      .question(visibleText(`delete ${list}? [y/N] `), { signal: closed.signal })
      .catch(() => '');
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

/** `data_raw (10 partitions, 1,234 messages)` */
function describe({ topic, partitions }: TopicState): string {
  const messages = partitions.reduce((sum, { first, end }) => sum + end - first, 0);
  return `${topic} (${countOf(partitions.length, 'partition')}, ${countOf(messages, 'message')})`;
}
