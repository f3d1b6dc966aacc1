import type { DetectorView } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatClock } from '../../draw/format.js';
import type { Ink } from '../../draw/ink.js';
import { drawLine, drawPieces, type Piece, plainPiece, widthOf } from '../../draw/line.js';
import type { Style } from '../../draw/style.js';
import type { PageInput } from '../../pages/page.js';
import { pages, type View } from '../../pages/view.js';
import { chamberWords } from './chamber-words.js';
import { feedPieces } from './feed-pieces.js';

/** Width from which the top lines say the time, the run and the reference, and keys are said in full. */
export const wideMin = 110;

/**
 * The top lines: whether data come and what is said of each chamber; then the pages and what the numbers are of.
 *
 * @param hidden chambers that found no room on the page
 */
export function drawTopLines(area: Area, { state, detector, view, style }: PageInput, hidden: number): void {
  const words = state.messages === 0 ? [[]] : chamberWords(detector.chambers);
  const clock = plainPiece(`${formatClock(view.nowMs)} UTC `);
  const isWide = area.width >= wideMin;
  const label = words[0].length === 0 ? [] : [plainPiece('chambers')];
  const withClock = (list: readonly Piece[]): Piece[][] => [
    [...label, ...list, clock],
    [...list, clock],
  ];
  const rights = [...(isWide ? words.flatMap(withClock) : []), ...words.map((list) => withBlankEnd(list)), ...words];
  const lefts = feedPieces(state, view, { style, isWide });
  const lines = lefts.flatMap((left) => rights.map((right) => ({ left, right })));
  // Which channels are wrong says more than the direction of the lag in a word.
  const longest = isWide ? [...withClock(words[0]), withBlankEnd(words[0])] : [];
  drawLine(area, [...longest.flatMap((right) => lefts.slice(0, 2).map((left) => ({ left, right }))), ...lines]);
  drawTabs(area.part({ x: 0, y: 1, width: area.width, height: 1 }), { detector, view, style }, hidden);
}

/** One blank before the border, where there is room for it. */
function withBlankEnd(list: readonly Piece[]): Piece[] {
  return list.map((piece, index) => (index === list.length - 1 ? { ...piece, text: `${piece.text} ` } : piece));
}

/** The pages by their keys, in words or, where these have no room, in numbers; then window and reference. */
function drawTabs(area: Area, { detector, view, style }: Omit<PageInput, 'state'>, hidden: number): void {
  const { window, reference } = detector;
  const hasWindow = window.sums.messages > 0;
  const more: Piece[] = hidden === 0 ? [] : [{ text: ` ${hidden} more: Up Down `, ink: 'badge' }];
  const title = hasWindow ? [[...more, plainPiece(`${window.title} `)]] : [more];
  const wide = hasWindow
    ? [[...more, plainPiece(`${window.title} (c)`), plainPiece(` ${referenceText(reference)} `)]]
    : [];
  const rights = [...(area.width >= wideMin ? wide : []), ...title];
  const room = area.width - tabsWidth(tabs(view, style, false)) - 2;
  const right = rights.find((pieces) => widthOf(pieces) <= room);
  const isShort = right === undefined;
  let x = 0;
  for (const { text, ink } of tabs(view, style, isShort)) {
    area.put(x, 0, text, ink);
    x += text.length;
  }
  const rest = area.part({ x: x + 1, y: 0, width: area.width - x - 1, height: 1 });
  drawPieces(rest, [[]], right === undefined ? title : [right]);
}

function tabsWidth(list: readonly Piece[]): number {
  return list.reduce((sum, { text }) => sum + text.length, 0);
}

/** The one shown is inverse, or in brackets where there is no colour. */
function tabs({ page: shown, help }: View, { color }: Style, isShort: boolean): Piece[] {
  return pages.map((page, index) => {
    const isShown = page === shown && !help;
    const name = isShort && page !== shown ? `${index + 1}` : `${index + 1} ${page}`;
    const ink: Ink = isShown ? 'badge' : 'plain';
    return { text: isShown && color === 'none' ? `[${name}]` : ` ${name} `, ink };
  });
}

function referenceText(reference: DetectorView['reference']): string {
  if (reference === undefined) return 'no reference';
  const { name, show } = reference;
  if (show === 'off') return 'reference off (o)';
  return `${show === 'ratio' ? 'ratio to' : 'reference'} ${name} (o)`;
}
