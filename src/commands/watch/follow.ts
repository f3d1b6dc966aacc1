import { setTimeout as delay } from 'node:timers/promises';
import { DtstreamError, isGone } from '../../errors.js';
import type { LogReader, PartitionState, ReadFrom, RecordBatch, Transport } from '../../transport/transport.js';
import type { ReadResult } from '../../results/incoming-message.js';
import type { Arrival } from '../../results/dashboard-state.js';
import { recordsOf } from '../../transport/records-of.js';
import type { StartPlace } from '../flags/start-place.js';
import { WatchedTopic } from './watched-topic.js';

/** Bytes of values read at once: enough to catch up quickly, few enough for keys and frames to get their turn. */
const readBytes = 1 << 20;
/** How often the end of the topic is checked, while there is something to read and when there is not. */
const lookEveryMs = { reading: 500, waiting: 2000 };
/** How long one read waits. */
const readWaitMs = 500;
/** How often a missing log or topic is looked for. */
const waitEveryMs = 200;
/** How often it is looked whether the topic is still the same one. */
const checkEveryMs = 5000;

/** Which messages are followed. */
export interface FollowMessagesOptions {
  readonly topic: string;
  /** Where reading begins, or how that is found. */
  readonly from: StartPlace | ((log: Transport) => Promise<ReadFrom>);
  /** Stop at the current end, noted once. */
  readonly untilEnd: boolean;
  /** When it aborts, reading stops at the end that there is then; absent = never. */
  readonly endsAfter?: AbortSignal;
  /** Whether a log or a topic that is not there yet is waited for. */
  readonly waits: boolean;
  readonly signal: AbortSignal;
}

/** How far messages are read. */
export interface FollowProgress {
  readonly unread: number;
  readonly lostRecords: number;
  /** Where they are read from. */
  readonly log: Transport;
}

/** When a message came, and where it stands in the log. */
export interface RecordArrival extends Arrival {
  readonly partition: number;
  readonly offset: number;
}

/** The consumer of the messages. */
export interface MessageSink {
  /**
   * Takes the value of one record, and what it was read as if it was; the next one comes when it is done, and the bytes of
   * the value may then be another's.
   */
  take(value: Uint8Array, arrival: RecordArrival, read?: ReadResult): void | Promise<void>;
  /**
   * Called after every look at the log: known messages, and messages deleted before they were read. The log stays open
   * until it is done.
   */
  progress(state: FollowProgress): void | Promise<void>;
  /** Called at every look while there is nothing to read, with the reason: it does not exist yet, or is unreachable. */
  waiting(why: string): void;
  /** The messages so far are from a log or topic that is gone, with the reason; the next ones are from another one. */
  beginAnew(why: string): void | Promise<void>;
}

/**
 * Reads messages until the requested end, or until the signal. Nothing is registered in the log. If a missing log is
 * waited for, so is an unreachable one, and reading continues where it stopped; a log that was deleted, moved or replaced
 * is waited for as well, and read from its beginning.
 *
 * @param open opens the log, which is closed at the end
 * @throws DtstreamError errors of opening and reading; while waiting, only those that a retry cannot fix
 */
export async function followMessages(
  open: () => Promise<Transport>,
  sink: MessageSink,
  options: FollowMessagesOptions,
): Promise<void> {
  for (let { from } = options; ; from = 'earliest') {
    try {
      await followOne(open, sink, { ...options, from });
      return;
    } catch (error) {
      if (!options.waits || !isGone(error)) throw error;
      await sink.beginAnew(error.message);
      await delay(waitEveryMs, undefined, { signal: options.signal }).catch(() => undefined);
    }
  }
}

