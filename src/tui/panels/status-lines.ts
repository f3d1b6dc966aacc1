import type { Area } from '../draw/canvas.js';
import { type DashboardState, ledgerOf } from '../../results/dashboard-state.js';
import { ageMs, feedNotes, feedText, isCurrent, lagText, quietOpenNote } from './feed.js';
import { formatShort, formatSpan, messagesText } from '../draw/format.js';
import type { Ink } from '../draw/ink.js';
import { ledgerTexts } from './ledger-lines.js';
import type { Style } from '../draw/style.js';
import { recentPace, recentRate } from '../../results/trend.js';
import { type View, pages } from '../pages/view.js';

/** A pace within this of the wall clock's is not said. */
const paceTolerance = 0.05;

/** A piece of a line; pieces of low rank give way first when the line is too short for all. */
interface Piece {
  readonly text: string;
  readonly ink: Ink;
  /** 0 stays longest. */
  readonly rank: number;
}

/** The top lines: whether data come, how old they are, how far process is behind and how fast; then the pages. */
export function drawTopLines(area: Area, state: DashboardState, view: View, style: Style): void {
  const feed = feedText(state, view.nowMs);
  const age = ageMs(state, view.nowMs);
  const lag = lagText(state, style);
  const pieces: Piece[] = [{ text: ` ${feed.text}`, ink: feed.ink, rank: 0 }];
  if (view.frozen !== undefined) {
    pieces.push({ text: ` FROZEN, ${formatShort(view.frozen.messagesSince)} more since `, ink: 'badge', rank: 1 });
  }
  if (age !== undefined) pieces.push({ text: `${formatSpan(age)} old`, ink: 'plain', rank: 3 });
  if (lag !== undefined) pieces.push({ text: lag, ink: lag.endsWith('+') ? 'warn' : 'plain', rank: 2 });
  if (state.messages > 0) pieces.push({ text: rateText(state, view), ink: 'plain', rank: 3 });
  if (state.unread > 0) pieces.push({ text: `${formatShort(state.unread)} unread`, ink: 'warn', rank: 5 });
  const of = state.producers.size > 1 ? ` of ${state.producers.size} producers` : '';
  drawPieces(area, pieces, [{ text: `${messagesText(state.messages)}${of} `, ink: 'plain', rank: 4 }]);
  const second = area.part({ x: 0, y: 1, width: area.width, height: 1 });
  drawPieces(second, tabs(view, style), [{ text: 'since start ', ink: 'plain', rank: 7 }]);
}

/** Hits per second of the wall clock, and the pace of the detector where it is not that of the clock. */
function rateText(state: DashboardState, { nowMs }: View): string {
  if (!isCurrent(state, nowMs)) return '– hits/s';
  const pace = recentPace(state.trend);
  const isReal = pace === undefined || Math.abs(pace - 1) < paceTolerance;
  return `${formatShort(recentRate(state.trend, 0) ?? 0)} hits/s${isReal ? '' : ` x${paceText(pace)}`}`;
}

/** `0.18`, `4.0`, `250`. */
function paceText(pace: number): string {
  return pace < 0.995 ? pace.toFixed(2) : pace < 9.95 ? pace.toFixed(1) : formatShort(Math.round(pace));
}

/** The pages by their keys; the one shown is inverse, or in brackets where there is no colour. */
function tabs({ page: shown, help }: View, { color }: Style): Piece[] {
  return pages.map((page, index) => {
    const name = `${index + 1} ${page}`;
    if (page !== shown || help) return { text: ` ${name} `, ink: 'plain', rank: page === shown ? 6 : 8 };
    return { text: color === 'none' ? `[${name}]` : ` ${name} `, ink: 'badge', rank: 6 };
  });
}

/** The two bottom lines: the ledger, then problems and keys. */
export function drawBottomLines(area: Area, state: DashboardState, view: View): void {
  const ledger = ledgerOf(state);
  const hasNoLedger = state.messages > 0 && state.messages === state.withoutLedger;
  const texts = hasNoLedger ? ['the messages carry no ledger'] : ledgerTexts(ledger);
  const rejected = ledger.rejected.fields + ledger.rejected.number + ledger.rejected.range;
  const text = texts.find((one) => one.length <= area.width) ?? texts.at(-1) ?? '';
  area.put(0, 0, text, rejected === 0 ? 'plain' : 'warn');
  const all = [...feedNotes(state), quietOpenNote(state, view)].filter((note) => note !== undefined);
  const notes = cut(all.join(', '), area.width);
  area.put(0, 1, notes, 'warn');
  const room = area.width - (notes === '' ? 0 : notes.length + 3);
  const keys = [' ? help  space freeze  Tab or 1-3 page  q quit', ' ? help  q quit', ' ? help'];
  const asked = view.prompt && ` ${view.prompt.label}: ${view.prompt.text}_`;
  const said = asked ?? view.said;
  const shown = said ?? keys.find((one) => one.length <= room) ?? '';
  const x = notes === '' || said !== undefined ? 0 : area.width - shown.length;
  if (said !== undefined) area.put(0, 1, ' '.repeat(area.width));
  area.put(x, 1, cut(shown, area.width), said === undefined ? 'plain' : 'strong');
}

/** The text, or what fits of it and a sign that there is more. */
function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 3)}...`;
}

/** Left pieces from the left, right ones from the right end, two blanks apart. */
function drawPieces(area: Area, left: readonly Piece[], right: readonly Piece[]): void {
  const kept = fitPieces([...left, ...right], area.width);
  let x = 0;
  for (const piece of left.filter((one) => kept.has(one))) {
    area.put(x, 0, piece.text, piece.ink);
    x += piece.text.length + 2;
  }
  const shown = right.filter((one) => kept.has(one));
  let from = area.width - shown.reduce((sum, { text }) => sum + text.length + 2, -2);
  for (const piece of shown) {
    area.put(from, 0, piece.text, piece.ink);
    from += piece.text.length + 2;
  }
}

/** Leaves out whole ranks, the highest first, until the rest fits. */
function fitPieces(pieces: readonly Piece[], width: number): Set<Piece> {
  let kept = pieces;
  const length = () => kept.reduce((sum, { text }) => sum + text.length + 2, -2);
  while (kept.length > 0 && length() > width) {
    const rankMax = Math.max(...kept.map(({ rank }) => rank));
    kept = kept.filter(({ rank }) => rank < rankMax);
  }
  return new Set(kept);
}
