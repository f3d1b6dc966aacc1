import { Command, Option } from 'commander';
import { addLogFlags } from '../flags/log.js';
import { addGlobalFlags, groupName } from '../flags/common.js';
import { glyphsOption } from '../flags/glyphs.js';
import { addPartFlags, type GivenPart, withPart } from '../flags/part.js';
import { duration } from '../flags/quantity.js';
import { startPlace } from '../flags/start-place.js';
import { resultsTopic } from '../flags/prefix.js';
import { addQualityFlags, addStateFlag } from '../quality/flags.js';
import type { WatchFlags } from './flags.js';
import { httpAddress } from './http/http-address.js';
import type { Console } from '../console/console.js';

export function watchCommand(console: Console): Command {
  const command = new Command('watch')
    .description('show the live dashboard of the published results')
    .option('--topic <name>', 'topic to read', resultsTopic)
    .option(
      '--group <name>',
      'group whose messages are shown (default: the only group; with --json all groups)',
      groupName,
    )
    .option('--from <place>', 'where the sums start: earliest, latest or a time', startPlace, 'earliest')
    .option('--until-end', 'stop at the current end of the topic', false)
    .addOption(
      new Option('--once', 'print one snapshot of the current state and exit')
        .default(false)
        .conflicts(['json', 'plain']),
    )
    .addOption(
      new Option('--brief', 'with --once: at most 12 lines of 78 columns, for a logbook')
        .default(false)
        .implies({ once: true }),
    )
    .addOption(new Option('--json', 'print each message unchanged, one per line').default(false).conflicts('plain'))
    .option('--plain', 'print one short line per message, as without a terminal', false)
    .option('--ascii', 'draw with ASCII only, for terminals without block characters', false)
    .addOption(glyphsOption())
    .addOption(
      new Option(
        '--window <time>',
        'time that the numbers on the screen are of at first (+ and - change it, c its kind)',
      )
        .argParser(duration({ minMs: 1000 }))
        .default(60_000, '60s'),
    )
    .option('--out-dir <folder>', 'folder of the files that the keys s and w write', '.')
    .addOption(
      new Option(
        '--http <[host:]port>',
        'serve a live page, to be read only; on this machine alone, unless a host is given; without a terminal, nothing else is shown',
      )
        .argParser(httpAddress)
        .conflicts(['once', 'brief', 'json', 'plain']),
    )
    .addHelpText('after', examples)
    .action(async (given: GivenPart<WatchFlags>) => {
      const flags = withPart(given);
      const { runWatch } = await import('./run.js');
      await runWatch(console, flags);
    });
  return addGlobalFlags(addLogFlags(addStateFlag(addQualityFlags(addPartFlags(command, 'messages'), foldText))));
}

const foldText =
  'live time of the detector before the end at the start that the quality tests read, so that states are known';

const examples = `
Keys: q quit, space freeze, [ ] and { } a message or a minute back and on, + - zoom in time, c window, Tab or 1-6 page,
/ find, m mark, s save, ? all keys.

The sums start at the oldest message that the log still holds, so a dashboard opened in the middle of a run shows the
whole run; --from latest starts at zero. With --to, watch ends at that time, and at once if it has passed. If the log or the topic does not exist yet, watch waits for it, except with
--once and --until-end. On a terminal, --until-end keeps the last screen until q.

The quality tests are those of dtstream monitor, with the same logbook: docs/quality.md. --once lists the alarms,
--brief names them in a line; --plain prints a line for each that is raised, seen, known or cleared, after the message
with which it came:
# ALARM raised channel 1:37: rate too low: 0 Hz, 4.9 Hz expected, since 2026-05-01 12:00:04 UTC [channel_low@1:37@41000175]

Examples:
  dtstream watch                                 the dashboard
  dtstream watch --once                          the sums of all messages, as text
  dtstream watch --brief                         the same in a few lines, for a logbook
  dtstream watch --json --until-end > all.ndjson
  dtstream watch --plain --from 2026-05-01T12:00:00Z
  dtstream watch --once --from 22:00 --to 6:00   the sums of last night
  dtstream watch --http 8080                     the dashboard, and a page on http://127.0.0.1:8080/`;
