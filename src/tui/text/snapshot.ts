import { Canvas } from '../draw/canvas.js';
import { type DashboardState, ledgerOf } from '../../results/dashboard-state.js';
import { feedNotes, openNote } from '../panels/frame/feed.js';
import { formatCount } from '../draw/format.js';
import { type About, headLines, headOf, takenText } from './head-lines.js';
import type { Style } from '../draw/style.js';
import { totalsLines } from './summary-text.js';
import { drawTrendChart } from '../panels/summary/trend-chart.js';
import type { View } from '../pages/view.js';

const trendRows = 6;

/** Everything at once as plain text: what it is of, ledger, all histograms, the trend of all hits, problems. */
export function renderSnapshot(
  state: DashboardState,
  view: View,
  text: { readonly width: number; readonly style: Style; readonly about: About },
): string {
  const { width, style, about } = text;
  const title = `${formatCount(state.totals.hits)} hits in ${takenText(state, view.nowMs)}`;
  const head = headLines(headOf(state, about), width);
  const lines = totalsLines({ ...state.totals, ledger: ledgerOf(state) }, { head, title, width, style });
  const trend = new Canvas({ width: Math.min(width, 80), height: trendRows });
  drawTrendChart(trend, { trend: state.trend, seriesIndex: 0, name: 'all chambers', isCurrent: true }, style);
  const said = [...feedNotes(state), openNote(state)].filter((note) => note !== undefined);
  const notes = new Canvas({ width, height: said.length });
  said.forEach((note, y) => notes.put(0, y, note, 'warn'));
  return [...lines, ...trend.toLines(style), ...notes.toLines(style), ''].join('\n');
}
