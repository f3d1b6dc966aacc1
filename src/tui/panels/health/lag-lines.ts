import type { DashboardState } from '../../../results/dashboard-state.js';
import { readRates } from '../../../results/process-lag.js';
import type { TrendsView } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatClock, formatCount, formatShort, formatSpan } from '../../draw/format.js';
import { drawScale } from '../../draw/plot.js';
import { drawSeries } from '../../draw/series.js';
import type { Style } from '../../draw/style.js';
import { lagText } from '../frame/feed.js';

const scaleWidth = 6;
/** Of the partitions beside the chart, where it stays wide enough. */
const partitionsWidth = 26;
const widthWithPartitions = 72;

/**
 * How far `process` is behind, now and at worst, above a chart: of a row, or higher with a scale. Beside it the partitions
 * that are furthest behind, where there are several.
 */
export function drawLag(whole: Area, state: DashboardState, trends: TrendsView, style: Style): void {
  const partitions = partitionLines(state, whole.height - 1);
  const hasPartitions = partitions.length > 0 && whole.width >= widthWithPartitions;
  if (hasPartitions) {
    const x = whole.width - partitionsWidth + 2;
    const isOneLine = whole.height < 3;
    partitions.forEach((text, y) => whole.put(x, isOneLine ? 1 : y, text, !isOneLine && y === 0 ? 'strong' : 'plain'));
  }
  const area = hasPartitions
    ? whole.part({ x: 0, y: 0, width: whole.width - partitionsWidth, height: whole.height })
    : whole;
  const { columnS, endMs, lag } = trends;
  const width = area.width - scaleWidth;
  const shown = lag.slice(-width);
  const known = shown.map((rows) => rows ?? 0);
  const top = Math.max(1, ...known);
  const head = (lagText(state, style) ?? 'lag: nobody has looked').replace(/^lag/, 'LAG');
  const unread = state.unread === 0 ? '' : `  unread here ${formatCount(state.unread)}`;
  const line = area.height < 3 ? whole : area;
  line.put(0, 0, `${head}${worstText(trends, shown)}${unread}`, 'strong');
  const height = area.height - 1;
  const data = area.part({ x: area.width - shown.length, y: 1, width: shown.length, height });
  if (height < 3) area.put(0, 1, formatSpan(1000 * columnS * shown.length).slice(0, scaleWidth));
  else {
    const scale = area.part({ x: 0, y: 1, width: scaleWidth, height: height - 1 });
    drawScale({ data, axis: undefined, scale }, { top: formatShort(top), bottom: '0' }, style);
    const ticks = area.part({ x: scaleWidth, y: area.height - 1, width, height: 1 });
    ticks.put(0, 0, `-${formatSpan(1000 * columnS * width)}, ${formatSpan(1000 * columnS)} a column, highest`);
    ticks.put(width - 8, 0, formatClock(endMs));
  }
  const bars = height < 3 ? data : data.part({ x: 0, y: 0, width: data.width, height: height - 1 });
  drawSeries(bars, shown, { top }, style);
}

/**
 * Rows behind by partition, the furthest first, then how many are as far as the rest: a line each, or one for all.
 *
 * @param height lines there are
 */
function partitionLines({ lag, reads }: DashboardState, height: number): string[] {
  const partitions = lag.at(-1)?.partitions ?? [];
  if (partitions.length < 2) return [];
  const { perRecord } = readRates(reads);
  const behind = partitions
    .map(({ partition, records }) => ({ partition, rows: Math.round(records * perRecord) }))
    .filter(({ rows }) => rows > 0)
    .sort((one, other) => other.rows - one.rows);
  const rest = partitions.length - behind.length;
  const none = `none of ${partitions.length} partitions`;
  if (height < 2) {
    const [first] = behind;
    return [first === undefined ? none : `${first.partition}: ${formatCount(first.rows)} rows`];
  }
  if (behind.length === 0) return ['BY PARTITION', none];
  const room = height - 2;
  const lines = behind
    .slice(0, room)
    .map(({ partition, rows }) => `${String(partition).padStart(4)} ${formatCount(rows)}`);
  const others = behind.length - lines.length;
  const end = others > 0 ? `and ${others} more` : rest > 0 ? `${String(rest).padStart(4)} others 0` : undefined;
  return ['PARTITION AND ROWS', ...lines, ...(end === undefined ? [] : [end])];
}

/** `  worst 2,720 rows at 14:50:31, drained in 11 s` */
function worstText({ columnS, endMs }: TrendsView, lag: readonly (number | undefined)[]): string {
  const worst = Math.max(0, ...lag.map((rows) => rows ?? 0));
  if (worst === 0) return '';
  const at = lag.indexOf(worst);
  const drained = lag.findIndex((rows, column) => column > at && rows === 0);
  const end = drained < 0 ? '' : `, drained in ${formatSpan(1000 * columnS * (drained - at))}`;
  const atMs = endMs - 1000 * columnS * (lag.length - at);
  return `  worst ${formatCount(worst)} rows at ${formatClock(atMs)}${end}`;
}
