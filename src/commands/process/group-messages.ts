import type { GroupMember, PartitionState, TopicState, Transport } from '../../transport/transport.js';
import type { Console } from '../console/console.js';
import { countOf } from '../console/plural.js';
import { groupNames } from '../flags/one-group.js';
import { momentText } from '../flags/part.js';
import type { StartPlace } from '../flags/start-place.js';
import { topicsReport } from '../topics/report.js';
import type { ProcessFlags } from './flags.js';

/** Time without a lane after which that is logged. */
const waitSaidMs = 1000;

/** Logs that partitions were added; each lane reads its own. */
export function sayGrown(console: Console, { topic, lanes, quiet }: ProcessFlags, lane: number): void {
  if (lanes > 1) {
    const rule = 'orbits being written at that moment may be split between lanes';
    console.logLine(`partitions were added to ${topic}, lane ${lane} reads its own; ${rule}`, 'warn');
  } else if (!quiet) {
    console.logLine(`partitions were added to ${topic}; reading them from their first row`);
  }
}

/** Logs how many messages retention deleted from partitions that a group starts to read at their earliest message. */
export function sayDeleted(
  console: Console,
  { group, topic }: ProcessFlags,
  partitions: readonly PartitionState[],
  { isNew }: { readonly isNew: boolean },
): void {
  const deleted = partitions.reduce((total, { first }) => total + first, 0);
  if (deleted === 0) return;
  const what = countOf(deleted, `message of ${topic} was`, `messages of ${topic} were`);
  const when = isNew ? `group ${group} started` : `group ${group} read anything of their partitions`;
  console.logLine(`${what} deleted by retention before ${when}`, 'warn');
}

/** Logs that a group is new where others read the same topic already: its name may be a typing error. */
export async function sayNewGroup(
  console: Console,
  log: Transport,
  topic: TopicState,
  { group, from, reset, quiet }: ProcessFlags,
): Promise<void> {
  if (quiet || reset) return;
  const isOther = (state: { readonly topic: string; readonly group: string }): boolean =>
    state.topic === topic.topic && state.group !== group;
  // Brokers that list no groups for this user, or cannot just now, must not keep the group from starting.
  const all = await log.groups().catch(() => []);
  const begun = all.filter((state) => isOther(state) && state.committed.size > 0);
  const { groups } = topicsReport(log.name, [topic], begun);
  if (groups.length === 0) return;
  const [{ group: other, lag }] = groups;
  const part = lag === 0 ? 'all' : `all but ${countOf(lag, 'message')}`;
  const names = groupNames(groups.map((one) => one.group));
  const others =
    groups.length === 1 ? `group ${groupNames([other])} has read ${part} of it` : `groups ${names} read it, too`;
  console.logLine(`group ${group} is new and reads topic ${topic.topic} from ${startText(from)}; ${others}`);
}

function startText(from: StartPlace): string {
  if (typeof from === 'object') return momentText(from.timeMs);
  return from === 'earliest' ? 'the first row' : 'the next row';
}

/** Logs that hits which were open when the group stopped are gone. */
export function sayCarriedLost(
  console: Console,
  { topic }: ProcessFlags,
  { lane, rows }: { readonly lane: number; readonly rows: number },
): void {
  const what = countOf(rows, 'row of an open orbit', 'rows of open orbits');
  console.logLine(
    `${what} of lane ${lane} cannot be read again: deleted from ${topic} before their orbit was closed; continuing`,
    'warn',
  );
}

/** Logs, once and only if it matters, that lanes may split orbits. */
export function sayUnkeyed(console: Console, { lanes, topic, physics }: ProcessFlags): () => void {
  let isSaid = lanes === 1;
  const physicsToo = physics === 'off' ? '' : ', and physics is null';
  return () => {
    if (isSaid) return;
    isSaid = true;
    console.logLine(
      `rows of ${topic} are not keyed by orbit: with ${lanes} lanes orbits may be split${physicsToo}; --lanes 1 is exact`,
      'warn',
    );
  };
}

/** Logs, each once, that the process waits for its group, and that other instances own its lanes. */
export function sayWaiting(
  console: Console,
  { quiet, group }: ProcessFlags,
  member: GroupMember,
  hasLane: () => boolean,
): NodeJS.Timeout {
  let isWaitSaid = quiet;
  const timer = setInterval(() => {
    if (hasLane() || quiet) {
      clearInterval(timer);
    } else if (member.isStandby) {
      console.logLine(`another instance is processing group ${group}; standing by`);
      clearInterval(timer);
    } else if (!isWaitSaid) {
      console.logLine(`waiting for group ${group}`);
      isWaitSaid = true;
    }
  }, waitSaidMs);
  return timer;
}
