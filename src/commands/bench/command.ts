import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { Rate } from '../../experiment/configuration.js';
import { encodings } from '../../pipeline/produce/packer.js';
import { type BenchFlags, formats } from './flags.js';
import { listOf, oneOf } from './lists.js';
import { brokerList } from '../flags/log.js';
import { addGlobalFlags, oneACore } from '../flags/common.js';
import { duration, parseRate, wholeNumber } from '../flags/quantity.js';
import type { Console } from '../console/console.js';

const measured = 'What is measured (lists apart by commas: all combinations):';
const how = 'How:';
const output = 'Output:';
const limit = 'The highest rate:';

export function benchCommand(console: Console): Command {
  const command = new Command('bench').description(
    'measure produce and process at work, for all combinations of settings',
  );
  command.optionsGroup(measured);
  command
    .addOption(list('--instances <list>', 'processes that share the work, a lane each', wholeNumber(1, 64), [1]))
    .addOption(
      list('--threads <list>', 'worker threads of each', wholeNumber(1, 256), [availableParallelism()], oneACore()),
    )
    .addOption(list('--partitions <list>', 'partitions of the topic', wholeNumber(1, 10_000), [10]))
    .option(
      '--shards <list>',
      'parts that orbits are spread over (default: as many as threads)',
      listOf(wholeNumber(1, 255)),
    )
    .addOption(list('--rows-per-message <list>', 'rows of a message', wholeNumber(1, 65_536), [1]))
    .addOption(list('--encoding <list>', 'csv, words', oneOf(encodings), ['csv']))
    .addOption(list('--rate <list>', 'rows per second, such as 1000, 10k or max', rateOf, [1000]))
    .addOption(
      list(
        '--batch-interval <list>',
        'a batch closes so long after its first row',
        duration({ minMs: 1 }),
        [1000],
        '1s',
      ),
    );
  command.optionsGroup(how);
  command
    .addOption(time('--duration <time>', 'what is measured of a run', 10_000))
    .addOption(time('--warm-up <time>', 'what goes before and does not count', 3000))
    .option('--repeat <n>', 'runs of each configuration', wholeNumber(1, 1000), 3)
    .option('--seed <n>', 'of the simulated rows and of the order of the runs', wholeNumber(0, 2 ** 31), 1)
    .addOption(new Option('--time-limit <time>', 'begin no run that would end later').argParser(duration({ minMs: 0 })))
    .option('--resume <file>', 'keep each result there, and leave out what it has already')
    .option('--no-verify', 'do not recount what was published')
    .option('--brokers <host:port,…>', 'Apache Kafka instead of the embedded log', brokerList)
    .addOption(
      new Option('--broker-wait <time>', 'how long to wait for the brokers at the start')
        .argParser(duration({ minMs: 0 }))
        .default(10_000, '10s'),
    )
    .option('--folder <dir>', "where temporary logs are made (default: the system's)");
  command.optionsGroup(output);
  command
    .addOption(new Option('--format <how>', 'how the results are printed').choices(formats).default('table'))
    .option('--plot <file>', 'draw box plots to file.svg, or with the table to file.html')
    .option('--force', 'overwrite the --plot file even if it is not a plot of dtstream', false)
    .option('--compare <file>', 'say what differs from an earlier bench: its JSON or its --resume file');
  command.optionsGroup(limit);
  command
    .option('--find-limit', 'search the highest rate at which the backlog stays flat; --rate is the first guess', false)
    .addOption(
      new Option('--objective <time>', 'p99 of the latency that still holds (default: batch interval + 1s)').argParser(
        duration({ minMs: 0 }),
      ),
    )
    .option('--tolerance <percent>', 'how close the search comes', wholeNumber(1, 100), 5)
    .option('--detector-rate <hits/s>', 'hits a second of your detector, to express the limit in', parseRate, 5000)
    .addHelpText('after', examples)
    .action(async (flags: BenchFlags) => {
      const { runBench } = await import('./run.js');
      await runBench(console, flags, command.parent?.version() ?? 'unknown');
    });
  return addGlobalFlags(command.optionsGroup('Options:'));
}

function list<T>(flag: string, text: string, parse: (part: string) => T, standard: T[], shown?: string): Option {
  return new Option(flag, text).argParser(listOf(parse)).default(standard, shown ?? standard.join());
}

function time(flag: string, text: string, ms: number): Option {
  return new Option(flag, text).argParser(duration({ minMs: 0 })).default(ms, `${ms / 1000}s`);
}

function rateOf(text: string): Rate {
  const rate = parseRate(text);
  return rate === Infinity ? 'max' : rate;
}

const examples = `
Examples:
  dtstream bench                                       one configuration at 1000 rows/s, three times
  dtstream bench --threads 1,2 --partitions 1,10,100 --rate 1000,5000 --plot study.html --resume study.jsonl
  dtstream bench --rate 1M --format json > before.json
  dtstream bench --rate 1M --compare before.json
  dtstream bench --find-limit --threads 1,2,3 --encoding words --rows-per-message 4096

Every run is one produce and as many process as --instances, as processes of their own. docs/bench.md says how
everything is measured and how to read the table.`;
