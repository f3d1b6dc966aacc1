import type { Area } from './canvas.js';
import type { Style } from './style.js';

/** The texts around a plot. Of several lengths the first that fits is used, so the longest comes first. */
export interface PlotFrame {
  readonly title: readonly string[];
  /** At the right end of the title row. */
  readonly note?: readonly string[];
}

/** A frame without its texts: where the data goes and which rows and columns are left for the axes. */
export interface Plot {
  readonly data: Area;
  /** The row below the data, as wide as the data, or undefined when the area is too low for one. */
  readonly axis: Area | undefined;
  /** Columns left of the data, for the labels of the y axis; undefined when the area is too narrow. */
  readonly scale: Area | undefined;
}

const scaleWidth = 6;

/** Columns that {@link drawPlot} leaves for the data in an area of this width. */
export function plotDataWidth(width: number): number {
  return width >= 28 ? width - scaleWidth : width;
}

/**
 * Draws the title row and divides the rest: a scale from 28 columns on, an axis row from 4 rows on.
 *
 * ```
 * title                    note
 *   max ┤ data
 *     0 ┤ data
 *         axis
 * ```
 */
export function drawPlot(area: Area, frame: PlotFrame): Plot {
  drawTitle(area, frame);
  const hasAxis = area.height >= 4;
  const width = plotDataWidth(area.width);
  const x = area.width - width;
  const height = area.height - 1 - (hasAxis ? 1 : 0);
  return {
    data: area.part({ x, y: 1, width, height }),
    axis: hasAxis ? area.part({ x, y: area.height - 1, width, height: 1 }) : undefined,
    scale: x > 0 ? area.part({ x: 0, y: 1, width: x, height }) : undefined,
  };
}

/** Draws the y axis: a line, `top` beside the highest row and `bottom` beside the lowest one. */
export function drawScale(plot: Plot, labels: { top: string; bottom: string }, style: Style): void {
  const { scale } = plot;
  if (scale === undefined) return;
  for (let y = 0; y < scale.height; y++) {
    const label = y === 0 ? labels.top : y === scale.height - 1 ? labels.bottom : '';
    const line = style.ascii ? '|' : label === '' ? '│' : '┤';
    scale.put(0, y, label.padStart(scaleWidth - 1));
    scale.put(scaleWidth - 1, y, line, 'grid');
  }
}

/** Writes labels on the axis row, each from its column; one that would touch the one before or the end is left out. */
export function drawTicks(plot: Plot, ticks: readonly { column: number; label: string }[]): void {
  const { axis } = plot;
  if (axis === undefined) return;
  let free = 0;
  for (const { column, label } of ticks) {
    const x = Math.min(column, axis.width - label.length);
    if (x < free || column >= axis.width) continue;
    axis.put(x, 0, label);
    free = x + label.length + 1;
  }
}

function drawTitle(area: Area, { title, note = [] }: PlotFrame): void {
  const noteLengthMin = note.at(-1)?.length ?? -2;
  const text = title.find((one) => one.length + 2 + noteLengthMin <= area.width) ?? title.at(-1) ?? '';
  area.put(0, 0, text, 'strong');
  const fitting = note.find((one) => text.length + 2 + one.length <= area.width);
  if (fitting !== undefined) area.put(area.width - fitting.length, 0, fitting);
}
