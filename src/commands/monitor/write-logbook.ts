import { DtstreamError } from '../../errors.js';
import { loadConfig } from '../config/load.js';
import type { Console } from '../console/console.js';
import { openLog } from '../flags/log.js';
import type { KnownFlags, LogbookFlags } from './flags.js';
import { Logbook } from '../quality/logbook.js';
import { LogbookState } from '../quality/logbook-state.js';
import { objectArgument } from './object-argument.js';
import { objectText } from '../../quality/object-text.js';
import { stateFolder } from '../quality/state-folder.js';
import { userName } from '../quality/user-name.js';

/** `dtstream monitor acknowledge`. */
export async function runAcknowledge(console: Console, text: string, flags: LogbookFlags): Promise<void> {
  const { logbook, state } = await openLogbook(console, flags);
  const ids = [...state.standing.keys()];
  const id = ids.find((one) => one === text) ?? ids.findLast((one) => one.startsWith(`${text}@`));
  if (id === undefined) {
    const stand = ids.length === 0 ? 'none stands' : `those that stand are ${ids.join(', ')}`;
    throw new DtstreamError('usage', `the id must be of an alarm that a monitor has reported: ${stand}, got ${text}`);
  }
  await logbook.append([{ entry: 'acknowledged', id, ...remarkOf(flags) }]);
  if (!flags.quiet) console.logLine(`${id} is acknowledged`);
}

/** `dtstream monitor known`. */
export async function runKnown(console: Console, text: string | undefined, flags: KnownFlags): Promise<void> {
  const { logbook, state } = await openLogbook(console, flags);
  if (text === undefined) {
    const lines = [...state.known].map(([name, { by, note }]) => `${name}  by ${by}${note === undefined ? '' : `: ${note}`}`);
    await console.writeLines(lines);
    return;
  } // prettier-ignore
  const object = objectText(objectArgument(text, (await loadConfig(flags.config)).geometry.chambers));
  if (flags.remove && !state.known.has(object)) throw new DtstreamError('usage', `${text} is not known to be bad`);
  const tests = [...state.standing.values()].filter((alarm) => objectText(alarm) === object).map(({ test }) => test);
  const entry = flags.remove ? { entry: 'unknown' as const } : { entry: 'known' as const, tests };
  await logbook.append([{ ...entry, object, ...remarkOf(flags) }]);
  if (!flags.quiet)
    console.logLine(flags.remove ? `${text} is no longer known to be bad` : `${text} is known to be bad`);
}

/** `dtstream monitor mark`. */
export async function runMark(console: Console, text: string, flags: LogbookFlags): Promise<void> {
  const { logbook } = await openLogbook(console, flags);
  await logbook.append([{ entry: 'mark', text, ...remarkOf(flags) }]);
}

async function openLogbook(console: Console, flags: LogbookFlags): Promise<{ logbook: Logbook; state: LogbookState }> {
  const folder = await folderOf(console, flags);
  if (folder === undefined) {
    throw new DtstreamError('usage', 'there is no folder for the logbook here: name one with --state');
  }
  const logbook = new Logbook(folder);
  const state = new LogbookState(flags.group);
  for (const entry of await logbook.news()) state.add(entry);
  return { logbook, state };
}

/** The log is asked only where its id is needed. */
async function folderOf(console: Console, flags: LogbookFlags): Promise<string | undefined> {
  if (flags.state !== undefined || flags.brokers === undefined) return stateFolder({}, flags, console.env);
  const log = await openLog(console, flags, { create: false });
  try {
    return await stateFolder(log, flags, console.env);
  } finally {
    await log.close();
  }
}

function remarkOf({ note, group }: LogbookFlags): { by: string; note?: string; group?: string } {
  return { by: userName(), ...(note !== undefined && { note }), ...(group !== undefined && { group }) };
}
