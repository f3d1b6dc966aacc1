import { Command, Option } from 'commander';
import { DtstreamError } from '../../errors.js';
import type { Console } from '../console/console.js';
import { addGlobalFlags, groupName } from '../flags/common.js';
import { addLogFlags } from '../flags/log.js';
import { resultsTopic } from '../flags/prefix.js';
import { duration } from '../flags/quantity.js';
import { startPlace } from '../flags/start-place.js';
import { addMetricsFlags } from '../metrics/flags.js';
import { addQualityFlags, addStateFlag } from '../quality/flags.js';
import type { ExplainFlags, KnownFlags, LogbookFlags, MonitorFlags } from './flags.js';

export function monitorCommand(console: Console): Command {
  const command = new Command('monitor')
    .description('watch the quality of the detector without a screen: a JSON line for each change')
    .argument('[input]', '- for messages from standard input, as process INPUT prints them; none: the topic of the log')
    .option('--from <place>', 'where reporting starts: earliest, latest or a time', startPlace, 'latest')
    .option('--until-end', 'stop at the current end of the topic', false)
    .option('--exec <command>', 'run this command of the shell for each change of an alarm, with the JSON on its standard input')
    .addOption(
      new Option('--idle <time>', 'stop waiting for a lane that has published nothing for this long')
        .argParser(duration({ minMs: 100 }))
        .default(10_000, '10s'),
    )
    .addHelpText('after', details)
    .action(async (input: string | undefined, flags: MonitorFlags) => {
      if (input !== undefined && input !== '-') {
        const rule = 'must be - or one of explain, acknowledge, known, mark';
        throw new DtstreamError('usage', `the word after monitor ${rule}, got ${input}`);
      }
      const { runMonitor } = await import('./run.js');
      await runMonitor(console, input, flags);
    }); // prettier-ignore
  addGlobalFlags(addMetricsFlags(addLogFlags(addQualityFlags(addPlaceFlags(command), foldText))));
  command.addCommand(explainCommand(console));
  for (const child of logbookCommands(console)) command.addCommand(child);
  return command;
}

function explainCommand(console: Console): Command {
  const command = new Command('explain')
    .description('say what each test sees of an object, and why it is an alarm or none')
    .argument('<object>', 'channel 1:37, layer 1/2, chamber 1, board0 or trigger')
    .option('--json', 'print a JSON object', false)
    .addHelpText('after', explainDetails)
    .action(async (object: string, flags: ExplainFlags) => {
      const { runExplain } = await import('./explain.js');
      await runExplain(console, object, flags);
    });
  return addGlobalFlags(addLogFlags(addQualityFlags(addPlaceFlags(command), foldText)));
}

function logbookCommands(console: Console): Command[] {
  const acknowledge = new Command('acknowledge')
    .description('note in the logbook that an alarm was seen')
    .argument('<id>', 'id of the alarm, or the part before its last @ while it stands')
    .option('--note <text>', 'what was seen or done')
    .addHelpText('after', acknowledgeDetails)
    .action(async (id: string, flags: LogbookFlags) => {
      const { runAcknowledge } = await import('./write-logbook.js');
      await runAcknowledge(console, id, flags);
    });
  const known = new Command('known')
    .description('note that an object is known to be bad: its alarms are told, but no longer given to --exec')
    .argument('[object]', 'channel 1:37, layer 1/2, chamber 1, board0 or trigger; none: list them')
    .option('--note <text>', 'why')
    .option('--remove', 'it is good again', false)
    .addHelpText('after', knownDetails)
    .action(async (object: string | undefined, flags: KnownFlags) => {
      const { runKnown } = await import('./write-logbook.js');
      await runKnown(console, object, flags);
    });
  const mark = new Command('mark')
    .description('write a line of your own into the logbook')
    .argument('<text...>', 'what happened')
    .addHelpText('after', markDetails)
    .action(async (words: string[], flags: LogbookFlags) => {
      const { runMark } = await import('./write-logbook.js');
      await runMark(console, words.join(' '), flags);
    });
  return [acknowledge, known, mark].map((child) => addGlobalFlags(addLogFlags(addPlaceFlags(child))));
}

/** Flags that say whose messages and whose logbook are meant. */
function addPlaceFlags(command: Command): Command {
  return addStateFlag(
    command
      .option('--topic <name>', 'topic of the messages', resultsTopic)
      .option('--group <name>', 'group whose messages are read (default: the only group)', groupName),
  );
}

const foldText = 'live time of the detector before the start that is read without a report, so that states are known';

const details = `
Each alarm has an id, the same for every reader and after every restart. Alarms go to stdout as JSON, and to stderr in
words; docs/quality.md says what each of them means. When a monitor starts, it first reads the last hour of the detector.
Then it lists the alarms that stand, and reports what has changed since a monitor last wrote to the logbook.

--exec runs one command at a time, 10 s at most; up to 100 changes wait for it. Warnings are not given to it.

Examples:
  dtstream monitor                                    from now on
  dtstream monitor --exec 'mail -s dtstream shift@lab'
  dtstream monitor --from 22:00 --until-end           what was reported last night
  dtstream process run.dat --batch-rows 5000 | dtstream monitor -
  dtstream monitor explain 1:37                       why channel 37 of chamber 1 is an alarm, or none`;

const explainDetails = `
Reads the last hour of the detector, as monitor does when it starts.

Examples:
  dtstream monitor explain 1:37
  dtstream monitor explain trigger --reference good.json`;

const acknowledgeDetails = `
Monitors that run report it as acknowledged.

Examples:
  dtstream monitor acknowledge channel_low@1:37@41000175 --note 'HV off, expert called'
  dtstream monitor acknowledge channel_low@1:37`;

const knownDetails = `
Examples:
  dtstream monitor known 1:44 --note 'noisy preamplifier, to be replaced'
  dtstream monitor known 1:44 --remove
  dtstream monitor known                              all that are known`;

const markDetails = `
Examples:
  dtstream monitor mark HV of chamber 1 raised to 3550 V`;
