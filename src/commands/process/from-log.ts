import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ComputePool } from '../../compute/pool.js';
import type { Geometry } from '../../domain/geometry.js';
import { HeldRows } from '../../pipeline/batch/held-hits.js';
import { geometryHash } from '../../pipeline/consume/geometry-hash.js';
import { DtstreamError, isGone } from '../../errors.js';
import { checkGeometry, checkHeld, checkLanes, checkLateness, checkWhole } from '../../pipeline/consume/check-lanes.js';
import { laneMarkOf } from '../../pipeline/consume/lane-checkpoint.js';
import { LaneSession } from '../../pipeline/consume/lane-session.js';
import type { SessionOptions } from '../../pipeline/consume/session-options.js';
import type { RowSurvey } from '../../pipeline/survey/row-survey.js';
import { laneLossText } from '../../transport/lane-loss.js';
import type { CommittedOffset, LaneLease, TopicState, Transport } from '../../transport/transport.js';
import { loadConfig } from '../config/load.js';
import { CutRowWatch } from './cut-row-watch.js';
import { shardsOf } from '../flags/common.js';
import { openLog } from '../flags/log.js';
import { momentText } from '../flags/part.js';
import { type ResultTopics, resultTopicsOf } from '../flags/prefix.js';
import { type AskedTopic, makeTopics } from '../topics/make-topics.js';
import type { ServedConsumeMetrics } from '../metrics/open-metrics.js';
import { consumeMetricsOf } from '../metrics/metrics-asked.js';
import { HitWatch } from './no-hits-warning.js';
import { OmittedListsWatch } from './omitted-lists-warning.js';
import { LossWatch } from './loss-watch.js';
import { rowSetup } from './row-setup.js';
import type { ProcessFlags } from './flags.js';
import { sayCarriedLost, sayDeleted, sayGrown, sayNewGroup, sayUnkeyed, sayWaiting } from './group-messages.js';
import { GroupReport } from './group-report.js';
import { checkRecreate } from '../topics/recreate-topics.js';
import type { Console } from '../console/console.js';
import { surveyedRowsMax, TriggerWatch } from './trigger-watch.js';
import { TopicWatch } from './topic-watch.js';

const batchRowsDefault = 500_000;
/** Messages stay below the size that brokers take by default. */
const messageBytesMax = 900_000;
const chunkBytes = 1 << 20;
const topicPollMs = 100;
/** How long a lane is kept that is taken once more after its end: others may wait for it. */
const takenAgainMs = 50;
/** Characters of the name of a history. */
const historyDigits = 12;

/** Partitions that the topic had when the group began to read it, as far as that is known: those above were added. */
interface KnownPartitions {
  partitions: number;
}

/** Flags, and the hash of the geometry that they name. */
type GroupFlags = ProcessFlags & { readonly geometry: string };

/** The group that this process works for. */
interface OwnedGroup {
  readonly flags: GroupFlags;
  readonly names: ResultTopics;
  readonly known: KnownPartitions;
  readonly report: GroupReport;
}

/** `dtstream process` without INPUT: consumes the topic lane by lane until told to stop, or to the end. */
export async function runFromLog(console: Console, flags: ProcessFlags): Promise<void> {
  checkRecreate(flags);
  const stop = console.stopSignal();
  const { geometry, physics } = await loadConfig(flags.config);
  const served = await consumeMetricsOf(console, flags, geometry.chambers.length);
  try {
    await consumeLog(console, { ...flags, geometry, setup: rowSetup(geometry, physics, flags.physics) }, stop, served);
  } catch (error) {
    if (!isStoppedOutage(error, stop)) throw error;
    console.logLine(
      `stopped: the open batch was dropped and is read again at the next start: ${error.message}`,
      'warn',
    );
  } finally {
    await served?.close();
  }
}

/** What brokers that are away did not take when the user wanted to end is not committed, and so it is not lost. */
function isStoppedOutage(error: unknown, stop: AbortSignal): error is DtstreamError {
  return stop.aborted && error instanceof DtstreamError && error.code === 'transport' && error.retryable;
}

