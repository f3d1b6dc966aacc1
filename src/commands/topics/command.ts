import { Command } from 'commander';
import { addLogFlags } from '../flags/log.js';
import { addGlobalFlags } from '../flags/common.js';
import type { TopicsFlags } from './flags.js';
import type { Console } from '../console/console.js';

export function topicsCommand(console: Console): Command {
  const command = new Command('topics')
    .description('list what is in the log: topics with their offsets and sizes, groups and how far they lag')
    .option('--json', 'print it as one JSON', false)
    .addHelpText('after', details)
    .action(async (flags: TopicsFlags) => {
      const { runTopics } = await import('./run.js');
      await runTopics(console, flags);
    });
  return addGlobalFlags(addLogFlags(command));
}

const details = `
FIRST is the oldest offset held and END the one that the next message gets. MESSAGES is END - FIRST: in Kafka these are
offsets, of which each transaction takes one more in every partition it writes to. Of a group, COMMITTED is the first
message that it still needs (of an orbit that is open), READ is where it reads on, and LAG is END - READ with what is
WAITING: behind a transaction that is open. LOST were deleted before the group read them. These two columns are there
when they have something to say.

Examples:
  dtstream topics
  dtstream topics --json --brokers kafka-1:9092,kafka-2:9092`;
