import type { DashboardState } from '../../results/dashboard-state.js';
import { formatCount, formatSpan } from '../draw/format.js';
import type { Ink } from '../draw/ink.js';
import { plainText } from '../../domain/plain-text.js';
import { missingMessages, producersMax } from '../../results/producers.js';
import { messageSchemaVersion } from '../../domain/message-version.js';

/** Of a warning that came from outside. */
const saidColumnsMax = 200;

/** Silence after which the feed counts as stale. */
export const staleMsDefault = 10_000;

/** Whether messages come: none yet, they do, none for a while, or reading is over. */
export type FeedState = 'waiting' | 'live' | 'stale' | 'ended';

export function feedStateOf(state: DashboardState, clock: { nowMs: number; staleMs: number }): FeedState {
  if (state.ended) return 'ended';
  if (state.receivedMs === undefined) return 'waiting';
  return clock.nowMs - state.receivedMs > clock.staleMs ? 'stale' : 'live';
}

/** Age of the newest batch since it closed, in ms; undefined before the first. */
export function lagMs(state: DashboardState, nowMs: number): number | undefined {
  return state.newest === undefined ? undefined : Math.max(0, nowMs - state.newest.closedMs);
}

/** The feed in a word or two, and how it is to be read. */
export function feedText(state: DashboardState, clock: { nowMs: number; staleMs: number }): { text: string; ink: Ink } {
  const feed = feedStateOf(state, clock);
  switch (feed) {
    case 'waiting':
      return { text: 'WAITING', ink: 'warn' };
    case 'live':
      return { text: 'LIVE', ink: 'good' };
    case 'stale':
      return { text: `STALE ${formatSpan(clock.nowMs - (state.receivedMs ?? clock.nowMs))}`, ink: 'bad' };
    case 'ended':
      return { text: 'ENDED', ink: 'strong' };
    default:
      return feed satisfies never;
  }
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
  if (totals.common === 'different')
    notes.unshift('messages of different geometries: channels are those of the boards');
  if (state.isResetSummed) notes.unshift('a group was reset: the sums include its earlier messages');
  else if (state.resets > 0) notes.push('restarted by --reset');
  if (state.begunAnew) notes.push('restarted: the previous log or topic is gone');
  // Before the first message the page itself says why.
  const why = state.said ?? (state.messages > 0 ? state.waitingReason : undefined);
  if (why !== undefined) notes.unshift(plainText(why, saidColumnsMax));
  if (producers.size >= producersMax) notes.push(`duplicates detected for ${producersMax} producers only`);
  if (unreadableReason !== undefined) notes.push(`last unreadable: ${unreadableReason}`);
  return notes;
}
