import type { Area } from '../../draw/canvas.js';
import { formatCount, formatPeriod, formatShort } from '../../draw/format.js';
import { type Piece, plainPiece } from '../../draw/line.js';
import type { PageInput } from '../../pages/page.js';
import { drawTrend, endText, type NamedSeries, namedTrends } from './trend-panel.js';

/** Rows of a trend: title, bars and, in the lowest one, the axis. */
const rowsMin = 2;
const rowsMax = 12;

/** Rates of all chambers, of each one and of the trigger, and the lag of `process` below, all on one time axis. */
export function drawEnlargedTrend(area: Area, { detector, view, style }: PageInput): number {
  const { chambers, trends } = detector;
  const { rates, lag } = namedTrends(detector);
  const fixed = rates.length - chambers.length + 1;
  const room = Math.floor((area.height - 1) / rowsMin) - fixed;
  const shown = Math.max(0, Math.min(chambers.length, room));
  const first = Math.max(0, Math.min(view.choices.chamber, chambers.length - shown));
  const [all, ...others] = rates;
  const list = [all, ...others.slice(first, first + shown), ...others.slice(chambers.length), lag];
  const height = Math.max(rowsMin, Math.min(rowsMax, Math.floor((area.height - 1) / list.length)));
  const rest = Math.max(0, Math.min(rowsMax - height, area.height - 1 - height * list.length));
  let y = 0;
  list.forEach((series, index) => {
    const hasAxis = index === list.length - 1;
    // The first trend has the rows that are left, and the axis of the lowest one takes a row.
    const rows = Math.min(height + (index === 0 ? rest : 0) + (hasAxis ? 1 : 0), area.height - y);
    const notes =
      index === 0 ? [[plainPiece(`${formatPeriod(trends.columnS)} a column`), plainPiece('e or Esc back ')]] : [];
    const panel = { titles: [titleOf(series)], notes, values: series.values, trends, hasAxis, end: endText(view) };
    drawTrend(area.part({ x: 0, y, width: area.width, height: rows }), panel, style);
    y += rows;
  });
  return shown;
}

/** The name and the newest value. */
function titleOf({ name, unit, values }: NamedSeries): Piece[] {
  const newest = values.at(-1);
  const text = newest === undefined ? '–' : unit === 'rows' ? formatCount(newest) : formatShort(newest);
  return [{ text: ` ${name}`, ink: 'strong' }, plainPiece(`${text} ${unit}`)];
}
