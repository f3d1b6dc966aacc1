import type { Area } from '../draw/canvas.js';
import { type DashboardState, ledgerOf } from '../../results/dashboard-state.js';
import { feedNotes, feedText, lagMs } from './feed.js';
import { formatShort, formatSpan, messagesText } from '../draw/format.js';
import type { Ink } from '../draw/ink.js';
import { ledgerTexts } from './ledger-lines.js';
import type { Style } from '../draw/style.js';
import { type View, pages } from '../pages/view.js';

/** A piece of a line; pieces of low rank give way first when the line is too short for all. */
interface Piece {
  readonly text: string;
  readonly ink: Ink;
  /** 0 stays longest. */
  readonly rank: number;
}

/** The top line: what the program is, whether data come, how old they are, and which page this is. */
export function drawTopLine(area: Area, state: DashboardState, view: View, style: Style): void {
  const feed = feedText(state, view);
  const lag = lagMs(state, view.nowMs);
  const pieces: Piece[] = [
    { text: ' dtstream ', ink: 'badge', rank: 2 },
    { text: feed.text, ink: feed.ink, rank: 0 },
  ];
  if (view.frozen !== undefined) {
    pieces.push({ text: ` FROZEN, ${formatShort(view.frozen.messagesSince)} more since `, ink: 'badge', rank: 1 });
  }
  if (lag !== undefined) {
    pieces.push({ text: `lag ${formatSpan(lag)}`, ink: lag > view.staleMs ? 'warn' : 'plain', rank: 3 });
  }
  if (state.unread > 0) pieces.push({ text: `${formatShort(state.unread)} unread`, ink: 'warn', rank: 5 });
  pieces.push({
    text: messagesText(state.messages),
    ink: 'plain',
    rank: 4,
  });
  if (state.producers.size > 1) pieces.push({ text: `${state.producers.size} producers`, ink: 'plain', rank: 7 });
  drawPieces(area, pieces, tabs(view, style));
}

/** The pages by their keys; the one shown is marked by its colour, or by brackets where there is none. */
function tabs({ page: shown, help }: View, { color }: Style): Piece[] {
  return pages.map((page, index) => {
    const name = `${index + 1} ${page}`;
    if (page !== shown) return { text: name, ink: 'dim', rank: 8 };
    if (help) return { text: name, ink: 'dim', rank: 6 };
    return { text: color === 'none' ? `[${name}]` : ` ${name} `, ink: 'badge', rank: 6 };
  });
}

/** The two bottom lines: the ledger, then problems and keys. */
export function drawBottomLines(area: Area, state: DashboardState): void {
  const ledger = ledgerOf(state);
  const hasNoLedger = state.messages > 0 && state.messages === state.withoutLedger;
  const texts = hasNoLedger ? ['the messages carry no ledger'] : ledgerTexts(ledger);
  const rejected = ledger.rejected.fields + ledger.rejected.number + ledger.rejected.range;
  const text = texts.find((one) => one.length <= area.width) ?? texts.at(-1) ?? '';
  area.put(0, 0, text, rejected === 0 ? 'plain' : 'warn');
  const notes = cut(feedNotes(state).join(', '), area.width);
  area.put(0, 1, notes, 'warn');
  const room = area.width - (notes === '' ? 0 : notes.length + 3);
  const keys = ['q quit   space freeze   Tab or 1-3 page   ? help', 'q quit   ? help', '? help'];
  const shown = keys.find((one) => one.length <= room) ?? '';
  area.put(notes === '' ? 0 : area.width - shown.length, 1, shown, 'dim');
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
