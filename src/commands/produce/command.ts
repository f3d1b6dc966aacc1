import { Command, Option } from 'commander';
import { encodings, partitionings } from '../../pipeline/produce/packer.js';
import { DtstreamError } from '../../errors.js';
import { compressions } from '../../transport/kafka/writing/compression.js';
import { addInputFlags, refuseInputFlags } from '../flags/input.js';
import { addLogFlags, addRecreateFlags } from '../flags/log.js';
import { addMetricsFlags } from '../metrics/flags.js';
import { faultFlag } from '../flags/fault.js';
import { addGlobalFlags } from '../flags/common.js';
import { byteSize, duration, parsePace, parseSpeed, wholeNumber } from '../flags/quantity.js';
import { rowsTopic } from '../flags/prefix.js';
import type { Console } from '../console/console.js';
import type { ProduceFlags } from './flags.js';
import { addSimFlag, simFlagsOf } from './sim-flag.js';

const partitionsMax = 10_000;
const rowsPerMessageMax = 65_536;
const lingerMsMax = 60_000;
const retentionBytesMin = 1_000_000;

export function produceCommand(console: Console): Command {
  const command = new Command('produce')
    .description('write rows to the log at a fixed rate, or at the speed of the detector')
    .argument(
      '[input...]',
      'files, globs, directories, s3://bucket/prefix or - for stdin: CSV or DAQ words; none: simulated rows',
    )
    .option(
      '--rate <rows/s>',
      'rows per second, such as 1000 or 10k; max: as fast as possible; detector: by the orbit counter',
      parsePace,
      1000,
    )
    .option('--speed <times>', 'with --rate detector: how many times as fast as the detector (default: 1)', parseSpeed)
    .option('--limit <rows>', 'stop after this many rows in total, including those before --resume', wholeNumber(1))
    .option('--loop', 'replay the input in a loop; orbit numbers keep increasing', false)
    .option(
      '--follow',
      'wait for more rows at the end of the last file, and go on to later files; also handles rotation and truncation',
      false,
    )
    .option('--resume', 'resume after the last row already written', false)
    .option('--again', 'write files once more that the topic holds already', false)
    .option('--new-run', 'the input is another run of the read-out, whatever its orbit numbers', false)
    .option('--topic <name>', 'topic to write to', rowsTopic)
    .option('--partitions <n>', 'number of partitions of a new topic', wholeNumber(1, partitionsMax), 10)
    .option('--replication-factor <n>', 'number of copies of a new topic in Kafka (default: 1)', wholeNumber(1, 100))
    .option('--rows-per-message <n>', 'maximum number of rows per message', wholeNumber(1, rowsPerMessageMax), 1)
    .addOption(
      new Option('--encoding <how>', 'CSV text, or 64-bit words for every row that a word can hold exactly')
        .choices(encodings)
        .default('csv'),
    )
    .addOption(
      new Option('--partition-by <how>', 'how rows are assigned to partitions: by orbit, or messages in turn')
        .choices(partitionings)
        .default('orbit'),
    )
    .addOption(
      new Option('--acks <how>', 'acknowledgements required from Kafka; the embedded log always waits for the disk')
        .choices(['all', '1', '0'])
        .default('all'),
    )
    .addOption(
      new Option('--compression <codec>', 'compression of messages in Kafka').choices(compressions).default('none'),
    )
    .addOption(
      new Option('--linger <time>', 'longest time a row waits to be written together with others')
        .argParser(duration({ minMs: 0, maxMs: lingerMsMax }))
        .default(10, '10ms'),
    )
    .option('--retention <size>', 'maximum size of a new topic (default: 4GiB)', byteSize(retentionBytesMin))
    .addOption(
      new Option('--retention-policy <how>', 'when the topic is full: wait for the groups, or delete unread rows')
        .choices(['hold', 'delete'])
        .default('hold'),
    )
    .addOption(faultFlag())
    .option('--truth <file>', 'with --fault: write which rows each fault touches to a file, as JSON lines')
    .option('--force', 'overwrite the file of --truth even if it holds data', false)
    .option('--summary', 'print a JSON object at the end: rows, start of the schedule, rate', false)
    .addHelpText('after', examples)
    .action(async (inputs: string[], flags: Omit<ProduceFlags, 'simulator'>) => {
      const { values: simulator, onCommandLine, advice } = simFlagsOf(command);
      if (inputs.length > 0 && onCommandLine !== undefined) {
        throw new DtstreamError(
          'usage',
          `${onCommandLine} applies to simulated rows only, got the input ${inputs[0]} as well`,
        );
      }
      if (inputs.length > 0 && flags.fault !== undefined) {
        throw new DtstreamError('usage', `--fault applies to simulated rows only, got the input ${inputs[0]} as well`);
      }
      if (flags.truth !== undefined && flags.fault === undefined) {
        throw new DtstreamError('usage', `--truth needs --fault, got --truth ${flags.truth} alone`);
      }
      if (advice !== undefined) console.logLine(advice, 'warn');
      if (inputs.length === 0) refuseInputFlags(command);
      const { runProduce } = await import('./run.js');
      await runProduce(console, inputs, { ...flags, simulator });
    });
  addRecreateFlags(command, '--topic');
  return addSimFlag(addInputFlags(addGlobalFlags(addMetricsFlags(addLogFlags(command)))));
}

const examples = `
Examples:
  dtstream produce                                   simulated rows, 1000 per second
  dtstream produce --sim dead=2:17,hot=0:5:40        simulated rows with a silent and a noisy channel
  dtstream produce --rate detector --fault dead:1:37@60,hot:0:5:10@90   channels that fail after a minute
  dtstream produce run.dat --rate max                a file, as fast as possible
  dtstream produce run.dat --rate detector --speed 10   ten times as fast as it was recorded
  dtstream produce runs/ --resume                    resume where the last run stopped
  dtstream produce run592.dat --new-run              its orbit counter began again
  dtstream produce s3://muons/run591/ --rate 10k     objects of a bucket, by the beginning of their keys
  dtstream produce live.csv --follow --rate max      a file still being written
  dtstream produce 'daq/run7_*.dat' --follow --resume --rate max   the files of a run as they appear
  dtstream produce --rate 100k --encoding words --rows-per-message 4096`;
