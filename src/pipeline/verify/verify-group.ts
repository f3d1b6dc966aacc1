import { chamberListOf } from '../../domain/chamber-channels.js';
import type { Geometry } from '../../domain/geometry.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import { geometryHash, geometryName } from '../consume/geometry-hash.js';
import { DtstreamError } from '../../errors.js';
import { type CommittedOffset, topicMadeAnew, type TopicState, type Transport } from '../../transport/transport.js';
import { commitGone, missingCommit, otherGeometry } from '../consume/check-lanes.js';
import { decodeCheckpoint, type LaneCheckpoint, laneMarkOf } from '../consume/lane-checkpoint.js';
import { compareLane, startsOf } from './compare-lane.js';
import { type Difference, Differences } from './difference.js';
import { findIncomplete, type Incomplete, type SaidLost } from './find-incomplete.js';
import { GroupPath } from './group-path.js';
import { LaneCheckpoints } from './lane-checkpoints.js';
import { type HistoryEntry, LaneHistory } from './lane-history.js';
import { oldHoles } from './old-holes.js';
import type { MessagePart } from './message-part.js';
import { readMessages } from './read-messages.js';

export interface VerifyOptions {
  readonly group: string;
  /** Topic of the rows, and of the messages. */
  readonly topic: string;
  readonly results: string;
  readonly geometry: Geometry;
  /** Of the physics that the messages should say. */
  readonly plan: PhysicsPlan;
  /** Compare these messages only; absent = all. */
  readonly part?: MessagePart | undefined;
  /** See `PartitionClock`; default: the real bound. */
  readonly waitRowsMax?: number;
  /** Called regularly with the number of rows counted and in total. */
  readonly onRows?: (rows: number, rowsTotal: number) => void;
}

/** What a comparison of messages with a recount found. */
export interface VerifyReport {
  readonly lanes: number;
  /** Messages of the part; absent = all were asked for. */
  readonly messagesOfPart?: number;
  /** Messages that were compared, and those before them whose rows are gone or that a reset has done away with. */
  readonly messages: number;
  readonly messagesSkipped: number;
  /** Messages before those, which are gone from the results. */
  readonly messagesGone: number;
  readonly rows: number;
  /** Rows among them that are read and, by the watermark, not to be published yet. */
  readonly rowsOpen: number;
  /** Hits that the messages count, and those of them that were late. */
  readonly hits: number;
  readonly lateHits: number;
  /** Orbits whose hits were counted only in part, because some came too late: these are left out of the comparison. */
  readonly lateOrbits: number;
  /** Offsets compared, half open, by partition. */
  readonly offsets: ReadonlyMap<number, readonly [number, number]>;
  /** The first of them, and how many there are. */
  readonly differences: readonly Difference[];
  readonly differencesTotal: number;
  /** Why physics was not compared, with the lanes where not all have that reason; absent when it was. */
  readonly physicsNotCompared?: string;
  /** Why nothing could be recounted; absent when something was. */
  readonly notComparable?: string;
  /** What the group has not counted at all. */
  readonly incomplete: Incomplete;
}

const differencesShown = 10;

/**
 * Compares the published results of a group with the invariants of messages, with its last commit and with a recount of
 * the rows, up to the last commit; the group may be running.
 *
 * @throws DtstreamError `not-comparable` with the reason: nothing is published, or needed rows or messages are gone
 */
export async function verifyGroup(log: Transport, options: VerifyOptions): Promise<VerifyReport> {
  const { group, topic, results } = options;
  const rawBefore = (await log.topics([topic])).find((state) => state.topic === topic);
  // Commits first: each of their messages is in the log, and later ones are skipped.
  const groups = await log.groups([group], { settled: true });
  const committed = groups.find((state) => state.group === group && state.topic === topic)?.committed;
  const topics = await log.topics([topic, results]);
  const raw = await topicOf(log, topics, topic);
  const clean = await topicOf(log, topics, results);
  if (committed === undefined || committed.size === 0) {
    throw notComparable(`group ${group} must have published something of ${topic}, got no commit of it in ${log.name}`);
  }
  checkCommits(committed, raw);
  checkGeometry(committed, options);
  const differences = new Differences(differencesShown);
  const all = await readHistories(log, { options, committed, raw, clean }, differences);
  const committing = new Map([...all].filter(([, { checkpoint }]) => checkpoint !== undefined));
  checkLanes(committing, { options, committed, clean }, differences);
  const isOver = [...committing.values()].every((history) => history.isOver);
  const histories = options.part === undefined ? committing : ofPart(committing, group);
  for (const history of histories.values()) history.end();
  checkEnds(committed, raw);
  const tooMuchGone = takenTooMuch(histories, options);
  if (differences.total === 0 && tooMuchGone === undefined) await recount(log, histories, options, differences);
  const read = options.part === undefined ? all : histories;
  const messagesSkipped = sum([...read.values()], ({ skipped }) => skipped);
  const found = [...histories.values()].flatMap(({ straddling }) => straddling.found);
  const isPart = options.part !== undefined;
  const unsaid = differences.total > 0 || isPart ? [] : await oldHoles(log, raw, { found, geometry: options.geometry });
  const said = {
    ranges: [...[...histories.values()].flatMap(({ lost }) => lost), ...unsaid],
    carriedLost: sum([...histories.values()], ({ carriedLost }) => carriedLost),
  };
  const incomplete = await findIncomplete(log, { raw: rawBefore ?? raw, committed, said });
  const physicsNotCompared = obstacleOf(histories, options);
  return {
    ...reportOf([...histories.values()], differences),
    ...(isPart && { messagesOfPart: sum([...histories.values()], ({ partMessages }) => partMessages) }),
    messagesSkipped,
    messagesGone: sum([...histories.values()], ({ older }) => older),
    ...(tooMuchGone !== undefined && { notComparable: `cannot compare: ${tooMuchGone}` }),
    ...(physicsNotCompared !== undefined && { physicsNotCompared }),
    incomplete: isPart ? incompleteOfPart(incomplete, said, isOver) : incomplete,
  };
}

