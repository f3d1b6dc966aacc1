import { drawBars } from './bars.js';
import type { Area } from './canvas.js';
import type { Ink } from './ink.js';
import type { Style } from './style.js';

/** Values by time, the newest at the right end of the area; undefined = nothing is known of it. */
export type Series = readonly (number | undefined)[];

/** Stands for a value of 0, which is not the same as no value. */
export function zeroSign({ ascii }: Style): string {
  return ascii ? '_' : '·';
}

/**
 * Draws the newest values of a series on the whole area, a column each; undefined is blank and 0 a dot at the bottom.
 *
 * @param top value of a bar of full height; a higher one ends in `^`
 */
export function drawSeries(
  area: Area,
  series: Series,
  { top, ink = 'data' }: { readonly top: number; readonly ink?: Ink },
  style: Style,
): void {
  const shown = series.slice(Math.max(0, series.length - area.width));
  const from = area.width - shown.length;
  const plot = area.part({ x: from, y: 0, width: shown.length, height: area.height });
  shown.forEach((value, column) => {
    if (value === 0) plot.put(column, area.height - 1, zeroSign(style));
  });
  drawBars(plot, { values: shown.map((value) => value ?? 0), max: top, columnWidth: 1, ink }, style);
}

/**
 * A series with at most `columns` values: as many neighbours as it takes become their mean. They are grouped by the
 * clock, so that a group keeps its neighbours when a new value comes.
 *
 * @param newest number of the newest value since the clock began
 * @param join of the values of a group that are known
 */
export function shortened(
  series: Series,
  { columns, newest, join = mean }: ShortenOptions,
): { readonly series: Series; readonly each: number } {
  const each = Math.max(1, Math.ceil(series.length / Math.max(1, columns)));
  if (each === 1) return { series, each };
  const groups = new Map<number, number[]>();
  series.forEach((value, index) => {
    const group = Math.floor((newest - (series.length - 1 - index)) / each);
    const known = groups.get(group) ?? [];
    if (value !== undefined) known.push(value);
    groups.set(group, known);
  });
  return {
    series: [...groups.values()].slice(-columns).map((known) => (known.length === 0 ? undefined : join(known))),
    each,
  };
}

interface ShortenOptions {
  readonly columns: number;
  readonly newest: number;
  readonly join?: (values: readonly number[]) => number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