async function consumeLog(
  console: Console,
  flags: ProcessFlags & { readonly geometry: Geometry; readonly setup: ReturnType<typeof rowSetup> },
  stop: AbortSignal,
  served: ServedConsumeMetrics | undefined,
): Promise<void> {
  const { geometry, setup } = flags;
  // --until-end must not create a missing log.
  const log = await openLog(console, flags, { create: !flags.untilEnd, stop });
  try {
    if (typeof flags.from === 'object' && !flags.quiet) {
      console.logLine(`a new group starts at ${momentText(flags.from.timeMs)}`);
    }
    const topic = await waitForTopic(console, log, flags, stop);
    if (topic === undefined) return;
    const group = { ...flags, geometry: geometryHash(geometry) };
    const names = resultTopicsOf(flags);
    await makeTopics(console, log, [resultTopic(names.results, flags), resultTopic(names.rejected, flags)], flags);
    const shards = shardsOf(flags);
    const pool = new ComputePool(flags.threads, { ...setup, shards, chunkBytes });
    served?.watchPool(pool);
    served?.watchLag(flags, async () => (await topicNamed(log, flags.topic))?.partitions ?? []);
    const report = new GroupReport(console, flags, () => topicNamed(log, flags.topic));
    const hits = new HitWatch(console, {
      lateness: flags.lateness,
      source: 'topic',
      isFlushed: flags.flushAfter !== undefined,
    });
    const omitted = new OmittedListsWatch(console, flags.orbitDetail);
    const losses = new LossWatch(console, flags.topic, () => performance.now());
    const trigger = new TriggerWatch(console, geometry, {
      after: '; this group then needs process --reset',
      survey: (survey) => surveyTopic(log, flags.topic, survey),
    });
    const known: KnownPartitions = { partitions: topic.partitions.length };
    const cutRows = new CutRowWatch(console, flags.topic, names.rejected);
    const options: SessionOptions = {
      ...flags,
      geometry,
      heldRows: new HeldRows(),
      detail: flags.orbitDetail,
      plan: setup.plan,
      messageBytesMax,
      batchRows: flags.batchRows ?? batchRowsDefault,
      batchIntervalMs: flags.batchInterval,
      idleMs: flags.idle,
      flushAfterMs: flags.flushAfter,
      startsOf: (own) => startOffsets(log, flags, { own, added: (partition) => partition >= known.partitions }),
      newHistory: () => randomUUID().slice(-historyDigits),
      now: Date.now,
      steadyNow: () => performance.now(),
      onUnkeyed: sayUnkeyed(console, flags),
      onLost: (hole) => losses.add(hole),
      onCarriedLost: (lost) => sayCarriedLost(console, flags, lost),
      onCutRow: (row) => cutRows.add(row),
      ...(served && { metrics: served.metrics }),
      onTaken: (lane) => report.taken(lane),
      onHeld: (held) => report.held(held),
      onIdle: (lane) => report.idle(lane),
      onBatch: ({ lane, messages: published, rejected }) => {
        const messages = published.map(({ head }) => head);
        for (const message of messages) {
          hits.add(message);
          omitted.add(message);
        }
        hits.addRejected(rejected);
        hits.sayRejected();
        if (!flags.untilEnd) hits.sayOnce();
        trigger.see(hits.ledger);
        report.published(lane, messages);
      },
    };
    const watch = new TopicWatch(console, () => topicNamed(log, flags.topic));
    try {
      await ownLanes(console, log, pool, options, { flags: group, names, known, report }, stop);
    } finally {
      report.close();
      losses.end();
      await watch.end(false);
      cutRows.end();
      if (!stop.aborted) await trigger.end(hits.ledger);
      await pool.close();
    }
    if (flags.untilEnd && !stop.aborted) await watch.end(true);
    // After a stop it may have open hits that are not published yet.
    if (flags.untilEnd && !stop.aborted) hits.sayNoHit();
    hits.sayLate();
    report.end(stop.aborted);
  } finally {
    await log.close();
  }
}

/** Takes lanes as they become free, and works on each; with `--until-end` until all have come to their end. */
async function ownLanes(
  console: Console,
  log: Transport,
  pool: ComputePool,
  options: SessionOptions,
  { flags, names, known, report }: OwnedGroup,
  stop: AbortSignal,
): Promise<void> {
  const { group, topic, lanes, ownLanes = lanes, reset } = flags;
  const member = await log.joinGroup({ group, topic, ...names, lanes, reset });
  const failed = new AbortController();
  const done = new AbortController();
  const ended = new Set<number>();
  // Partitions are dealt out in turn: of more lanes than partitions, the last ones have none and never come to an end.
  const filledLanes = Math.min(lanes, known.partitions);
  const over = AbortSignal.any([stop, failed.signal, done.signal]);
  const sessions: Promise<void>[] = [];
  const working = new Set<Promise<void>>();
  const waiting = sayWaiting(console, flags, member, () => sessions.length > 0);
  let checked: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    // Also an instance that would only stand by; an owner that was killed holds its last commit up until its lane is taken.
    const before = await committedOf(log, flags, { settled: false });
    checkGeometry(flags, before);
    checkLateness(flags, before);
    for (;;) {
      if (working.size >= ownLanes) await Promise.race(working);
      const lease = await member.nextLane(over);
      if (lease === undefined) break;
      const work = async (): Promise<void> => {
        try {
          // It has come to its end, and what has come since is not of that.
          if (ended.has(lease.lane)) {
            await sleep(takenAgainMs, undefined, { signal: over }).catch(() => undefined);
            return;
          }
          await (checked ??= checkGroup(console, log, flags, known));
          const end = await new LaneSession(lease, pool, options, over).run();
          if (isGone(lease.lost.reason)) throw lease.lost.reason;
          if (end === 'lost' && stop.aborted) throw leftOpen(lease);
          if (end === 'lost') {
            report.left(lease.lane);
            console.logLine(`lost lane ${lease.lane} of group ${group} (${laneLossText(lease.lost)}); standing by`);
          }
          if (end === 'grown') sayGrown(console, flags, lease.lane);
          if (end === 'end') ended.add(lease.lane);
          if (ended.size >= filledLanes) done.abort();
        } catch (error) {
          failure ??= { error };
          failed.abort();
        } finally {
          await lease.release();
        }
      };
      const session: Promise<void> = work().finally(() => working.delete(session));
      sessions.push(session);
      working.add(session);
    }
  } finally {
    clearInterval(waiting);
    await Promise.all(sessions);
    await member.close();
  }
  if (failure !== undefined) throw failure.error;
}

