import { Command } from 'commander';
import { addGlobalFlags, groupName } from '../flags/common.js';
import { addLogFlags } from '../flags/log.js';
import type { VerifyFlags } from './flags.js';
import type { Console } from '../console/console.js';

export function verifyCommand(console: Console): Command {
  const command = new Command('verify')
    .description('count the rows of the log anew and compare with what a group has published of them')
    .option('--group <name>', 'group whose messages are compared', groupName, 'dtstream')
    .option('--topic <name>', 'topic that it has read', 'data_raw')
    .option('--json', 'print the outcome as one JSON', false)
    .addHelpText('after', details)
    .action(async (flags: VerifyFlags) => {
      const { runVerify } = await import('./run.js');
      await runVerify(console, flags);
    });
  return addGlobalFlags(addLogFlags(command));
}

const details = `
Compared is everything up to the group's last commit, which may be at work meanwhile: whether messages are complete and
consecutive, their ledgers, and every bin of their sum. The geometry must be the one that the group has (--config).

Exit code: 0 equal and complete; 1 different (the first differing bins are listed); 3 equal over what is left, but
messages were lost, are unread or wait for a transaction (listed by partition), or not comparable: what is needed is
gone or cannot be read, or nothing was published. A group at work has nearly always something unread. Rows that were
deleted after they were counted are not lost.

Examples:
  dtstream verify                            what dtstream process has published
  dtstream verify --group night --json && echo complete`;
