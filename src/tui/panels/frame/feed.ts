import { type DashboardState, ledgerOf } from '../../../results/dashboard-state.js';
import { formatCount, formatShort, formatSpan } from '../../draw/format.js';
import type { Style } from '../../draw/style.js';
import { type Backlog, backlogOf, readRates } from '../../../results/process-lag.js';
import { plainText } from '../../../domain/plain-text.js';
import { missingMessages, olderMessages, type Producers, producersMax } from '../../../results/producers.js';
import { messageSchemaVersion } from '../../../domain/message-version.js';

/** Of a warning that came from outside. */
const saidColumnsMax = 200;

/** Batch intervals without a message after which one is overdue, at least so long, and so long where no interval is known. */
const overdueIntervals = 3;
const overdueMsMin = 3000;
const overdueMsUnknown = 10_000;

/** Silence after which open orbits are taken to stay open: beyond the --idle and the interval of `process`. */
const quietMs = 4000;

/**
 * Whether messages come: none yet; they do; they do, but are of the past; one is overdue while `process` is alive and has
 * read everything; one is overdue; one is overdue and the log says why; reading is over.
 */
export type FeedState = 'waiting' | 'live' | 'catching-up' | 'idle' | 'stale' | 'disconnected' | 'ended';

export function feedStateOf(state: DashboardState, nowMs: number): FeedState {
  if (state.ended) return 'ended';
  const isBehind = state.unread > 0;
  if (state.receivedMs === undefined) return isBehind ? 'catching-up' : 'waiting';
  const overdueMs = overdueMsOf(state.newest?.intervalMs);
  if (nowMs - state.receivedMs <= overdueMs) {
    return isBehind && (ageMs(state, nowMs) ?? 0) > overdueMs ? 'catching-up' : 'live';
  }
  if (state.said !== undefined || state.waitingReason !== undefined) return 'disconnected';
  // A message that was there before counts as received when it was appended.
  if (isBehind) return 'catching-up';
  const look = state.lag.at(-1);
  const isLookNew = look !== undefined && nowMs - look.seenMs <= overdueMs;
  return isLookNew && look.alive && look.records === 0 ? 'idle' : 'stale';
}

/** Silence after which a message is overdue, in ms. @param intervalMs of batches; undefined = not known */
export function overdueMsOf(intervalMs: number | undefined): number {
  return intervalMs === undefined ? overdueMsUnknown : Math.max(overdueMsMin, overdueIntervals * intervalMs);
}

/** Whether rates are those of now: no message is overdue, or no more will come. */
export function isCurrent(state: DashboardState, nowMs: number): boolean {
  const feed = feedStateOf(state, nowMs);
  return feed === 'live' || feed === 'ended';
}

/** Age of the newest batch since it closed, in ms; undefined before the first. */
export function ageMs(state: DashboardState, nowMs: number): number | undefined {
  return state.newest === undefined ? undefined : Math.max(0, nowMs - state.newest.closedMs);
}

/** How far `process` is behind, and whether its rows are counted or estimated; undefined where nobody has looked. */
export function backlogSeen(state: DashboardState): (Backlog & { readonly isEstimate: boolean }) | undefined {
  const rates = readRates(state.reads);
  const backlog = backlogOf(state.lag, rates);
  return backlog && { ...backlog, isEstimate: rates.perRecord !== 1 };
}

/** How far `process` is behind: `lag 0 =`, `lag ≈12.3k rows 4.1 s +`; undefined where nobody has looked. */
export function lagText(state: DashboardState, { ascii }: Style): string | undefined {
  if (state.lag.length === 0) return undefined;
  const backlog = backlogSeen(state);
  if (backlog === undefined) return 'lag ?';
  const { rows, seconds, direction, isEstimate } = backlog;
  if (rows === 0) return `lag 0 ${direction}`;
  const about = isEstimate ? (ascii ? '~' : '≈') : '';
  const time = seconds === undefined ? '' : ` ${formatSpan(1000 * seconds)}`;
  return `lag ${about}${formatShort(rows)} rows${time} ${direction}`;
}

/** What the messages so far leave open, and what publishes it; undefined when nothing is open. */
export function openNote(state: DashboardState): string | undefined {
  const open = ledgerOf(state).carried_out;
  if (open === 0) return undefined;
  const what = open === 1 ? 'hit or trigger row is' : 'hits and trigger rows are';
  return `${formatCount(open)} ${what} in open orbits; later rows or "process --until-end" publish them`;
}

/** The same while no message comes; while they do, what is open is published soon. */
export function quietOpenNote(state: DashboardState, { nowMs }: { nowMs: number }): string | undefined {
  const isQuiet = state.ended || (state.unread === 0 && nowMs - (state.receivedMs ?? nowMs) > quietMs);
  return isQuiet ? openNote(state) : undefined;
}

/** What the reader should know beside the plots, the gravest first; empty when all is well. Safe to print. */
export function feedNotes(state: DashboardState): string[] {
  const { totals, producers, unreadableReason } = state;
  const counted: [number, string][] = [
    [state.lostRecords, 'deleted before they were read'],
    [totals.lost, `${totals.lost === 1 ? 'message' : 'messages'} lost: deleted before process read them`],
    [totals.ledger.carried_lost ?? 0, 'open rows lost'],
    [missingMessages(producers), 'missing'],
    [state.unreadable, 'unreadable'],
    [totals.lateHits, totals.lateHits === 1 ? 'late hit' : 'late hits'],
    [state.duplicates, state.duplicates === 1 ? 'duplicate ignored' : 'duplicates ignored'],
    [state.newerSchema, `of schema ${state.schemaMax} (known: ${messageSchemaVersion})`],
    [state.withoutLedger, 'without a ledger'],
    [state.withoutProducer, 'without a producer: duplicates not detected'],
  ];
  const notes = counted.filter(([count]) => count > 0).map(([count, text]) => `${formatCount(count)} ${text}`);
  if (state.isFromStart) notes.unshift(...olderNotes(producers));
  if (totals.common === 'different')
    notes.unshift('messages of different geometries: channels are those of the boards');
  if (state.isResetSummed) notes.unshift('a group was reset: the sums include its earlier messages');
  else if (state.resets > 0) notes.push('restarted by --reset');
  if (state.begunAnew) notes.push('restarted: the previous log or topic is gone');
  // Before the first message the page itself says why.
  const why = state.said ?? (state.messages > 0 ? state.waitingReason : undefined);
  if (state.warned !== undefined) notes.unshift(plainText(state.warned, saidColumnsMax));
  if (why !== undefined) notes.unshift(plainText(why, saidColumnsMax));
  if (producers.size >= producersMax) notes.push(`duplicates detected for ${producersMax} producers only`);
  if (unreadableReason !== undefined) notes.push(`last unreadable: ${unreadableReason}`);
  return notes;
}

/** The sums lack the messages that retention has deleted. */
function olderNotes(producers: Producers): string[] {
  const older = olderMessages(producers);
  if (older === 0) return [];
  return [producers.size === 1 ? sinceText(older) : `of all messages ${goneText(older)}`];
}

/** Messages of a producer that are gone before the first one, whose `msg_ID` is their number. */
export function sinceText(id: number): string {
  return `since message ${formatCount(id)}: ${goneText(id)}`;
}

function goneText(older: number): string {
  return `${formatCount(older)} older ${older === 1 ? 'is' : 'are'} gone`;
}
