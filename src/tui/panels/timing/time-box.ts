import type { BoxFit } from '../../../domain/physics-message.js';
import type { DriftHistogram } from '../../../physics/drift-histogram.js';
import type { DriftView } from '../../../views/chamber-view.js';
import { drawBars } from '../../draw/bars.js';
import type { Area } from '../../draw/canvas.js';
import { formatCount, formatMeasured, formatShort } from '../../draw/format.js';
import { drawPlot, drawScale, plotDataWidth } from '../../draw/plot.js';
import type { Style } from '../../draw/style.js';

/** Drift times that are drawn where both edges are among them, in ns; otherwise all of the histogram. */
const usualNs = { from: -100, to: 600 };
const tickNs = 100;

/** Columns of whole bins. */
export interface TimeColumns {
  readonly counts: readonly number[];
  readonly fromNs: number;
  readonly columnNs: number;
  /** First bin, and bins in a column. */
  readonly first: number;
  readonly step: number;
}

/** Draws the drift times of a chamber, with the fitted edges as brackets on the axis. */
export function drawTimeBox(area: Area, { chamber, drift }: { chamber: number; drift: DriftView }, style: Style): void {
  const { histogram } = drift;
  const columns = timeColumns(drift, Math.max(1, plotDataWidth(area.width)));
  const entries = sum(histogram.counts);
  const outside = entries - sum(columns.counts);
  const rest = outside === 0 ? '' : `, ${formatCount(outside)} outside`;
  const plot = drawPlot(area, {
    title: [
      `chamber ${chamber}  ${formatCount(entries)} drift times in ns${rest}`,
      `chamber ${chamber}  ${formatCount(entries)} drift times`,
      `ch ${chamber} ${formatShort(entries)} times`,
    ],
    note: boxNotes(drift, style),
  });
  const max = Math.max(...columns.counts);
  drawScale(plot, { top: formatShort(max), bottom: '0' }, style);
  drawBars(plot.data, { values: columns.counts, max, columnWidth: 1, ink: 'data' }, style);
  if (plot.axis !== undefined) drawTimeRuler(plot.axis, columns, { drift, style });
}

/** The drift times that are drawn, in as many columns as there are bins, or fewer of several bins each. */
export function timeColumns({ histogram, box }: DriftView, room: number): TimeColumns {
  const { counts, offsetNs, binNs } = histogram;
  const isUsual = (box?.rise_ns ?? -Infinity) > usualNs.from && (box?.fall_ns ?? Infinity) < usualNs.to;
  const binAt = (ns: number): number => Math.max(0, Math.min(counts.length, Math.round((ns - offsetNs) / binNs)));
  const [first, end] = isUsual ? [binAt(usualNs.from), binAt(usualNs.to)] : [0, counts.length];
  const step = Math.max(1, Math.ceil((end - first) / room));
  const columns = { fromNs: offsetNs + first * binNs, columnNs: step * binNs, first, step };
  return { ...columns, counts: inColumns(counts.slice(0, first + Math.floor((end - first) / step) * step), columns) };
}

/** A status as the words of a text. */
export function statusText(status: BoxFit['status']): string {
  return status === 'few' ? 'few entries' : status.replace('_', ' ');
}

/** Counts by bin, summed into columns. */
export function inColumns(counts: readonly number[], { first, step }: Pick<TimeColumns, 'first' | 'step'>): number[] {
  return Array.from({ length: Math.floor((counts.length - first) / step) }, (_, column) =>
    sum(counts.slice(first + column * step, first + (column + 1) * step)),
  );
}

function boxNotes({ box }: DriftView, style: Style): string[] {
  if (box === undefined) return [];
  const status = statusText(box.status);
  if (box.width_ns === null || box.width_err === null) return [`no fit: ${status}`, status];
  return [`box ${formatMeasured(box.width_ns, box.width_err, style)} ns, ${status}`, status];
}

/** The axis: a label at each 100 ns, unless it would touch the bracket of an edge. */
export function drawTimeRuler(
  axis: Area,
  { counts, fromNs, columnNs }: Pick<TimeColumns, 'counts' | 'fromNs' | 'columnNs'>,
  { drift, style }: { drift: Pick<DriftView, 'box'>; style: Style },
): void {
  const columnAt = (ns: number): number => Math.floor((ns - fromNs) / columnNs + 1e-9);
  axis.put(0, 0, (style.ascii ? '-' : '─').repeat(counts.length), 'grid');
  const { rise_ns: rise, fall_ns: fall } = drift.box ?? { rise_ns: null, fall_ns: null };
  const marks = [
    ...(rise === null ? [] : [{ sign: '[', column: columnAt(rise) }]),
    ...(fall === null ? [] : [{ sign: ']', column: columnAt(fall) }]),
  ];
  for (let ns = Math.ceil(fromNs / tickNs) * tickNs; columnAt(ns) < counts.length; ns += tickNs) {
    const label = String(ns);
    // Beside a bracket in its own column.
    const x = columnAt(ns) + (marks.some(({ column }) => column === columnAt(ns)) ? 1 : 0);
    const isFree = !marks.some(({ column }) => column >= x && column < x + label.length);
    if (isFree && x + label.length <= counts.length) axis.put(x, 0, label);
  }
  for (const { sign, column } of marks) axis.put(column, 0, sign, 'strong');
}

function sum(counts: DriftHistogram['counts']): number {
  return counts.reduce((total, count) => total + count, 0);
}
