import type { Ledger } from '../domain/batch-message.js';
import { messageSchemaVersion } from '../domain/message-version.js';
import { emptySpan, noteTime, type TimeSpan } from '../domain/time-span.js';
import type { IncomingMessage, ReadResult } from './incoming-message.js';
import { type LagLooks, noteRead, type RowsRead } from './process-lag.js';
import {
  type CarriedRows,
  type Producers,
  carriedRows,
  forgetGroup,
  newestBefore,
  noteMessage,
  producerName,
  sumCarried,
} from './producers.js';
import { type Totals, addToTotals, emptyTotals } from './totals.js';
import { type Trend, addToTrend, emptyTrend, markMessage } from './trend.js';

/** Past histories that are remembered. */
const pastHistoriesMax = 1024;
/** A batch whose clock is further ahead than this of ours is placed where it arrived. */
const clockAheadMsMax = 60_000;
/** Silence of a producer without batch times that is still taken for one long batch. */
const unnamedBatchMsMax = 60_000;

/**
 * Everything the dashboard shows, as plain data of bounded size: `structuredClone` of it is a picture of a moment.
 * Only the functions of this file change it.
 */
export interface DashboardState {
  totals: Totals;
  trend: Trend;
  /** From when to when the messages in the sums are. */
  span: TimeSpan;
  readonly producers: Producers;
  /** How often a group was reset (`--reset`), and whether the sums still include its earlier messages. */
  resets: number;
  isResetSummed: boolean;
  /** Histories that were over then, newest last: a message of one that comes again is not one of a further history. */
  readonly pastHistories: string[];
  /** Rows carried into and out of what such a group published before. */
  carriedBefore: CarriedRows;
  /** Messages that are in the sums. */
  messages: number;
  /** Messages that came again: counted here, not added. */
  duplicates: number;
  unreadable: number;
  /** Why the last unreadable one was; safe to print. */
  unreadableReason: string | undefined;
  /** Messages without a usable ledger, without a producer's name, and with a schema newer than ours. */
  withoutLedger: number;
  withoutProducer: number;
  newerSchema: number;
  schemaMax: number;
  /** The newest message in the sums, by the time its batch closed. */
  newest:
    | {
        closedMs: number;
        /** Interval of its batches; undefined where it does not say it. */
        intervalMs: number | undefined;
        run: number | undefined;
        orbitLast: number | null;
        orbitDetail: string | undefined;
      }
    | undefined;
  /** What `process` has read for the newest messages, and how far behind it is: empty = not known. */
  readonly reads: RowsRead[];
  lag: LagLooks;
  /** When a message last arrived here, by our clock. */
  receivedMs: number | undefined;
  /** Messages known to be in the log and not read yet. */
  unread: number;
  /** Whether all messages of the topic are read: those before the first one seen are then gone. */
  isFromStart: boolean;
  /** Messages that were deleted by retention before they were read. */
  lostRecords: number;
  /** Why there is nothing to read from yet: no log, no topic. Not safe to print. */
  waitingReason: string | undefined;
  /** What the log said last since it was read: brokers that are away. Not safe to print. */
  said: string | undefined;
  /** What a part of a line that this process has started warned of last. Not safe to print. */
  warned: string | undefined;
  /** Whether the sums were restarted because their log or topic is gone. */
  begunAnew: boolean;
  /** Whether reading has come to the end it was asked to stop at. */
  ended: boolean;
}

/** When a message came, in ms since 1970. */
export interface Arrival {
  readonly receivedMs: number;
  /** When it was appended to the log; absent = when it was received. Used where the message has no batch times. */
  readonly appendedMs?: number;
}

export function emptyState(): DashboardState {
  return {
    ...emptySums(),
    producers: new Map(),
    resets: 0,
    pastHistories: [],
    unreadable: 0,
    unreadableReason: undefined,
    receivedMs: undefined,
    unread: 0,
    lag: [],
    isFromStart: false,
    lostRecords: 0,
    waitingReason: undefined,
    said: undefined,
    warned: undefined,
    begunAnew: false,
    ended: false,
  };
}

/** Empties the sums: the log or topic that they are of is gone, and what comes is of another one. */
export function forgetAll(state: DashboardState, why: string): void {
  state.producers.clear();
  const { producers } = state;
  // What comes is read from its beginning.
  Object.assign(state, { ...emptyState(), isFromStart: true, producers, begunAnew: true, waitingReason: why });
}

/** All that messages add to. */
function emptySums() {
  return {
    totals: emptyTotals(),
    trend: emptyTrend(),
    span: emptySpan(),
    isResetSummed: false,
    carriedBefore: { carriedIn: 0, carriedOut: 0 },
    messages: 0,
    duplicates: 0,
    withoutLedger: 0,
    withoutProducer: 0,
    newerSchema: 0,
    schemaMax: messageSchemaVersion,
    newest: undefined,
    reads: [],
  } satisfies Partial<DashboardState>;
}

