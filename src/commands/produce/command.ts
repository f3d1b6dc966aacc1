import { Command, Option } from 'commander';
import { encodings, partitionings } from '../../pipeline/produce/packer.js';
import { DtstreamError } from '../../errors.js';
import { compressions } from '../../transport/kafka/writing/compression.js';
import { addInputFlags, refuseInputFlags } from '../flags/input.js';
import { addLogFlags, addRecreateFlags } from '../flags/log.js';
import { addMetricsFlags } from '../metrics/flags.js';
import { addGlobalFlags } from '../flags/common.js';
import { byteSize, duration, parseRate, wholeNumber } from '../flags/quantity.js';
import type { Console } from '../console/console.js';
import type { ProduceFlags } from './flags.js';
import { addSimFlag, simFlagsOf } from './sim-flag.js';

const partitionsMax = 10_000;
const rowsPerMessageMax = 65_536;
const lingerMsMax = 60_000;
const retentionBytesMin = 1_000_000;

export function produceCommand(console: Console): Command {
  const command = new Command('produce')
    .description('write rows to the log, as many a second as asked for')
    .argument(
      '[input...]',
      'files, globs, directories, s3://bucket/prefix or - for stdin: CSV or DAQ words; none: simulated rows',
    )
    .option('--rate <rows/s>', 'rows per second, such as 1000 or 10k; max: as fast as it goes', parseRate, 1000)
    .option('--limit <rows>', 'end after so many rows, those written before a --resume included', wholeNumber(1))
    .option('--loop', 'start the input again at its end, with orbits that go on rising', false)
    .option('--follow', 'go on when the file grows, also when it is rotated or truncated', false)
    .option('--resume', 'go on after the last row of this input that was written', false)
    .option('--topic <name>', 'where rows are written', 'data_raw')
    .option('--partitions <n>', 'partitions of the topic, if it is new', wholeNumber(1, partitionsMax), 10)
    .option('--replication-factor <n>', 'copies of the topic in Kafka, if it is new (default: 1)', wholeNumber(1, 100))
    .option('--rows-per-message <n>', 'rows of a message, at most', wholeNumber(1, rowsPerMessageMax), 1)
    .addOption(
      new Option('--encoding <how>', 'CSV text, or 64-bit words where a word holds the row exactly')
        .choices(encodings)
        .default('csv'),
    )
    .addOption(
      new Option('--partition-by <how>', 'where a row goes: by its orbit, or message by message in turn')
        .choices(partitionings)
        .default('orbit'),
    )
    .addOption(
      new Option('--acks <who>', 'who confirms a message in Kafka; the embedded log always waits for the disk')
        .choices(['all', '1', '0'])
        .default('all'),
    )
    .addOption(
      new Option('--compression <codec>', 'how messages are packed in Kafka').choices(compressions).default('none'),
    )
    .addOption(
      new Option('--linger <time>', 'how long rows wait to be written together')
        .argParser(duration({ minMs: 0, maxMs: lingerMsMax }))
        .default(10, '10ms'),
    )
    .option('--retention <size>', 'size of the topic, if it is new (default: 4GiB)', byteSize(retentionBytesMin))
    .addOption(
      new Option('--retention-policy <how>', 'full topic: wait for groups, or delete what they have not read')
        .choices(['hold', 'delete'])
        .default('hold'),
    )
    .option('--summary', 'print one JSON at the end: rows, when the schedule began, rate', false)
    .addHelpText('after', examples)
    .action(async (inputs: string[], flags: Omit<ProduceFlags, 'simulator'>) => {
      const { values: simulator, onCommandLine, advice } = simFlagsOf(command);
      if (inputs.length > 0 && onCommandLine !== undefined) {
        throw new DtstreamError('usage', `${onCommandLine} is for simulated rows, got the input ${inputs[0]} as well`);
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
  dtstream produce                                   simulated rows, 1000 a second
  dtstream produce --sim dead=2:17,hot=0:5:40        a silent and a noisy channel among them
  dtstream produce run.dat --rate max                a file, as fast as it goes
  dtstream produce runs/ --resume                    go on where the last one stopped
  dtstream produce s3://muons/run591/ --rate 10k     the objects of a bucket whose keys begin so
  dtstream produce live.csv --follow --rate max      a file that is still written
  dtstream produce --rate 100k --encoding words --rows-per-message 4096`;
