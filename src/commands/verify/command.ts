import { Command } from 'commander';
import { addGlobalFlags, groupName } from '../flags/common.js';
import { addLogFlags } from '../flags/log.js';
import { addPartFlags, type GivenPart, moment, withPart } from '../flags/part.js';
import type { StartPlace } from '../flags/start-place.js';
import { rowsTopic } from '../flags/prefix.js';
import type { VerifyFlags } from './flags.js';
import type { Console } from '../console/console.js';

export function verifyCommand(console: Console): Command {
  const command = new Command('verify')
    .description('recount the rows of the log and compare with the published results of a group')
    .option('--group <name>', 'group whose messages are compared (default: the only group)', groupName)
    .option('--topic <name>', 'topic that the group reads', rowsTopic)
    .option(
      '--from <place>',
      'compare messages published from this time on; earliest = all',
      timeOrEarliest,
      'earliest',
    )
    .option('--json', 'print the result as a JSON object', false)
    .addHelpText('after', details)
    .action(async (given: GivenPart<VerifyFlags>) => {
      const flags = withPart(given);
      const { runVerify } = await import('./run.js');
      await runVerify(console, flags);
    });
  return addGlobalFlags(addLogFlags(addPartFlags(command, 'compare messages')));
}

function timeOrEarliest(text: string): StartPlace {
  return text === 'earliest' ? text : { timeMs: moment(text).timeMs };
}

const details = `
verify compares everything up to the last commit of the group, which may be running: that the messages are complete and
consecutive, their ledgers, and every bin of their sum. It needs the same geometry as the group (--config).

The physics of the messages is recounted, too, unless some of their rows came late, or they are of another configuration;
"physics not compared" then says why, and changes no exit code.

With --from, --to or --run it compares the messages of that part, and those around it up to where no orbit is open, since
an orbit open at a border has rows on both sides. Unread messages count only if they may belong to the part.

Exit code: 0 equal and complete; 1 different (the first differing bins are listed); 3 equal, but some messages are lost,
unread or behind an open transaction (listed by partition), or more than 1 % of the hits came late, so that their orbits
are counted in part; or not comparable: nothing was published, or the rows or messages to compare are gone or
unreadable. A running group nearly always has unread messages. Rows that were deleted
after they were counted are not lost.

Examples:
  dtstream verify                            the results of dtstream process
  dtstream verify --group night --json && echo complete
  dtstream verify --from 22:00 --to 6:00     the messages of last night`;
