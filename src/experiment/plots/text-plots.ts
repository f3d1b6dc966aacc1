import { tickText } from '../../plots/axis.js';
import type { Panel, PanelFigure, PanelRow } from './panels.js';

const plotHeight = 9;
const plotWidthMin = 24;
const plotWidthMax = 40;
const gap = 2;
const marks = ['●', '○', '▲', '△'] as const;
const faultyMark = '×';

/** Small multiples in characters: as many panels side by side as the width has room for. */
export function textPlots(figure: PanelFigure, width: number): string {
  const blocks = figure.rows.flatMap((row) => {
    const numbers = Math.max(...row.yAxis.ticks.map((tick) => tickText(tick).length)) + 1;
    const perLine = Math.max(1, Math.floor((width + gap) / (plotWidthMin + numbers + gap)));
    const count = Math.min(perLine, row.panels.length);
    const plotWidth = Math.min(plotWidthMax, Math.floor((width - (count - 1) * gap) / count) - numbers);
    const drawn = row.panels.map((panel, i) => drawPanel(panel, row, figure.columns[i], { plotWidth, numbers }));
    const lines: string[] = [row.title];
    for (let first = 0; first < drawn.length; first += count) {
      const own = drawn.slice(first, first + count);
      for (let line = 0; line < own[0].length; line++) {
        lines.push(
          own
            .map((panel) => panel[line].padEnd(plotWidth + numbers))
            .join(' '.repeat(gap))
            .trimEnd(),
        );
      }
    }
    return [lines.join('\n')];
  });
  const labels = [...new Set(figure.rows[0]?.panels.flatMap(({ lines }) => lines.map(({ label }) => label)))];
  const legends = legendsOf(
    figure,
    labels.some((label) => label !== ''),
  );
  return [...blocks, [...legends, figure.notes].join('\n')].join('\n\n');
}

/** Which mark is which line, once for the columns that have the same ones. */
function legendsOf({ rows, columns }: PanelFigure, hasLabels: boolean): string[] {
  if (!hasLabels) return [];
  const byLegend = new Map<string, string[]>();
  for (const [i, { lines }] of (rows[0]?.panels ?? []).entries()) {
    const legend = lines
      .map(({ label }, line) => (label === '' ? '' : `${marks[line % marks.length]} ${label}`))
      .join('  ');
    if (legend !== '') byLegend.set(legend, [...(byLegend.get(legend) ?? []), columns[i].title]);
  }
  return [...byLegend].map(([legend, titles]) => (byLegend.size === 1 ? legend : `${titles.join(', ')}: ${legend}`));
}

/**
 * ```
 *   4 ┤        ○
 *   2 ┤ ●
 *   0 └─────────
 *       1      2
 *       threads
 * ```
 */
function drawPanel(
  panel: Panel,
  { yAxis }: PanelRow,
  { title, fixed }: PanelFigure['columns'][number],
  { plotWidth, numbers }: { readonly plotWidth: number; readonly numbers: number },
): string[] {
  const inner = plotWidth - 1;
  const cells = Array.from({ length: plotHeight }, () => Array.from({ length: inner }, () => ' '));
  const row = (value: number): number => Math.round((1 - Math.min(1, yAxis.place(value))) * (plotHeight - 1));
  const column = (x: number): number => Math.round(panel.xAxis.place(x) * (inner - 1));
  for (const { points } of panel.lines) {
    for (const { x, y } of points) {
      for (let at = row(y.max); at <= row(y.min); at++) cells[at][column(x)] = '│';
    }
  }
  for (const [line, { points }] of panel.lines.entries()) {
    for (const { x, y, isFaulty } of points) {
      cells[row(y.median)][column(x)] = isFaulty ? faultyMark : marks[line % marks.length];
    }
  }
  const ticks = new Map(yAxis.ticks.map((tick) => [row(tick), tickText(tick)]));
  const plot = cells.map((line, at) => {
    const isAxis = at === plotHeight - 1;
    const edge = isAxis ? '└' : ticks.has(at) ? '┤' : '│';
    const content = line.join('');
    return `${(ticks.get(at) ?? '').padStart(numbers - 1)} ${edge}${isAxis ? content.replaceAll(' ', '─') : content}`;
  });
  const indent = ' '.repeat(numbers + 1);
  const fit = (text: string): string => (text.length <= inner ? text : `${text.slice(0, inner - 1)}…`);
  return [...plot, indent + xNumbers(panel, column, inner), indent + fit(title), indent + fit(fixed)];
}

/** The numbers below their places; one that has no room is left out. */
function xNumbers({ xAxis, words }: Panel, column: (x: number) => number, width: number): string {
  let line = '';
  for (const tick of xAxis.ticks) {
    const text = words?.[tick] ?? tickText(tick);
    const start = Math.min(Math.max(0, column(tick) - Math.floor((text.length - 1) / 2)), width - text.length);
    if (start < line.length + (line === '' ? 0 : 1)) continue;
    line = line.padEnd(start) + text;
  }
  return line;
}
