import { plainText } from '../../domain/plain-text.js';
import type { Area } from '../draw/canvas.js';
import { cut, formatSpan } from '../draw/format.js';
import { drawPieces, type Piece, widthOf } from '../draw/line.js';
import { stateInks } from '../panels/health/alarm-table.js';
import { chamberWords } from '../panels/frame/chamber-words.js';
import { feedPieces } from '../panels/frame/feed-pieces.js';
import type { PageInput } from './page.js';

/**
 * What a terminal says that has no room for a page: whether data come, how far `process` is behind, what is said of each
 * chamber, and the alarms, the worst first.
 *
 * @param needs the size from which there are pages
 */
export function drawSmallPage(area: Area, input: PageInput, needs: { width: number; height: number }): void {
  const { state, detector, view, style } = input;
  const isJudged = detector.chambers.some(({ verdict }) => verdict.state !== 'unknown');
  const { alarms } = detector;
  const feed = feedPieces(state, view, { style, isWide: false });
  const words = chamberWords(detector.chambers).map((list): Piece[] => list.map(indented));
  const fitting = words.find((list) => widthOf(list) <= area.width) ?? words.at(-1) ?? [];
  const lines: ((row: Area) => void)[] = [
    (row) => drawPieces(row, feed, [[]]),
    ...(state.messages === 0 ? [] : [(row: Area) => drawPieces(row, [fitting], [[]])]),
    ...(state.messages === 0 ? [plainLine(state.waitingReason ?? '')] : []),
    ...(state.messages > 0 && alarms.length === 0 ? [plainLine(isJudged ? 'no alarm' : 'no verdicts')] : []),
    ...alarms.map((alarm) => (row: Area) => {
      const { state: is, objectText, fault, observed, expected, sinceMs, endedMs } = alarm;
      row.put(0, 0, alarm.id === view.choices.alarm ? '>' : ' ', 'strong');
      row.put(1, 0, is, stateInks[is]);
      const span = formatSpan((endedMs ?? view.nowMs) - sinceMs);
      const texts = [
        `${objectText} ${fault}: ${observed}, ${expected} expected, ${span}`,
        `${objectText} ${fault}: ${observed}, ${span}`,
        `${objectText} ${fault}, ${span}`,
      ];
      const room = row.width - nameFrom;
      row.put(nameFrom, 0, cut(texts.find((text) => text.length <= room) ?? texts[2], room));
    }),
  ];
  const rows = area.height - 1;
  lines.slice(0, rows).forEach((draw, y) => draw(area.part({ x: 0, y, width: area.width, height: 1 })));
  const more = lines.length > rows ? `${lines.length - rows} more alarms, ` : '';
  area.put(1, area.height - 1, `${more}pages from ${needs.width}x${needs.height}`);
}

/** Where the name of an alarm begins, after its state. */
const nameFrom = 7;
/** Most columns of a text from outside. */
const textMax = 200;

function plainLine(text: string): (row: Area) => void {
  return (row) => row.put(1, 0, cut(plainText(text, textMax), row.width - 1));
}

/** The first piece of a line has a blank before it. */
function indented(piece: Piece, index: number): Piece {
  return index === 0 ? { ...piece, text: ` ${piece.text}` } : piece;
}
