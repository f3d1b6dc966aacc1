import type { TrendsView } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatShort, formatSpan } from '../../draw/format.js';
import { drawLineChart } from '../../draw/line-chart.js';
import { drawTitle } from '../../draw/line.js';
import type { PageInput } from '../../pages/page.js';
import { endText } from './trend-panel.js';

type Line = TrendsView['all'];

const scaleWidth = 7;
/** Columns at the right end for the name of each line and its newest value. */
const namesWidth = 10;
/** A title, the least of a chart, and its ruler. */
const heightMin = 6;

/**
 * Draws the enlarged trends as lines of braille: the rates of all chambers with the selected one in the colour of data,
 * below it the trigger, and the lag of `process`. All are over the same time; a chart that has no room is left out.
 *
 * @returns how many chambers are shown
 */
export function drawTrendLines(area: Area, { detector, view }: PageInput): number {
  const { trends, isCurrent } = detector;
  const { chambers, trigger, lag } = trends;
  const hasTrigger = detector.trigger !== undefined;
  const charts = [
    { title: 'chambers, hits per live second', lines: chambers, share: 2, fromZero: false },
    ...(hasTrigger ? [{ title: 'trigger, orbits per live second', lines: [trigger], share: 1, fromZero: false }] : []),
    { title: 'lag, rows', lines: [lag], share: 1, fromZero: true },
  ];
  const room = Math.max(1, Math.floor(area.height / heightMin));
  const shown = charts.slice(0, room);
  const parts = shown.reduce((sum, { share }) => sum + share, 0);
  let y = 0;
  shown.forEach(({ title, lines, share, fromZero }, index) => {
    const isLast = index === shown.length - 1;
    const height = isLast ? area.height - y : Math.max(heightMin, Math.floor((area.height * share) / parts));
    const part = area.part({ x: 0, y, width: area.width, height });
    const names = lines === chambers ? chambers.map((_, chamber) => String(chamber)) : [''];
    drawChart(part, {
      title,
      lines,
      names,
      fromZero,
      trends,
      end: endText(view),
      isCurrent,
      selected: lines === chambers ? view.choices.chamber : 0,
    });
    y += height;
  });
  return chambers.length;
}

function drawChart(
  area: Area,
  chart: {
    readonly title: string;
    readonly lines: readonly Line[];
    readonly names: readonly string[];
    readonly fromZero: boolean;
    readonly trends: TrendsView;
    readonly end: string;
    readonly isCurrent: boolean;
    readonly selected: number;
  },
): void {
  const { title, lines, names, fromZero, trends, end, isCurrent, selected } = chart;
  drawTitle(area, [{ text: title, ink: 'strong' }], [`${formatSpan(trends.columnS * 1000)} a point`]);
  const values = lines.flat().filter((value) => value !== undefined);
  const plot = area.part({ x: 0, y: 1, width: area.width - namesWidth, height: area.height - 1 });
  if (values.length === 0) {
    plot.put(scaleWidth, 0, 'none yet');
    return;
  }
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  // Rates differ by a part of themselves: from zero, all lines would be one.
  const low = fromZero ? 0 : lowest;
  const high = Math.max(highest, low + 1);
  const points = fitting(lines, Math.max(1, (plot.width - scaleWidth) * 2));
  const order = points
    .map((_, index) => index)
    .sort((one, other) => Number(one === selected) - Number(other === selected));
  const { columnOf, rowOf } = drawLineChart(plot, {
    lines: order.map((index) => ({ points: points[index], ink: index === selected ? 'data' : 'plain' })),
    ...{ low, high, scaleWidth },
  });
  drawNames(area.part({ x: plot.width, y: 1, width: namesWidth, height: area.height - 2 }), {
    ...{ points, names, rowOf, isCurrent, selected },
  });
  const count = points.at(0)?.length ?? 0;
  drawTimes(plot, { trends, end, count, columnOf });
}

/** The newest points, as many as there are dots for. */
function fitting(lines: readonly Line[], pointsMax: number): Line[] {
  return lines.map((line) => line.slice(-pointsMax));
}

/** The name and the newest value of each line beside its end, a row each. */
function drawNames(
  area: Area,
  of: {
    readonly points: readonly Line[];
    readonly names: readonly string[];
    readonly rowOf: (value: number) => number;
    readonly isCurrent: boolean;
    readonly selected: number;
  },
): void {
  const { points, names, rowOf, isCurrent, selected } = of;
  const ends = points
    .map((line, index) => {
      const value = line.findLast((one) => one !== undefined);
      return { index, value, row: value === undefined ? 0 : rowOf(value) };
    })
    .sort((one, other) => (other.value ?? Infinity) - (one.value ?? Infinity));
  let free = 0;
  ends.forEach(({ index, value, row }, order) => {
    const rest = ends.length - 1 - order;
    const y = Math.min(Math.max(row, free), area.height - 1 - rest);
    free = y + 1;
    const text = `${names[index]} ${!isCurrent || value === undefined ? '–' : formatShort(value)}`;
    area.put(1, y, text.trim(), index === selected ? 'strong' : 'plain');
  });
}

function drawTimes(
  plot: Area,
  of: {
    readonly trends: TrendsView;
    readonly end: string;
    readonly count: number;
    readonly columnOf: (point: number) => number;
  },
): void {
  const { trends, end, count, columnOf } = of;
  const { columnS, marks, all } = trends;
  const y = plot.height - 1;
  const first = columnOf(0);
  const start = `-${formatSpan(count * columnS * 1000)}`;
  plot.put(first, y, start);
  plot.put(plot.width - end.length, y, end);
  for (const { column, mark } of marks) {
    const point = column - (all.length - count);
    const x = columnOf(point);
    if (point >= 0 && x > first + start.length && x < plot.width - end.length - 2) plot.put(x, y, `^${mark.number}`);
  }
}