/** The lanes that have messages of the part. */
function ofPart(histories: ReadonlyMap<string, LaneHistory>, group: string): Map<string, LaneHistory> {
  const own = new Map([...histories].filter(([, { partMessages }]) => partMessages > 0));
  if (own.size === 0) throw notComparable(`no message of group ${group} is of this time and run`);
  return own;
}

/** What is missing in the part: unread rows may be of it unless all lanes are past it. */
function incompleteOfPart({ unread, undecided }: Incomplete, said: SaidLost, isOver: boolean): Incomplete {
  const lost = said.ranges.map(([partition, from, to]) => {
    return { partition, offsets: [from, to] as const, records: to - from };
  });
  const { carriedLost } = said;
  return isOver ? { lost, carriedLost, unread: [], undecided: [] } : { lost, carriedLost, unread, undecided };
}

/** Why the remaining rows cannot be recounted; undefined when they can. */
function takenTooMuch(histories: ReadonlyMap<string, LaneHistory>, { topic }: VerifyOptions): string | undefined {
  const [gone] = [...histories].find(([, { entries }]) => entries.length === 0) ?? [];
  if (gone === undefined) return undefined;
  return (
    `retention has deleted too many rows of ${topic}: to compare ${gone}, all rows from a message ` +
    'without carried-in rows on must still be there'
  );
}

/** Why the physics of lanes was not compared; undefined when it was everywhere. */
function obstacleOf(histories: ReadonlyMap<string, LaneHistory>, { plan }: VerifyOptions): string | undefined {
  const lanes = new Map<string, string[]>();
  for (const [producer, { entries, physics, sum }] of histories) {
    const obstacle = entries.length === 0 ? undefined : physics.obstacle(plan, sum);
    if (obstacle !== undefined) lanes.set(obstacle, [...(lanes.get(obstacle) ?? []), producer]);
  }
  const texts = [...lanes].map(([obstacle, own]) => {
    return own.length === histories.size ? obstacle : `${obstacle} of ${own.join(', ')}`;
  });
  return texts.length === 0 ? undefined : texts.join('; ');
}

/** Histories by producer: of each that has published, also where it has no commit any more. */
async function readHistories(
  log: Transport,
  group: {
    readonly options: VerifyOptions;
    readonly committed: ReadonlyMap<number, CommittedOffset>;
    readonly raw: TopicState;
    readonly clean: TopicState;
  },
  differences: Differences,
): Promise<Map<string, LaneHistory>> {
  const { options, committed, raw, clean } = group;
  const held = {
    raw: new Map(raw.partitions.map(({ partition, first }) => [partition, first])),
    allResults: clean.partitions.every(({ first }) => first === 0),
  };
  const checkpoints = new LaneCheckpoints(committed);
  const path = new GroupPath();
  const histories = new Map<string, LaneHistory>();
  const reader = await log.openReader(options.results, 'earliest');
  try {
    const isOurs = (producer: string): boolean => laneOf(producer, options.group) !== undefined;
    for await (const message of readMessages(reader, isOurs, differences)) {
      const { producer } = message;
      let history = histories.get(producer);
      if (history === undefined) {
        const lane = laneOf(producer, options.group) ?? 0;
        const checkpointOf = (lanes: number): LaneCheckpoint | undefined => checkpoints.of(lane, lanes);
        const chambers = chamberListOf(options.geometry);
        const { part, plan } = options;
        history = new LaneHistory({ producer, chambers, plan, checkpointOf, held, part }, differences);
        histories.set(producer, history);
      }
      history.add(message, path.before(message));
      path.add(message);
    }
  } finally {
    await reader.close();
  }
  return histories;
}

