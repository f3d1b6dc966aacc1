import { DtstreamError } from '../../errors.js';
import { planOf } from '../../pipeline/consume/geometry-hash.js';
import { ForeignCommitError, laneMarkOf } from '../../pipeline/consume/lane-checkpoint.js';
import { type MessagePart, messagePart } from '../../pipeline/verify/message-part.js';
import { verifyGroup, type VerifyReport } from '../../pipeline/verify/verify-group.js';
import type { GroupState, Transport } from '../../transport/transport.js';
import { loadConfig } from '../config/load.js';
import { countOf } from '../console/plural.js';
import { openLog } from '../flags/log.js';
import { sayPart } from '../flags/part.js';
import { severalGroups } from '../flags/one-group.js';
import { groupDefault, resultTopicsOf, withPrefix } from '../flags/prefix.js';
import { Progress } from '../console/progress.js';
import type { Console } from '../console/console.js';
import { missingText, notComparableJson, verifyJson, verifyLines } from './text.js';
import type { VerifyFlags } from './flags.js';

/** `dtstream verify`: one comparison of the log with itself. */
export async function runVerify(console: Console, flags: VerifyFlags): Promise<void> {
  sayPart(console, flags);
  const of = { topic: flags.topic, group: flags.group ?? withPrefix(flags.prefix, groupDefault) };
  const report = await verify(console, flags, of).catch(async (error: unknown) => {
    // A log that is not there or cannot be read says nothing of whether the two differ.
    const isReason = error instanceof DtstreamError && ['not-comparable', 'store'].includes(error.code);
    if (!isReason && !(error instanceof ForeignCommitError)) throw error;
    if (flags.json) await console.writeJson(notComparableJson(of, error.message), 2);
    throw new DtstreamError('not-comparable', error.message, { cause: error });
  });
  await (flags.json ? console.writeJson(verifyJson(of, report), 2) : console.writeLines(verifyLines(report)));
  if (report.differencesTotal === 0) {
    const missing = missingText(report);
    if (missing === undefined) return;
    throw new DtstreamError('not-comparable', missing);
  }
  throw new DtstreamError(
    'different',
    `${of.topic} and the messages of group ${of.group} differ in ${countOf(report.differencesTotal, 'bin')}`,
  );
}

/** @param of gets the group, where it was not given */
async function verify(
  console: Console,
  flags: VerifyFlags,
  of: { readonly topic: string; group: string },
): Promise<VerifyReport> {
  const { geometry, physics } = await loadConfig(flags.config);
  const plan = planOf(geometry, physics, { isFull: true });
  const log = await openLog(console, flags, { create: false });
  const progress = new Progress(console, flags.quiet);
  try {
    if (flags.group === undefined) of.group = (await onlyGroup(log, flags)) ?? of.group;
    return await verifyGroup(log, {
      ...of,
      results: resultTopicsOf(flags).results,
      geometry,
      plan,
      part: partOf(flags),
      onRows: (rows, rowsTotal) => progress.show({ rows, share: rowsTotal === 0 ? undefined : rows / rowsTotal }),
    });
  } finally {
    progress.end();
    await log.close();
  }
}

function partOf({ from, to, run }: VerifyFlags): MessagePart | undefined {
  if (from === 'earliest' && to === undefined && run === undefined) return undefined;
  return messagePart({ fromMs: typeof from === 'object' ? from.timeMs : undefined, toMs: to, run });
}

/**
 * The group of `process` that has committed something of the topic; undefined = none.
 *
 * @throws DtstreamError `usage` with their names when there are several
 */
async function onlyGroup(log: Transport, { topic }: VerifyFlags): Promise<string | undefined> {
  const states = (await log.groups()).filter((state) => state.topic === topic && isOurs(state));
  if (states.length > 1) throw severalGroups(states.map(({ group }) => group));
  return states[0]?.group;
}

/** Whether the commits of a group are those of `process`: other programs read topics with groups as well. */
function isOurs({ committed }: GroupState): boolean {
  try {
    for (const [partition, offset] of committed) laneMarkOf(partition, offset);
    return committed.size > 0;
  } catch (error) {
    if (error instanceof ForeignCommitError) return false;
    throw error;
  }
}
