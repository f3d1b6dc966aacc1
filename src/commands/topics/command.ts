import { Command } from 'commander';
import { addLogFlags } from '../flags/log.js';
import { addGlobalFlags } from '../flags/common.js';
import type { TopicsFlags } from './flags.js';
import type { Console } from '../console/console.js';

export function topicsCommand(console: Console): Command {
  const command = new Command('topics')
    .description('list the topics of the log with their offsets and sizes, and the groups with their lag')
    .option('--json', 'print the list as a JSON object', false)
    .addHelpText('after', details)
    .action(async (flags: TopicsFlags) => {
      const { runTopics } = await import('./run.js');
      await runTopics(console, flags);
    });
  return addGlobalFlags(addLogFlags(command));
}

const details = `
FIRST is the oldest stored offset, END the offset of the next message, and MESSAGES is END - FIRST. In Kafka this counts
offsets: each transaction uses one more in every partition it writes to. For a group, COMMITTED is the first message it
still needs (for an open orbit), READ is the next offset it reads, and LAG is END - READ. WAITING counts the messages
behind an open transaction; they are part of LAG. LOST counts messages deleted before the group read them. The columns
WAITING and LOST appear only when they are not zero.

Examples:
  dtstream topics
  dtstream topics --json --brokers kafka-1:9092,kafka-2:9092`;
