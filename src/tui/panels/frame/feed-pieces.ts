import { plainText } from '../../../domain/plain-text.js';
import type { DashboardState } from '../../../results/dashboard-state.js';
import { recentPace, recentRate } from '../../../results/trend.js';
import { formatClock, formatCount, formatShort, formatSpan } from '../../draw/format.js';
import type { Ink } from '../../draw/ink.js';
import { type Piece, plainPiece } from '../../draw/line.js';
import type { Style } from '../../draw/style.js';
import type { FrozenView, View } from '../../pages/view.js';
import { ageMs, backlogSeen, feedStateOf, isCurrent, lagText } from './feed.js';

/** A pace within this of the wall clock's is not said. */
const paceTolerance = 0.05;
/** Columns of a text from outside. */
const whyColumnsMax = 120;

/** How a feed is told: with `isWide` in full words. */
interface FeedStyle {
  readonly style: Style;
  readonly isWide: boolean;
}

/**
 * Whether data come, how old they are, how far `process` is behind and how fast they come: in several lengths, the
 * longest first. What tells that something is wrong stays longest.
 */
export function feedPieces(state: DashboardState, view: View, { style, isWide }: FeedStyle): Piece[][] {
  const { nowMs, frozen, about } = view;
  if (frozen !== undefined) return frozenPieces(frozen);
  const feed = feedStateOf(state, nowMs);
  const lag = lagPieces(state, style);
  const last = state.receivedMs === undefined ? [] : [plainPiece(`last ${formatClock(state.receivedMs)}`)];
  const silence = formatSpan(nowMs - (state.receivedMs ?? nowMs));
  switch (feed) {
    case 'waiting':
      return waitingPieces(about.source);
    case 'catching-up':
      return catchingUpPieces(state, lag.short);
    case 'live':
      return livePieces(state, view, { style, isWide });
    case 'idle':
      return troublePieces([`IDLE ${silence}, all rows are read`, `IDLE ${silence}`], { ink: 'strong', lag, last });
    case 'stale': {
      const intervalMs = state.newest?.intervalMs;
      const batch = intervalMs === undefined ? '' : `, a batch is ${formatSpan(intervalMs).replace('.0 ', ' ')}`;
      const texts = [`STALE no message for ${silence}${batch}`, `STALE no message for ${silence}`, `STALE ${silence}`];
      return troublePieces(texts, { ink: 'bad', lag, last });
    }
    case 'disconnected': {
      const why = plainText(state.said ?? state.waitingReason ?? '', whyColumnsMax);
      const texts = [`DISCONNECTED for ${silence}: ${why}`, `DISCONNECTED for ${silence}`, 'DISCONNECTED'];
      return troublePieces(texts, { ink: 'bad', lag, last });
    }
    case 'ended': {
      const rate = plainPiece(rateText(state, nowMs));
      const end = (text: string): Piece => ({ text: ` ${text}`, ink: 'strong' });
      return [[end('ENDED at the end of what was there'), rate], [end('ENDED'), rate], [end('ENDED')]];
    }
    default:
      return feed satisfies never;
  }
}

function livePieces(state: DashboardState, { nowMs }: View, { style, isWide }: FeedStyle): Piece[][] {
  const live: Piece = { text: ' LIVE', ink: 'strong' };
  const age = ageMs(state, nowMs);
  const old = age === undefined ? [] : [plainPiece(`${formatSpan(age)} old`)];
  const lag = lagPieces(state, style);
  const rate = plainPiece(rateText(state, nowMs));
  const run = state.newest?.run === undefined ? [] : [plainPiece(`run ${state.newest.run}`)];
  const unread: Piece[] = state.unread === 0 ? [] : [{ text: `${formatShort(state.unread)} unread`, ink: 'warn' }];
  return [
    ...(isWide ? [lag.long, lag.mid].map((one) => [live, ...old, ...one, rate, ...run, ...unread]) : []),
    [live, ...old, ...lag.mid, rate, ...unread],
    [live, ...old, ...lag.mid, rate],
    [live, ...old, ...lag.mid, plainPiece(rate.text.replace(' hits/s', '/s'))],
    [live, ...lag.mid, rate],
    [live, ...lag.mid],
    [live, ...lag.short],
    [live],
  ];
}