/** Each partition with a commit must belong to a lane that has messages. */
function checkLanes(
  histories: ReadonlyMap<string, LaneHistory>,
  group: {
    readonly options: VerifyOptions;
    readonly committed: ReadonlyMap<number, CommittedOffset>;
    readonly clean: TopicState;
  },
  differences: Differences,
): void {
  const { options, committed, clean } = group;
  const [first] = histories.values();
  for (const [partition, offset] of committed) {
    const lanes = laneMarkOf(partition, offset).lanes ?? first?.lanes ?? 1;
    const producer = `${options.group}/${partition % lanes}`;
    if (histories.has(producer)) continue;
    if (clean.partitions.some((state) => state.first > 0)) {
      throw notComparable(`${options.results} must hold messages of ${producer}, retention has deleted all`);
    }
    differences.check(`messages of ${producer}`, 'some', 'none');
  }
}

/** The commits must be of the topic as it is now, and whole. */
function checkCommits(committed: ReadonlyMap<number, CommittedOffset>, raw: TopicState): void {
  const marks = [...committed].map(([partition, offset]) => ({ partition, ...laneMarkOf(partition, offset) }));
  if (raw.id !== undefined && marks.some(({ topicId }) => topicId !== undefined && topicId !== raw.id)) {
    throw notComparable(topicMadeAnew(raw.topic));
  }
  const gone = missingCommit(marks, { lanes: 1, partitions: raw.partitions.map(({ partition }) => partition) });
  if (gone !== undefined) throw notComparable(commitGone(gone));
}

function checkGeometry(
  committed: ReadonlyMap<number, CommittedOffset>,
  { group, geometry }: Pick<VerifyOptions, 'group' | 'geometry'>,
): void {
  const own = geometryHash(geometry);
  const other = otherGeometry(own, committed);
  if (other === undefined) return;
  throw notComparable(
    `the geometry must be that of group ${group}, ${geometryName(other)}, got ${geometryName(own)} (see --config)`,
  );
}

function checkEnds(committed: ReadonlyMap<number, CommittedOffset>, raw: TopicState): void {
  for (const [partition, state] of decodeCheckpoint(committed)?.lane.partitions ?? []) {
    const end = raw.partitions.find((candidate) => candidate.partition === partition)?.end ?? 0;
    if (state.read <= end) continue;
    throw notComparable(
      `${raw.topic}/${partition} must hold what the group has read, up to offset ${state.read}, got end ${end}`,
    );
  }
}

async function recount(
  log: Transport,
  histories: ReadonlyMap<string, LaneHistory>,
  { onRows, ...options }: VerifyOptions,
  differences: Differences,
): Promise<void> {
  const rowsOf = ({ entries }: LaneHistory): number => sum(entries, ({ ledger }) => ledger.rows_read);
  const rowsTotal = sum([...histories.values()], rowsOf);
  let rowsBefore = 0;
  for (const [producer, history] of histories) {
    const { checkpoint } = history;
    if (checkpoint === undefined) continue;
    const starts = startsOf(history.entries);
    const reader = await log.openReader(options.topic, starts, [...starts.keys()]);
    try {
      const tell = (rows: number): void => onRows?.(rowsBefore + rows, rowsTotal);
      await compareLane(history, reader, { ...options, producer, checkpoint, onRows: tell }, differences);
    } finally {
      await reader.close();
    }
    rowsBefore += rowsOf(history);
  }
}

function reportOf(
  histories: readonly LaneHistory[],
  differences: Differences,
): Omit<VerifyReport, 'messagesSkipped' | 'messagesGone' | 'incomplete'> {
  const sums = histories.map((history) => history.sum);
  const offsets = new Map<number, readonly [number, number]>();
  for (const [partition, from, to] of comparedInput(histories)) {
    offsets.set(partition, [offsets.get(partition)?.[0] ?? from, to]);
  }
  return {
    lanes: histories[0]?.lanes ?? 0,
    messages: sum(sums, ({ batches }) => batches),
    rows: sum(sums, ({ ledger }) => ledger.rows_read),
    rowsOpen: sum(sums, ({ ledger }) => ledger.carried_out),
    hits: sum(sums, ({ ledger }) => ledger.hits),
    lateHits: sum(sums, ({ late_hits }) => late_hits),
    lateOrbits: sum(sums, ({ late_orbits }) => late_orbits),
    offsets: new Map([...offsets].sort(([a], [b]) => a - b)),
    differences: differences.first,
    differencesTotal: differences.total,
  };
}

function comparedInput(histories: readonly LaneHistory[]): HistoryEntry['input'] {
  return histories.flatMap(({ entries, comparedFrom }) => entries.slice(comparedFrom).flatMap(({ input }) => input));
}

/** The lane of a group that a producer is, undefined when it is none. */
function laneOf(producer: string, group: string): number | undefined {
  const lane = producer.slice(group.length + 1);
  return producer.startsWith(`${group}/`) && /^\d+$/.test(lane) ? Number(lane) : undefined;
}

async function topicOf(log: Transport, topics: readonly TopicState[], name: string): Promise<TopicState> {
  const found = topics.find(({ topic }) => topic === name);
  if (found !== undefined) return found;
  const names = (await log.topics()).map(({ topic }) => topic).join(', ');
  throw notComparable(`topic ${name} must exist in ${log.name}, got ${names || 'no topic'}`);
}

function notComparable(rule: string): DtstreamError {
  return new DtstreamError('not-comparable', `cannot compare: ${rule}`);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
