import { Command } from 'commander';
import { addGlobalFlags, groupName } from '../flags/common.js';
import { addLogFlags } from '../flags/log.js';
import { wholeNumber } from '../flags/quantity.js';
import { startPlace } from '../flags/start-place.js';
import type { RejectedFlags } from './flags.js';
import type { Console } from '../console/console.js';

export function rejectedCommand(console: Console): Command {
  const command = new Command('rejected')
    .description('count the rejected rows of the log by the rule they break, with examples')
    .option('--group <name>', 'group whose rejected rows are counted (default: the only group)', groupName)
    .option('--from <place>', 'where counting starts: earliest or a time', startPlace, 'earliest')
    .option('--examples <n>', 'number of rows shown for each rule', wholeNumber(0, 1000), 3)
    .option('--json', 'print the result as a JSON object', false)
    .addHelpText('after', details)
    .action(async (flags: RejectedFlags) => {
      const { runRejected } = await import('./run.js');
      await runRejected(console, flags);
    });
  return addGlobalFlags(addLogFlags(command));
}

const details = `
Reads data_rejected up to its current end. The place of a row is partition:offset of its message in the topic of rows,
and the line within the message. If several groups process the same rows, each of them stores the rejected ones: choose
one with --group. Rows that an older version stored name no group, and count for every one.

Examples:
  dtstream rejected                      all that are stored
  dtstream rejected --from 10m           those of the last ten minutes
  dtstream rejected --json --examples 100 | jq '.kinds[0].examples[].row'`;
