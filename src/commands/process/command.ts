import { physicsModes } from '../../domain/physics-settings.js';
import { Command, Option } from 'commander';
import { DtstreamError } from '../../errors.js';
import { addComputeFlags, addGlobalFlags, groupName } from '../flags/common.js';
import { addInputFlags } from '../flags/input.js';
import { addLogFlags, addRecreateFlags } from '../flags/log.js';
import { duration, wholeNumber } from '../flags/quantity.js';
import { startPlace } from '../flags/start-place.js';
import { groupDefault, rowsTopic } from '../flags/prefix.js';
import { addMetricsFlags } from '../metrics/flags.js';
import { type ProcessFlags, summaryForms } from './flags.js';
import type { Console } from '../console/console.js';

/** Rows of one batch at most: bounds the memory that a batch takes. */
const batchRowsMax = 1_000_000;
const lanesMax = 1000;

export function processCommand(console: Console): Command {
  const command = new Command('process')
    .description('compute the histograms of every chamber, batch by batch')
    .argument(
      '[input...]',
      'files, globs, directories, s3://bucket/prefix or - for stdin: CSV or DAQ words, also gzip or Zstandard; none: the topic of the log',
    )
    .option(
      '--batch-rows <n>',
      'maximum number of rows per batch; each batch gives a message (default: 100000 from INPUT, 500000 from the log)',
      wholeNumber(1, batchRowsMax),
    )
    .addOption(
      new Option(
        '--orbit-detail <how>',
        'list the active channels of each orbit: full = always, none = never, auto = while a batch fits into 16 messages of 900 kB',
      )
        .choices(['auto', 'full', 'none'])
        .default('auto'),
    )
    .addOption(
      new Option(
        '--physics <how>',
        'physics in messages: full = counts, drift times and segments, counts = without segments, off = none',
      )
        .choices(physicsModes)
        .default('full'),
    )
    .option('--group <name>', 'name under which results are published and progress is kept', groupName, groupDefault)
    .addHelpText('after', examples)
    .action(async (inputs: string[], flags: ProcessFlags) => {
      if (inputs.length > 0) {
        refuse(command, topicGroup, 'must not be used with an input, which is processed without a log');
        if (flags.lateness === Infinity) refuseBatches(command);
        const { report } = flags;
        if (report !== undefined) {
          const { runDirectWithReport } = await import('../report/process-report.js');
          await runDirectWithReport(console, inputs, { ...flags, report });
          return;
        }
        const { runDirect } = await import('./direct-start.js');
        await runDirect(console, inputs, flags);
      } else {
        refuse(
          command,
          inputGroup,
          'needs an input; from the log, use the messages, dtstream verify and data_rejected',
        );
        if (flags.lateness === Infinity && !flags.untilEnd) {
          throw new DtstreamError('usage', '--lateness all needs an input with an end: give INPUT, or --until-end');
        }
        if (flags.lateness === Infinity) refuseBatches(command);
        const { runFromLog } = await import('./from-log.js');
        await runFromLog(console, flags);
      }
    });
  addGlobalFlags(addMetricsFlags(addComputeFlags(command)));
  addDirectFlags(command.optionsGroup(inputGroup));
  return addTopicFlags(command.optionsGroup(topicGroup));
}

const inputGroup = 'With INPUT (messages go to stdout; a terminal shows their sums as text):';
const topicGroup = 'Without INPUT (from the log; messages go to data_clean):';

/** A flag on the command line must not be ignored silently. */
function refuse(command: Command, group: string, rule: string): void {
  const given = command.options.find(
    (option) => option.helpGroupHeading === group && command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given !== undefined) throw new DtstreamError('usage', `${given.long ?? given.flags} ${rule}`);
}

/** Whatever decides when a batch closes has no meaning where everything is published at the end. */
function refuseBatches(command: Command): void {
  const given = ['batchRows', 'batchInterval', 'idle'].find((name) => command.getOptionValueSource(name) === 'cli');
  const option = command.options.find((candidate) => candidate.attributeName() === given);
  if (option === undefined) return;
  throw new DtstreamError('usage', `${option.long} must not be used with --lateness all, which publishes at the end`);
}

function addDirectFlags(command: Command): Command {
  addInputFlags(command);
  return command
    .option('--summary', 'print the sums of all messages instead of the messages', false)
    .addOption(
      new Option(
        '--format <form>',
        'form of the summary: json = an object, text = a page with rates, time boxes, efficiencies and histograms, uhi = histograms as UHI JSON, csv = histograms as a table (default: json)',
      ).choices(summaryForms),
    )
    .option('--ascii', 'draw the page with ASCII only, for terminals without block characters', false)
    .option('--rejected <file>', 'write rejected rows to this file as JSON lines, with source, line and reason')
    .option('--report <file>', 'write a report of the inputs to this file, as one HTML page (dtstream report)')
    .option('--force', 'overwrite the files of --rejected and --report even if they hold other data', false);
}

function addTopicFlags(command: Command): Command {
  const time = (flag: string, text: string, ms: number): Option =>
    new Option(flag, text).argParser(duration({ minMs: 1 })).default(ms, `${ms / 1000}s`);
  command
    .option('--topic <name>', 'topic to read', rowsTopic)
    .addOption(time('--batch-interval <time>', 'longest time a batch stays open', 1000))
    .addOption(time('--idle <time>', 'stop waiting for a partition idle for this long', 2000))
    .addOption(
      new Option(
        '--flush-after <time>',
        'publish open orbits after this time without a new row; later rows of them count as late (default: never)',
      )
        .argParser(duration({ minMs: 1 }))
        .conflicts('untilEnd'),
    )
    .option('--from <place>', 'where a new group starts: earliest, latest or a time', startPlace, 'earliest')
    .option('--reset', 'forget the progress of the group and start at --from', false)
    .option('--until-end', 'stop at the current end of the topic and publish all open orbits', false)
    .option('--lanes <n>', 'number of lanes; each has one owner at a time', wholeNumber(1, lanesMax), 1)
    .option('--own-lanes <n>', 'maximum number of lanes of this instance (default: no limit)', wholeNumber(1, lanesMax))
    .option(
      '--replication-factor <n>',
      'number of copies of new topics data_clean and data_rejected in Kafka (default: 1)',
      wholeNumber(1, 100),
    );
  addRecreateFlags(command, 'data_clean and data_rejected');
  return addLogFlags(command);
}

const examples = `
Examples:
  dtstream process run.dat --summary                    totals of a file, as a JSON object
  dtstream process run.dat --summary --format text      the same as a page: rates, time boxes, efficiencies, histograms
  dtstream process run.dat --summary --format uhi > run.json      histograms for hist, boost-histogram and ROOT
  dtstream process runs/ 'more/*.csv.gz' > out.ndjson   one message per batch, one per line
  dtstream process run.dat --summary --report run.html  and a page of plots, alarms and numbers
  dtstream process s3://muons/run591/ --summary         objects of a bucket
  dtstream process sorted-by-board.csv --lateness all --summary    rows in any order
  xzcat run.csv.xz | dtstream process - --summary       from a pipe
  dtstream process old.txt --head 1 --channel-offset -1 --tdc-offset 1   from an older unpacker
  dtstream process                                      live: the rows that dtstream produce writes`;
