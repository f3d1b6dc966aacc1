import { Command, Option } from 'commander';
import { DtstreamError } from '../../errors.js';
import type { Console } from '../console/console.js';
import { addComputeFlags, addGlobalFlags, groupName } from '../flags/common.js';
import { addInputFlags } from '../flags/input.js';
import { addLogFlags } from '../flags/log.js';
import { addPartFlags, type GivenPart, withPart } from '../flags/part.js';
import { resultsTopic } from '../flags/prefix.js';
import { wholeNumber } from '../flags/quantity.js';
import { startPlace } from '../flags/start-place.js';
import { addQualityFlags, addStateFlag } from '../quality/flags.js';
import type { ReportFlags } from './flags.js';

const batchRowsMax = 1_000_000;
const foldHelp = 'live time before the beginning that the tests read, so that states are known';
/** Flags of messages of a log, which have no meaning with an input. */
const ofTheLog = ['topic', 'from', 'to', 'run', 'mark', 'fold', 'brokers', 'store'];

export function reportCommand(console: Console): Command {
  const command = new Command('report')
    .description('write a shift report: plots, alarms and numbers as one HTML file')
    .argument(
      '[input...]',
      '- or files of messages as process prints them, or inputs with rows as process takes them; none: the topic of the log',
    )
    .option('--out <file>', 'file of the report (default: shift-DATE-TIME.html, by its first message)')
    .option('--force', 'overwrite the file even if it holds data', false)
    .option('--title <text>', 'what the report is of, for its title: experiment, place, shift')
    .option('--topic <name>', 'topic to read', resultsTopic)
    .option('--group <name>', 'group whose messages are read (default: the only group)', groupName)
    .option('--from <place>', 'where the report begins: earliest, latest or a time', startPlace, 'earliest')
    .addOption(
      new Option('--mark <n>', 'begin at this mark, as watch numbers them').argParser(wholeNumber(1)).conflicts('from'),
    )
    .option(
      '--batch-rows <n>',
      'with rows: maximum number of rows per batch; times of alarms are no finer (default: 5000)',
      wholeNumber(1, batchRowsMax),
    )
    .addHelpText('after', details)
    .action(async (inputs: string[], given: GivenPart<ReportFlags>) => {
      if (inputs.length > 0) refuseLogFlags(command);
      const { runReport } = await import('./run.js');
      await runReport(console, inputs, withPart(given));
    });
  addStateFlag(addQualityFlags(command, foldHelp));
  return addGlobalFlags(addComputeFlags(addInputFlags(addLogFlags(addPartFlags(command, 'messages')))));
}

/** A flag on the command line must not be ignored silently. */
function refuseLogFlags(command: Command): void {
  const given = command.options.find((option) => {
    const name = option.attributeName();
    return ofTheLog.includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (given !== undefined) {
    const rule = 'must not be used with an input: it chooses messages of the log';
    throw new DtstreamError('usage', `${given.long ?? given.flags} ${rule}`);
  }
}

const details = `
The page needs nothing else: no network, no script. It has a verdict, the alarms with their times and notes, rates against
time, the plots of every chamber, the ledger, and every number of the plots in tables. It prints on A4. The verdicts are
those of dtstream monitor over the same messages; states and notes are from its logbook. docs/report.md says more.

Examples:
  dtstream report --from 22:00 --to 6:00 --reference good.json
  dtstream report --mark 3 --out since-gas-change.html   since the third mark
  dtstream report run.dat --title 'run 591'              a file of rows
  dtstream process run.dat --batch-rows 5000 | dtstream report - --out run.html`;
