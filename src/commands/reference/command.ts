import { Command, Option } from 'commander';
import { DtstreamError } from '../../errors.js';
import { addGlobalFlags, groupName } from '../flags/common.js';
import { addLogFlags } from '../flags/log.js';
import { addPartFlags, type GivenPart, withPart } from '../flags/part.js';
import { resultsTopic } from '../flags/prefix.js';
import { duration } from '../flags/quantity.js';
import { startPlace } from '../flags/start-place.js';
import type { Console } from '../console/console.js';
import type { ReferenceFlags } from './flags.js';
import { liveMinS } from './live-time.js';

export function referenceCommand(console: Console): Command {
  const command = new Command('reference')
    .description('make, add up or show a reference: what a good run looks like')
    .argument('[input]', '- for messages on stdin, as process prints them; none: the topic of the log', messagesOnStdin)
    .option('--out <file>', 'file of the reference (default: stdout)')
    .option('--force', 'overwrite the file of --out', false)
    .addOption(
      new Option('--add <file...>', 'add up these references instead of reading messages').conflicts([
        ...['from', 'to', 'run', 'for', 'group', 'untilEnd', 'topic'],
      ]),
    )
    .addOption(
      new Option('--show <file>', 'print what a reference holds, and which tests it allows').conflicts([
        ...['from', 'to', 'run', 'for', 'group', 'untilEnd', 'topic', 'add', 'out'],
      ]),
    )
    .option('--topic <name>', 'topic to read', resultsTopic)
    .option('--group <name>', 'group whose messages are read (default: the only group)', groupName)
    .option('--from <place>', 'where it begins: earliest, latest or a time', startPlace, 'earliest')
    .option(
      '--for <time>',
      'take this much live time of the detector, and wait until it is there',
      duration({ minMs: 1000 * liveMinS }),
    )
    .option('--until-end', 'with --for: stop at the current end of the topic, even if that is less', false)
    .addHelpText('after', details)
    .action(async (input: string | undefined, given: GivenPart<ReferenceFlags>) => {
      const flags = withPart(given);
      const isFromFiles = flags.add !== undefined || flags.show !== undefined;
      if (input !== undefined && isFromFiles)
        throw new DtstreamError('usage', '--add and --show read files: they must not be used with -');
      const { runReference } = await import('./run.js');
      await runReference(console, input !== undefined, flags);
    });
  return addGlobalFlags(addLogFlags(addPartFlags(command, 'messages')));
}

function messagesOnStdin(text: string): string {
  if (text === '-') return text;
  throw new DtstreamError(
    'usage',
    `reference reads messages: dtstream process ${text} --batch-rows 5000 | dtstream reference - --out FILE`,
  );
}

const details = `
A reference is what the quality tests compare with: sums of the messages of a run that was good, by channel and chamber,
with its live time. It needs at least ${liveMinS} s of live time; with less, the exit code is 3. With 600 s or more, dead
channels are found in nearly the shortest possible time. Channels in alarm of neighbour_low or neighbour_high at its end
have no reference, and are named. A reference is good for the configuration (--config) that its messages were made with.

Without --for and --to, all messages from --from to the current end are taken. A reference of --add is that of all
messages of the files. The file is UHI JSON, which boost-histogram and hist read: docs/reference-files.md.

Examples:
  dtstream reference --from 22:00 --for 10m --out good.json
  dtstream reference --from latest --for 10m --out good.json     the next ten minutes
  dtstream process run.dat --batch-rows 5000 | dtstream reference - --out good.json
  dtstream reference --add monday.json tuesday.json --out both.json
  dtstream reference --show good.json`;