/**
 * Checks all commits of the group, after a previous owner is fenced and before any lane continues: a lane without open
 * hits would continue with another number of lanes, and the others could not.
 */
async function checkGroup(console: Console, log: Transport, flags: GroupFlags, known: KnownPartitions): Promise<void> {
  const { group, topic, from } = flags;
  const committed = await committedOf(log, flags, { settled: true });
  const now = await topicNamed(log, topic);
  if (now !== undefined) {
    const { id, partitions } = now;
    checkWhole(
      flags,
      { ...(id !== undefined && { id }), partitions: partitions.map(({ partition }) => partition) },
      committed,
    );
    checkHeld(group, new Map([...committed].map(([partition, { offset }]) => [partition, offset])), partitions);
  }
  checkGeometry(flags, committed);
  checkLateness(flags, committed);
  checkLanes(flags, committed);
  for (const [partition, offset] of committed) {
    const { partitions = known.partitions } = laneMarkOf(partition, offset);
    known.partitions = Math.min(known.partitions, partitions);
  }
  if (now !== undefined && committed.size === 0) await sayNewGroup(console, log, now, flags);
  const begun = now?.partitions.filter(({ partition }) => !committed.has(partition) && partition < known.partitions);
  if (from === 'earliest') sayDeleted(console, flags, begun ?? [], { isNew: committed.size === 0 });
}

async function committedOf(
  log: Transport,
  { group, topic }: ProcessFlags,
  { settled }: { readonly settled: boolean },
): Promise<ReadonlyMap<number, CommittedOffset>> {
  const states = await log.groups([group], { settled });
  return states.find((state) => state.group === group && state.topic === topic)?.committed ?? new Map();
}

/** A lane that was lost while giving it back; the next owner reads its open batch again. */
function leftOpen({ lane, lost }: LaneLease): DtstreamError {
  return new DtstreamError('transport', `lost lane ${lane} (${laneLossText(lost)})`, { retryable: true });
}

/**
 * Resolves with the topic as soon as it exists, with undefined when told to stop before.
 *
 * @throws DtstreamError `transport` with `--until-end` when it does not exist now
 */
async function waitForTopic(
  console: Console,
  log: Transport,
  { topic: name, untilEnd, quiet }: ProcessFlags,
  stop: AbortSignal,
): Promise<TopicState | undefined> {
  let isSaid = false;
  while (!stop.aborted) {
    const topic = await topicNamed(log, name);
    if (topic !== undefined) return topic;
    if (untilEnd) {
      const rule = 'the topic does not exist yet; run produce first, or leave --until-end out to wait for it';
      throw new DtstreamError('transport', `cannot process ${name} of ${log.name}: ${rule}`, { retryable: true });
    }
    if (!isSaid && !quiet) console.logLine(`waiting for topic ${name} in ${log.name}`);
    isSaid = true;
    await sleep(topicPollMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return undefined;
}

/** Looks at the oldest rows of the topic. */
async function surveyTopic(log: Transport, topic: string, survey: RowSurvey): Promise<void> {
  const { surveyRecords } = await import('../../pipeline/survey/survey-inputs.js');
  const reader = await log.openReader(topic, 'earliest');
  try {
    await surveyRecords(reader, survey, surveyedRowsMax);
  } finally {
    await reader.close();
  }
}

async function topicNamed(log: Transport, name: string): Promise<TopicState | undefined> {
  return (await log.topics([name])).find((candidate) => candidate.topic === name);
}

function resultTopic(topic: string, { replicationFactor }: ProcessFlags): AskedTopic {
  return { topic, partitions: 1, replicationFactor, writer: 'group' };
}

/** Where `--from` begins in partitions that the group has not committed; in those that were added, at their first row. */
async function startOffsets(
  log: Transport,
  flags: ProcessFlags,
  { own, added }: { readonly own: readonly number[]; readonly added: (partition: number) => boolean },
): Promise<ReadonlyMap<number, number>> {
  const starts = new Map(own.filter(added).map((partition) => [partition, 0]));
  const others = own.filter((partition) => !added(partition));
  if (others.length === 0) return starts;
  const reader = await log.openReader(flags.topic, flags.from, others);
  try {
    return new Map([...starts, ...reader.positions()]);
  } finally {
    await reader.close();
  }
}