/** What a state tells of the messages that it adds to its sums. */
export interface MessageHistory {
  /** @param times when the batch was open, ms since 1970 */
  add(message: IncomingMessage, times: { readonly openedMs: number; readonly closedMs: number }): void;
  /** The sums restart: what was added before is of another history. */
  clear(): void;
}

/** Applies what a record was read as; undefined = it was unreadable, and is counted as such. */
export function applyRead(
  state: DashboardState,
  result: ReadResult,
  arrival: Arrival,
  history?: MessageHistory,
): IncomingMessage | undefined {
  if ('message' in result) {
    applyMessage(state, result.message, arrival, history);
    return result.message;
  }
  state.receivedMs = arrival.receivedMs;
  state.unreadable++;
  state.unreadableReason = result.unreadable;
  return undefined;
}

/**
 * Adds a message to the sums, unless it came before. The sums do not depend on the order of messages, except for a reset
 * of a group.
 */
export function applyMessage(
  state: DashboardState,
  message: IncomingMessage,
  arrival: Arrival,
  history?: MessageHistory,
): void {
  state.receivedMs = arrival.receivedMs;
  if (message.history !== undefined && state.pastHistories.includes(message.history)) {
    state.duplicates++;
    return;
  }
  let before = newestBefore(state.producers, message);
  let novelty = noteMessage(state.producers, message);
  if (novelty === 'anew') {
    before = undefined;
    beginAnew(state, message.producer ?? '', history);
    novelty = noteMessage(state.producers, message);
  }
  if (novelty === 'duplicate') {
    state.duplicates++;
    return;
  }
  state.messages++;
  if (message.ledger === undefined) state.withoutLedger++;
  if (message.producer === undefined) state.withoutProducer++;
  if (message.schema !== undefined && message.schema > messageSchemaVersion) state.newerSchema++;
  state.schemaMax = Math.max(state.schemaMax, message.schema ?? 0);
  addToTotals(state.totals, message);
  noteTime(state.span, message);
  const times = batchTimes(state, message, arrival);
  history?.add(message, times);
  const liveS = (message.physics?.live_s ?? NaN) / (message.lanes ?? 1);
  addToTrend(state.trend, times, { hits: [message.hit_count, ...message.hit_count_chamber], liveS });
  noteRead(state.reads, { ...times, rows: message.ledger?.rows_read ?? 0, records: recordsRead(message) });
  const { msg_ID: id } = message;
  const producer = producerName(message.producer ?? '');
  markMessage(state.trend, { producer, id, history: message.history, openedMs: times.openedMs }, before);
  if (times.closedMs >= (state.newest?.closedMs ?? 0)) {
    state.newest = {
      closedMs: times.closedMs,
      intervalMs: message.batch?.interval_ms,
      run: message.run,
      orbitLast: message.batch?.orbit_last ?? null,
      orbitDetail: message.orbit_detail,
    };
  }
}

/**
 * The group of this producer was reset: the sums restart with the next message. If they also include other groups, the
 * earlier messages cannot be taken out.
 */
function beginAnew(state: DashboardState, producer: string, history: MessageHistory | undefined): void {
  state.resets++;
  const forgotten = forgetGroup(state.producers, producer);
  for (const { last } of forgotten.values()) if (last.history !== undefined) state.pastHistories.push(last.history);
  state.pastHistories.splice(0, state.pastHistories.length - pastHistoriesMax);
  if (state.producers.size > 0) {
    state.isResetSummed = true;
    state.carriedBefore = sumCarried(state.carriedBefore, carriedRows(forgotten));
    return;
  }
  Object.assign(state, emptySums());
  history?.clear();
}

/** The ledger over all messages seen: carried rows are those before the first and after the last of each producer. */
export function ledgerOf(state: DashboardState): Ledger {
  const { carriedIn, carriedOut } = sumCarried(state.carriedBefore, carriedRows(state.producers));
  return { ...state.totals.ledger, carried_in: carriedIn, carried_out: carriedOut };
}

/** Records of the topic that were read for a message. */
function recordsRead({ input = {} }: IncomingMessage): number {
  return Object.values(input).reduce((records, [from, to]) => records + to - from, 0);
}

/** When a batch was open; for a message that does not say it, the time since the one before it. */
function batchTimes(state: DashboardState, message: IncomingMessage, arrival: Arrival) {
  const appendedMs = arrival.appendedMs ?? arrival.receivedMs;
  const closedMs = Date.parse(message.batch?.closed ?? '');
  const openedMs = Date.parse(message.batch?.opened ?? '');
  if (closedMs >= 0 && closedMs <= arrival.receivedMs + clockAheadMsMax) {
    return { openedMs: openedMs >= 0 ? Math.min(openedMs, closedMs) : closedMs, closedMs };
  }
  const before = state.newest?.closedMs ?? appendedMs;
  const isOneBatch = before <= appendedMs && appendedMs - before <= unnamedBatchMsMax;
  return { openedMs: isOneBatch ? before : appendedMs, closedMs: appendedMs };
}
