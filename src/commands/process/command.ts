import { Command, Option } from 'commander';
import { DtstreamError } from '../../errors.js';
import { addComputeFlags, addGlobalFlags, groupName } from '../flags/common.js';
import { addInputFlags } from '../flags/input.js';
import { addLogFlags } from '../flags/log.js';
import { duration, wholeNumber } from '../flags/quantity.js';
import { addRecreateFlags } from '../flags/recreate.js';
import { startPlace } from '../flags/start-place.js';
import { addMetricsFlags } from '../metrics/flags.js';
import type { ProcessFlags } from './flags.js';
import type { Console } from '../console/console.js';

/** Rows of one batch at most: bounds the memory that a batch takes. */
const batchRowsMax = 1_000_000;
const lanesMax = 1000;

export function processCommand(console: Console): Command {
  const command = new Command('process')
    .description('compute the histograms of every chamber, batch by batch')
    .argument(
      '[input...]',
      'files, globs, directories, s3://bucket/prefix or - for stdin: CSV or DAQ words, also in gzip or Zstandard; none: the topic of the log',
    )
    .option(
      '--batch-rows <n>',
      'rows that make a batch, and with it a message (default: 100000 from INPUT, 500000 from the log)',
      wholeNumber(1, batchRowsMax),
    )
    .addOption(
      new Option(
        '--orbit-detail <how>',
        'list active channels by orbit: full = always, none = never, auto = while the message stays small',
      )
        .choices(['auto', 'full', 'none'])
        .default('auto'),
    )
    .option('--group <name>', 'name that results are published and progress is kept under', groupName, 'dtstream')
    .addHelpText('after', examples)
    .action(async (inputs: string[], flags: ProcessFlags) => {
      if (inputs.length > 0) {
        refuse(command, topicGroup, 'goes without an input: with one, no log is used');
        const { runDirect } = await import('./direct-start.js');
        await runDirect(console, inputs, flags);
      } else {
        refuse(command, inputGroup, 'goes with an input: from the log there are messages, verify and data_rejected');
        const { runFromLog } = await import('./from-log.js');
        await runFromLog(console, flags);
      }
    });
  addGlobalFlags(addMetricsFlags(addComputeFlags(command)));
  addDirectFlags(command.optionsGroup(inputGroup));
  return addTopicFlags(command.optionsGroup(topicGroup));
}

const inputGroup = 'With INPUT (messages go to stdout; a terminal gets their sums as text):';
const topicGroup = 'Without INPUT (from the log; messages go to data_clean):';

/** What a flag on the command line asks for must not be passed over in silence. */
function refuse(command: Command, group: string, rule: string): void {
  const given = command.options.find(
    (option) => option.helpGroupHeading === group && command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given !== undefined) throw new DtstreamError('usage', `${given.long ?? given.flags} ${rule}`);
}

function addDirectFlags(command: Command): Command {
  addInputFlags(command);
  return command
    .option('--summary', 'print one JSON with the totals instead of the messages', false)
    .option('--rejected <file>', 'write rejected rows there with file, line and reason, one JSON a line')
    .option('--force', 'overwrite the --rejected file even if it holds other data', false);
}

function addTopicFlags(command: Command): Command {
  const time = (flag: string, text: string, ms: number): Option =>
    new Option(flag, text).argParser(duration({ minMs: 1 })).default(ms, `${ms / 1000}s`);
  command
    .option('--topic <name>', 'topic to read', 'data_raw')
    .addOption(time('--batch-interval <time>', 'a batch closes at the latest so long after its first row', 1000))
    .addOption(time('--idle <time>', 'a partition with nothing new for so long holds no orbit open', 2000))
    .option('--from <place>', 'where a new group begins: earliest, latest or a time', startPlace, 'earliest')
    .option('--reset', 'forget what the group has done and begin at --from', false)
    .option('--until-end', 'stop at the end of what is there now, and publish everything', false)
    .option('--lanes <n>', 'parts of the topic that may have an owner each', wholeNumber(1, lanesMax), 1)
    .option(
      '--own-lanes <n>',
      'lanes that this instance takes at most (default: all it gets)',
      wholeNumber(1, lanesMax),
    )
    .option(
      '--replication-factor <n>',
      'copies of data_clean and data_rejected in Kafka, if they are new (default: 1)',
      wholeNumber(1, 100),
    );
  addRecreateFlags(command, 'data_clean and data_rejected');
  return addLogFlags(command);
}

const examples = `
Examples:
  dtstream process run.dat --summary                    totals of a file, as one JSON
  dtstream process runs/ 'more/*.csv.gz' > out.ndjson   a message a batch, one a line
  dtstream process s3://muons/run591/ --summary         objects of a bucket
  xzcat run.csv.xz | dtstream process - --summary       from a pipe
  dtstream process old.txt --head 1 --channel-offset -1 --tdc-offset 1   as an older unpacker wrote it
  dtstream process                                      what dtstream produce writes, as it comes`;