/** @throws DtstreamError `gone` when the log or the topic is no longer the one that was opened */
async function followOne(
  open: () => Promise<Transport>,
  sink: MessageSink,
  options: FollowMessagesOptions,
): Promise<void> {
  let { from }: { from: FollowMessagesOptions['from'] | ReadFrom } = options;
  let lostBefore = 0;
  const onMissing = (why: string): void => {
    // The messages present after the wait came after it began.
    if (from === 'latest') from = 'earliest';
    sink.waiting(why);
  };
  const log = await whenThere(open, onMissing, options);
  try {
    const watched = log && new WatchedTopic(log, options.topic);
    for (;;) {
      const openReader = async (): Promise<LogReader | undefined> => {
        if (log !== undefined && typeof from === 'function') from = await from(log);
        return typeof from === 'function' ? undefined : watched?.openReader(from);
      };
      const reader = await (watched && whenThere(openReader, onMissing, options));
      if (watched === undefined || reader === undefined) return;
      try {
        await readMessages(reader, watched, sink, { ...options, lostBefore });
        return;
      } catch (error) {
        if (!isWaitedFor(error, options)) {
          await watched.check(reader.positions()).catch((other: unknown) => {
            // Anything else has failed with the topic as it was.
            if (isGone(other)) throw other;
          });
          throw error;
        }
        from = reader.positions();
        lostBefore += reader.lostRecords;
        sink.waiting(error.message);
        await delay(waitEveryMs, undefined, { signal: options.signal }).catch(() => undefined);
      } finally {
        await reader.close();
      }
    }
  } finally {
    await log?.close();
  }
}

/** What `open` resolves with, as soon as it does; undefined when the signal comes first. */
async function whenThere<T>(
  open: () => Promise<T>,
  onMissing: (why: string) => void,
  options: FollowMessagesOptions,
): Promise<T | undefined> {
  const { signal } = options;
  while (!signal.aborted) {
    try {
      return await open();
    } catch (error) {
      if (!isWaitedFor(error, options)) throw error;
      onMissing(error.message);
    }
    await delay(waitEveryMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

function isWaitedFor(error: unknown, { waits }: FollowMessagesOptions): error is DtstreamError {
  return waits && error instanceof DtstreamError && error.retryable;
}

/** @param options with the records that readers before this one could not read */
async function readMessages(
  reader: LogReader,
  topic: WatchedTopic,
  sink: MessageSink,
  options: FollowMessagesOptions & { readonly lostBefore: number },
): Promise<void> {
  const { untilEnd, endsAfter, signal, lostBefore } = options;
  const tell = (ends: ReadonlyMap<number, number>): void | Promise<void> =>
    sink.progress({ unread: unreadOf(reader, ends), lostRecords: lostBefore + reader.lostRecords, log: topic.log });
  const first = endsOf(await reader.bounds());
  let ends = first;
  let last = untilEnd ? first : undefined;
  let lookedMs = performance.now();
  let checkedMs = lookedMs;
  await tell(ends);
  while (!signal.aborted && !(last !== undefined && unreadOf(reader, last) === 0)) {
    const batches = await reader.read({ bytesMax: readBytes, waitMs: readWaitMs, signal, lent: true });
    for (const batch of batches) {
      const end = first.get(batch.partition) ?? 0;
      for (const { value, offset } of recordsOf(batch)) {
        if (signal.aborted || (untilEnd && offset >= end)) break;
        await sink.take(value, { ...arrivalOf(batch, offset < end), partition: batch.partition, offset });
      }
    }
    if (performance.now() - lookedMs >= lookEveryMs[batches.length > 0 ? 'reading' : 'waiting']) {
      ends = endsOf(await reader.bounds());
      lookedMs = performance.now();
    }
    if (performance.now() - checkedMs >= checkEveryMs) {
      await topic.check(reader.positions());
      checkedMs = performance.now();
    }
    await tell(ends);
    if (endsAfter?.aborted === true) last ??= endsOf(await reader.bounds());
  }
}

/** Messages from before the start count as received when they were appended: reading an idle log does not make it live. */
function arrivalOf({ timestampMs }: RecordBatch, wasThere: boolean): Arrival {
  const nowMs = Date.now();
  return { receivedMs: wasThere ? Math.min(nowMs, timestampMs) : nowMs, appendedMs: timestampMs };
}

function endsOf(bounds: readonly PartitionState[]): ReadonlyMap<number, number> {
  return new Map(bounds.map(({ partition, end }) => [partition, end]));
}

/** Offsets between where the reader is and the ends. */
function unreadOf(reader: LogReader, ends: ReadonlyMap<number, number>): number {
  let unread = 0;
  for (const [partition, offset] of reader.positions()) unread += Math.max(0, (ends.get(partition) ?? 0) - offset);
  return unread;
}
