import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { Rate } from '../../experiment/runs/configuration.js';
import { physicsModes } from '../../domain/physics-settings.js';
import { encodings } from '../../pipeline/produce/packer.js';
import { type BenchFlags, formats } from './flags.js';
import { listOf, oneOf } from './lists.js';
import { brokerList, prefixOption } from '../flags/log.js';
import { addGlobalFlags, onePerCore } from '../flags/common.js';
import { duration, parseRate, wholeNumber } from '../flags/quantity.js';
import type { Console } from '../console/console.js';

/** A topic of fewer rows would measure little but the first batch. */
const drainRowsMin = 1000;

const measured = 'Settings to measure (comma-separated lists; all combinations are run):';
const drainGroup = 'Speed of process alone:';
const how = 'Procedure:';
const output = 'Output:';
const limit = 'The highest rate:';

export function benchCommand(console: Console): Command {
  const command = new Command('bench').description('measure produce and process for all combinations of settings');
  command.optionsGroup(measured);
  command
    .addOption(list('--instances <list>', 'number of process instances, one lane each', wholeNumber(1, 64), [1]))
    .addOption(
      list(
        '--threads <list>',
        'worker threads per instance',
        wholeNumber(1, 256),
        [availableParallelism()],
        onePerCore(),
      ),
    )
    .addOption(list('--partitions <list>', 'number of partitions of the topic', wholeNumber(1, 10_000), [10]))
    .option(
      '--shards <list>',
      'number of parts over which orbits are distributed (default: number of threads)',
      listOf(wholeNumber(1, 255)),
    )
    .addOption(list('--rows-per-message <list>', 'rows per message', wholeNumber(1, 65_536), [1]))
    .addOption(list('--encoding <list>', 'csv, words', oneOf(encodings), ['csv']))
    .addOption(
      list('--physics <list>', 'physics in messages, as of process: off, counts, full', oneOf(physicsModes), ['full']),
    )
    .addOption(list('--rate <list>', 'rows per second, such as 1000, 10k or max', rateOf, [1000]))
    .addOption(
      list('--batch-interval <list>', 'longest time a batch stays open', duration({ minMs: 1 }), [1000], '1s'),
    );
  command.optionsGroup(drainGroup);
  command
    .addOption(
      new Option('--drain <rows>', 'fill a topic with so many rows first, then measure process alone')
        .argParser(wholeNumber(drainRowsMin))
        .conflicts(['rate', 'duration', 'warmUp', 'findLimit']),
    )
    .addOption(
      new Option(
        '--input <file>',
        'fill it from this file instead of simulated rows, repeated as needed; may be given again',
      ).argParser((file: string, files: readonly string[] | undefined) => [...(files ?? []), file]),
    )
    .option('--fill', 'fill a new topic before each run, and measure that, too: produce alone', false);
  command.optionsGroup(how);
  command
    .addOption(time('--duration <time>', 'length of the measured window', 12_000))
    .addOption(time('--warm-up <time>', 'warm-up, discarded', 3000))
    .option('--repeat <n>', 'runs of each configuration', wholeNumber(1, 1000), 3)
    .option('--seed <n>', 'random seed for rows and run order', wholeNumber(0, 2 ** 31), 1)
    .addOption(
      new Option('--time-limit <time>', 'start no run that would end after this time').argParser(
        duration({ minMs: 0 }),
      ),
    )
    .option('--resume <file>', 'store each result in this file, and skip those already there')
    .addOption(
      new Option('--orbit-detail <how>', 'lists of active channels in messages, as of process')
        .choices(['auto', 'full', 'none'])
        .default('auto'),
    )
    .option('--no-verify', 'skip the recount of the published results')
    .option('--brokers <host:port,…>', 'Apache Kafka instead of the embedded log', brokerList)
    .addOption(
      new Option('--broker-wait <time>', 'how long to wait for the brokers at start-up')
        .argParser(duration({ minMs: 0 }))
        .default(10_000, '10s'),
    )
    .option(...prefixOption)
    .option('--folder <dir>', "folder for temporary logs (default: the system's)")
    .option('--keep', 'keep the topics or folders of the runs', false);
  command.optionsGroup(output);
  command
    .addOption(new Option('--format <how>', 'output format of the results').choices(formats).default('table'))
    .option('--plot <file>', 'write plots to file.svg, or plots and table to file.html')
    .option('--force', 'overwrite the --plot file even if it is not a dtstream plot', false)
    .option('--compare <file>', 'compare with an earlier bench: its JSON or its --resume file');
  command.optionsGroup(limit);
  command
    .option('--find-limit', 'find the highest rate at which the backlog stays flat; --rate is the first guess', false)
    .addOption(
      new Option('--objective <time>', 'highest acceptable p99 latency (default: batch interval + 1s)').argParser(
        duration({ minMs: 0 }),
      ),
    )
    .option('--tolerance <percent>', 'precision of the search in percent', wholeNumber(1, 100), 5)
    .option(
      '--detector-rate <hits/s>',
      'hits per second of your detector; the limit is also given as a multiple of it',
      parseRate,
      5000,
    )
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
  dtstream bench --drain 20M --threads 1,2,4           how processing scales: speed-up and efficiency
  dtstream bench --drain 5M --input run591.csv         the same on rows of your own
  dtstream bench --rate 1M --format json > before.json
  dtstream bench --rate 1M --compare before.json
  dtstream bench --find-limit --threads 1,2,3 --encoding words --rows-per-message 4096

Each run starts one produce process (with --drain once, before the runs) and as many process instances as --instances
says. docs/bench.md explains the measurements and the table.`;
