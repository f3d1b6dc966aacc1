import { Command, Option } from 'commander';
import { addLogFlags } from '../flags/log.js';
import { addGlobalFlags, groupName } from '../flags/common.js';
import { startPlace } from '../flags/start-place.js';
import { resultsTopic } from '../topics/topic-names.js';
import type { WatchFlags } from './flags.js';
import type { Console } from '../console/console.js';

export function watchCommand(console: Console): Command {
  const command = new Command('watch')
    .description('draw what process publishes: the live dashboard')
    .option('--topic <name>', 'topic to read', resultsTopic)
    .option(
      '--group <name>',
      'group of process whose messages are shown (default: the only one there is; with --json all)',
      groupName,
    )
    .option('--from <place>', 'where the sums begin: earliest, latest or a time', startPlace, 'earliest')
    .option('--until-end', 'stop at the end of what is there now', false)
    .addOption(
      new Option('--once', 'print one snapshot of what is there now').default(false).conflicts(['json', 'plain']),
    )
    .addOption(new Option('--json', 'print each message as it is, one a line').default(false).conflicts('plain'))
    .option('--plain', 'print a compact line a message, as without a terminal', false)
    .option('--ascii', 'draw with ASCII only, for terminals without block characters', false)
    .addHelpText('after', examples)
    .action(async (flags: WatchFlags) => {
      const { runWatch } = await import('./run.js');
      await runWatch(console, flags);
    });
  return addGlobalFlags(addLogFlags(command));
}

const examples = `
Keys: q quit, space freeze, Tab or 1-3 page, ? help, Ctrl-L draw anew.

The sums begin at the oldest message that the log still holds, so a dashboard that is opened in the middle of a run
shows the whole run; --from latest begins at zero. A log or a topic that is not there yet is waited for, except with
--once and --until-end. On a screen, --until-end leaves the last picture until q.

Examples:
  dtstream watch                                 the dashboard
  dtstream watch --once                          the sums of all there is, as text
  dtstream watch --json --until-end > all.ndjson
  dtstream watch --plain --from 2026-05-01T12:00:00Z`;
