import { chamberChannels } from '../../../domain/geometry.js';
import { plotScale } from '../../../results/plot-scale.js';
import { drawBars } from '../../draw/bars.js';
import type { Area } from '../../draw/canvas.js';
import { formatCount, formatShort } from '../../draw/format.js';
import { drawPlot, drawScale, drawTicks, plotDataWidth } from '../../draw/plot.js';
import type { Style } from '../../draw/style.js';

export interface ChannelHistogram {
  readonly chamber: number;
  /** Hits by channel of the chamber, 64 entries. */
  readonly hits: Float64Array;
  /** Hits of the chamber, for the title. */
  readonly hitCount: number;
}

/** Draws hits per channel as 64 columns, or as sums of 2, 4, 8 … channels per column if 64 do not fit. */
export function drawChannelHistogram(area: Area, histogram: ChannelHistogram, style: Style): void {
  const { chamber, hits, hitCount } = histogram;
  const room = Math.max(1, plotDataWidth(area.width));
  const step = channelsPerColumn(room);
  const columns = sumByStep(hits, step);
  const { top, max } = plotScale(columns);
  const plot = drawPlot(area, {
    title: [
      `chamber ${chamber}  ${formatCount(hitCount)} hits`,
      `chamber ${chamber}  ${formatShort(hitCount)}`,
      `ch ${chamber} ${formatShort(hitCount)}`,
    ],
    note: notes(hits, { chamber, step, isCut: max > top }),
  });
  const columnWidth = Math.max(1, Math.floor(room / columns.length));
  drawScale(plot, { top: formatShort(top), bottom: '0' }, style);
  drawBars(plot.data, { values: columns, max: top, columnWidth, ink: 'data' }, style);
  drawTicks(plot, channelTicks({ step, columnWidth }));
}

function channelsPerColumn(columnsMax: number): number {
  let step = 1;
  while (chamberChannels / step > columnsMax) step *= 2;
  return step;
}

function sumByStep(hits: Float64Array, step: number): Float64Array {
  const columns = new Float64Array(chamberChannels / step);
  hits.forEach((count, channel) => (columns[Math.floor(channel / step)] += count));
  return columns;
}

/** The highest channel and, where columns are sums, how many channels one is. */
function notes(
  hits: Float64Array,
  { chamber, step, isCut }: { chamber: number; step: number; isCut: boolean },
): string[] {
  let high = 0;
  hits.forEach((count, channel) => (high = count > hits[high] ? channel : high));
  const max = `${isCut ? '^ ' : ''}max ${formatCount(hits[high])} at ${chamber}:${high}`;
  if (hits[high] === 0) return step === 1 ? [] : [`${step} channels per column`, `${step} ch/col`];
  if (step === 1) return [max];
  return [`${max}, ${step} channels per column`, `${max}, ${step} ch/col`, `${step} ch/col`];
}

/** Every 16th channel, and the last one at the right end. */
function channelTicks(scale: { step: number; columnWidth: number }) {
  const last = chamberChannels - 1;
  const lastLabel = String(last);
  const end = (chamberChannels / scale.step) * scale.columnWidth;
  const ticks = [0, 16, 32, 48].map((channel) => ({
    column: (channel / scale.step) * scale.columnWidth,
    label: String(channel),
  }));
  return [...ticks, { column: end - lastLabel.length, label: lastLabel }];
}