function waitingPieces(source: string): Piece[][] {
  const waiting = (text: string): Piece[] => [{ text: ` WAITING${text}`, ink: 'warn' }];
  return [waiting(` for the first message of ${plainText(source, whyColumnsMax)}`), waiting(' for the first message')];
}

function catchingUpPieces({ messages, unread }: DashboardState, lag: readonly Piece[]): Piece[][] {
  const [read, all] = [formatShort(messages), formatShort(messages + unread)];
  const text = ` CATCHING UP ${read} of ${all}`;
  return [[{ text: `${text} messages`, ink: 'warn' }, ...lag], [{ text, ink: 'warn' }]];
}

function frozenPieces({ atMs, liveMs, messagesSince }: FrozenView): Piece[][] {
  const at = formatClock(atMs);
  const ago = `${formatSpan(liveMs - atMs)} ago`;
  const since = `${formatCount(messagesSince)} ${messagesSince === 1 ? 'message' : 'messages'} since`;
  const frozen = (text: string): Piece => ({ text: ` FROZEN ${text} `, ink: 'badge' });
  return [
    [frozen(`at ${at}, ${ago}`), plainPiece(`${since}, all counted`)],
    [frozen(`at ${at}, ${ago}`), plainPiece(since)],
    [frozen(`${at}, ${ago}`), plainPiece(`${formatShort(messagesSince)} since`)],
    [frozen(`${at}, ${ago}`)],
    [frozen(at)],
  ];
}

/** A state that something is wrong with, and what may tell why. */
function troublePieces(
  texts: readonly string[],
  { ink, lag, last }: { readonly ink: Ink; readonly lag: LagPieces; readonly last: readonly Piece[] },
): Piece[][] {
  return texts.flatMap((text) => {
    const first: Piece = { text: ` ${text}`, ink };
    return [[first, ...lag.mid, ...last], [first, ...lag.short], [first]];
  });
}

interface LagPieces {
  readonly long: readonly Piece[];
  readonly mid: readonly Piece[];
  readonly short: readonly Piece[];
}

/** What a lag of some batches takes, or of a few records that are counted in rows. */
const lagLongest = { long: 'lag 9.99k rows 9.9 s, shrinking', mid: 'lag 9.99k rows 9.9 s =', short: 'lag 9.99k =' };
const directions = { '=': 'steady', '+': 'growing', '-': 'shrinking' };

function lagPieces(state: DashboardState, style: Style): LagPieces {
  const text = lagText(state, style);
  if (text === undefined) return { long: [], mid: [], short: [] };
  const backlog = backlogSeen(state);
  const ink = backlog?.direction === '+' ? 'warn' : 'plain';
  // The lag comes and goes with each batch: the words beside it do not.
  const varies = state.lag.some(({ records = 0 }) => records > 0);
  const piece = (one: string, longest = one): Piece[] => [
    { text: one, ink, ...(varies && { columns: longest.length }) },
  ];
  if (backlog === undefined) return { long: piece(text), mid: piece(text), short: piece(text) };
  const { rows, direction } = backlog;
  const long = rows === 0 ? 'lag 0 rows' : text.slice(0, -2);
  return {
    long: piece(`${long}, ${directions[direction]}`, lagLongest.long),
    mid: piece(text, lagLongest.mid),
    short: piece(`lag ${formatShort(rows)} ${direction}`, lagLongest.short),
  };
}

/** Hits per second of the wall clock, and the pace of the detector where it is not that of the clock. */
function rateText(state: DashboardState, nowMs: number): string {
  if (!isCurrent(state, nowMs)) return '– hits/s';
  const pace = recentPace(state.trend);
  const isReal = pace === undefined || Math.abs(pace - 1) < paceTolerance;
  return `${formatShort(recentRate(state.trend, 0) ?? 0)} hits/s${isReal ? '' : ` x${paceText(pace)}`}`;
}

/** `0.18`, `4.0`, `250`. */
function paceText(pace: number): string {
  return pace < 0.995 ? pace.toFixed(2) : pace < 9.95 ? pace.toFixed(1) : formatShort(Math.round(pace));
}
