import { Command, Option } from 'commander';
import { DtstreamError } from '../../errors.js';
import { addGlobalFlags, groupName, latenessOption } from '../flags/common.js';
import { glyphsOption } from '../flags/glyphs.js';
import { addInputFlags } from '../flags/input.js';
import { addLogFlags } from '../flags/log.js';
import { duration, parseRate, wholeNumber } from '../flags/quantity.js';
import { groupDefault } from '../flags/prefix.js';
import type { Console } from '../console/console.js';
import type { RunFlags } from './flags.js';

export function runCommand(console: Console): Command {
  const command = new Command('run')
    .description('run everything on your own input: produce, process and the dashboard; the same line resumes')
    .argument('<input...>', 'files, globs, directories or s3://bucket/prefix: CSV or DAQ words')
    .addOption(
      new Option('--rate <rows/s>', 'rows per second, such as 1000 or 10k; max: as fast as possible')
        .argParser(parseRate)
        .default(Infinity, 'max'),
    )
    .option('--follow', 'wait for more rows at the end of the last file, and go on to later files', false)
    .option('--new-run', 'the input is another run of the read-out, whatever its orbit numbers', false)
    .option('--group <name>', 'name under which results are published and progress is kept', groupName, groupDefault)
    .option('--partitions <n>', 'number of partitions of a new topic (default: 10)', wholeNumber(1, 10_000))
    .option('--threads <n>', 'worker threads of process (default: one per core)', wholeNumber(1, 256))
    .addOption(latenessOption().default(4096))
    .addOption(
      new Option(
        '--flush-after <time>',
        'publish open orbits after this time without a new row; later rows of them count as late (default: never)',
      ).argParser(duration({ minMs: 1 })),
    )
    .option('--plain', 'print one short line per message, as without a terminal', false)
    .option('--ascii', 'draw with ASCII only, for terminals without block characters', false)
    .addOption(glyphsOption())
    .addHelpText('after', details)
    .action(async (inputs: string[], flags: RunFlags) => {
      const given = command.options
        .map((option) => option.attributeName())
        .filter((name) => command.getOptionValueSource(name) !== 'default');
      if (flags.lateness === Infinity && (flags.follow || flags.flushAfter !== undefined)) {
        const given = flags.follow ? '--follow' : '--flush-after';
        throw new DtstreamError('usage', `--lateness all publishes at the end of the input, got ${given}`);
      }
      const { runLine } = await import('./run.js');
      await runLine(console, inputs, flags, new Set(given));
    });
  return addInputFlags(addGlobalFlags(addLogFlags(command)));
}

const details = `
run starts "produce INPUT… --resume" and "process" as processes of its own and shows the results. After a stop, a crash or
a power cut the same line continues where it was: each row counts once. When the input has an end, all orbits are
published, and the screen stays until q; without a terminal, run prints the sums and ends. With --lateness all the rows
may be in any order, and everything is published then. With --follow it goes on until q, Ctrl-C or SIGTERM, and the last
orbits stay open for the rows to come. Once an input is read to its end, the same line adds nothing and shows the sums
again: "dtstream produce INPUT --again" writes its rows once more, another --store or --prefix counts them apart.

Examples:
  dtstream run run591.dat                          a file, as fast as possible
  dtstream run /data/run7 --follow                 the files of a run, as they are written
  dtstream run run592.dat --new-run                another run, whose orbit counter began again
  dtstream run sorted-by-board.csv --lateness all  rows in any order: one message, at the end
  dtstream run 'daq/*.dat' --follow --brokers kafka1:9092
  dtstream run run.csv --plain > lines.txt         one line per message, then the sums`;
