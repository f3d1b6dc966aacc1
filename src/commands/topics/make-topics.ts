import type { TopicSpec, TopicState, Transport } from '../../transport/transport.js';
import { countOf } from '../console/plural.js';
import type { Console } from '../console/console.js';
import { recreateTopics, type RecreateFlags } from './recreate-topics.js';

/** A topic as a command asks for it; without a number of copies any will do. */
export type AskedTopic = Omit<TopicSpec, 'replicationFactor'> & { readonly replicationFactor: number | undefined };

const copiesDefault = 1;

/**
 * Creates missing topics, with `--recreate-topics` all of them again, and reports an existing topic whose settings differ
 * from the requested ones.
 *
 * @throws DtstreamError `usage` when topics may not be deleted, and the errors of the log
 */
export async function makeTopics(
  console: Console,
  log: Transport,
  asked: readonly AskedTopic[],
  flags: RecreateFlags,
): Promise<readonly TopicState[]> {
  if (flags.recreateTopics) {
    await recreateTopics(
      console,
      log,
      asked.map(({ topic }) => topic),
      flags,
    );
  }
  const states = await log.createTopics(
    asked.map((spec) => ({ ...spec, replicationFactor: spec.replicationFactor ?? copiesDefault })),
  );
  for (const [index, state] of states.entries()) {
    const line = keptSettings(asked[index], state);
    if (line !== undefined) console.logLine(line, 'warn');
  }
  return states;
}

/** Message for a topic that differs from the request; undefined when it does not. */
function keptSettings(asked: AskedTopic, { topic, partitions, replicationFactor }: TopicState): string | undefined {
  const kept: string[] = [];
  const unused: string[] = [];
  if (partitions.length !== asked.partitions) {
    kept.push(countOf(partitions.length, 'partition'));
    unused.push(countOf(asked.partitions, 'partition'));
  }
  const copies = asked.replicationFactor;
  if (replicationFactor !== undefined && copies !== undefined && replicationFactor !== copies) {
    kept.push(countOf(replicationFactor, 'copy', 'copies'));
    unused.push(countOf(copies, 'copy', 'copies'));
  }
  if (kept.length === 0) return undefined;
  return `${topic} keeps its ${kept.join(' and ')}; ${unused.join(' and ')} would need --recreate-topics`;
}
