import type { Summary } from '../../domain/batch-message.js';
import { drawActiveDistribution } from '../panels/active-distribution.js';
import { type Area, Canvas } from '../draw/canvas.js';
import { channelFirstOf, channelWindow, channelWindows } from '../../results/channel-window.js';
import { drawChannelHistogram } from '../panels/channel-histogram.js';
import { outliers } from '../../results/outliers.js';
import { outlierLines } from '../panels/outlier-lines.js';
import { formatCount } from '../draw/format.js';
import { drawLedger, ledgerRows } from '../panels/ledger-lines.js';
import { headLines } from './head-lines.js';
import type { Style } from '../draw/style.js';
import { type ChamberTotals, type Totals, addToTotals, emptyTotals } from '../../results/totals.js';

/** Widest that the histograms of a text are drawn. */
const widthMax = 150;
const histogramRows = 7;
/** Channels in the table of those that stand out. */
const outliersMax = 10;
/** Inputs that are named. */
const inputsShown = 3;

/** A summary for people: the ledger, then the channel histogram and the active-channel distribution of each chamber. */
export function renderSummary(summary: Summary, width: number, style: Style): string {
  const totals = emptyTotals();
  addToTotals(totals, summary);
  const runs = summary.runs === 1 ? '' : ` of ${formatCount(summary.runs)} runs`;
  const title = `${formatCount(summary.hit_count)} hits in ${formatCount(summary.batches)} batches${runs}`;
  const { about } = summary;
  const head = about === undefined ? [] : headLines({ ...about, ...ofSummary(summary, about) }, width);
  return `${totalsLines(totals, { head, title, width, style }).join('\n')}\n`;
}

function ofSummary(summary: Summary, { group, inputs, ...timing }: NonNullable<Summary['about']>) {
  const source = inputs.length > inputsShown ? `${inputs.length} inputs` : inputs.join(' ');
  return { groups: [group], source, timing, chambers: summary.chambers };
}

/** The same for any sums, under a head and a title; no line is wider than `width`. */
export function totalsLines(
  totals: Totals,
  view: { readonly head: readonly string[]; readonly title: string; readonly width: number; readonly style: Style },
): string[] {
  const { style, head } = view;
  const width = Math.min(view.width, widthMax);
  const chamberRows = width >= 110 ? histogramRows : 2 * histogramRows - 1;
  const windows = channelWindows(totals);
  const outlierRows = outlierLines(outliers(windows, outliersMax));
  const chambersHeight = totals.chambers.length * (chamberRows + 1);
  const top = head.length + 1;
  const height = top + ledgerRows + chambersHeight + (outlierRows.length === 0 ? 0 : 1 + outlierRows.length);
  const canvas = new Canvas({ width, height });
  head.forEach((line, y) => canvas.put(0, y, line));
  canvas.put(0, head.length, view.title, 'strong');
  drawLedger(canvas.part({ x: 0, y: top, width, height: ledgerRows }), totals);
  totals.chambers.forEach((totalsOfOne, chamber) => {
    const y = top + 1 + ledgerRows + chamber * (chamberRows + 1);
    const channelFirst = channelFirstOf(totals, chamber);
    const area = canvas.part({ x: 0, y, width, height: chamberRows });
    drawChamber(area, { chamber, channelFirst, totals: totalsOfOne, style });
  });
  outlierRows.forEach((row, index) => canvas.put(0, top + 1 + ledgerRows + chambersHeight + index, row));
  return canvas.toLines(style);
}

/** Histogram and distribution side by side, or one above the other in a narrow text. */
function drawChamber(
  area: Area,
  view: { chamber: number; channelFirst: number; totals: ChamberTotals; style: Style },
): void {
  const { chamber, channelFirst, totals, style } = view;
  const isWide = area.height === histogramRows;
  const left = isWide ? 72 : area.width;
  const hits = channelWindow(totals.channelHits, channelFirst);
  const histogram = area.part({ x: 0, y: 0, width: left, height: histogramRows });
  drawChannelHistogram(histogram, { chamber, hits, hitCount: totals.hits }, style);
  const distribution = isWide
    ? area.part({ x: left + 3, y: 0, width: area.width - left - 3, height: histogramRows })
    : area.part({ x: 0, y: histogramRows, width: left, height: histogramRows - 1 });
  drawActiveDistribution(distribution, { chamber, activeOrbits: totals.activeOrbits }, style);
}
