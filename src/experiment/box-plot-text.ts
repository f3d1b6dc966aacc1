import { type Axis, axisOf, tickText } from './axis.js';
import { type FiveNumbers, boxNotes, type BoxPlot } from './boxes.js';

const plotWidthMin = 30;

/** Box plots in characters, at most so many columns wide. */
export function boxPlotsText(plots: readonly BoxPlot[], width: number): string {
  return [...plots.map((plot) => plotText(plot, width)), boxNotes].join('\n\n');
}

/**
 * ```
 *  threads 1   ├───▒▒▒┃▒▒▒▒▒▒────┤  ·
 *              0        50        100
 * ```
 */
function plotText({ title, boxes }: BoxPlot, width: number): string {
  const labelWidth = Math.max(...boxes.map(({ label }) => label.length));
  const plotWidth = Math.max(plotWidthMin, width - labelWidth - 4);
  const axis = axisOf(boxes.flatMap(({ low, high, far = high }) => [low, high, far]));
  const lines = boxes.map(
    (box) => `${box.label.padEnd(labelWidth)} ${box.isFaulty ? '!' : ' '} ${drawBox(box, axis, plotWidth)}`,
  );
  const faulty = boxes.some(({ isFaulty }) => isFaulty) ? ['! a run behind it did not keep up or did not verify'] : [];
  const scale = `${' '.repeat(labelWidth + 3)}${drawTicks(axis, plotWidth)}`;
  return [axis.isLogarithmic ? `${title} (logarithmic)` : title, ...lines, scale.trimEnd(), ...faulty].join('\n');
}

function drawBox({ low, q1, median, q3, high, far }: FiveNumbers, axis: Axis, width: number): string {
  const cells = Array.from({ length: width }, () => ' ');
  const at = (value: number): number => Math.round(axis.place(value) * (width - 1));
  if (far !== undefined) cells[at(far)] = '·';
  for (let i = at(low); i <= at(high); i++) cells[i] = '─';
  cells[at(low)] = '├';
  cells[at(high)] = '┤';
  for (let i = at(q1); i <= at(q3); i++) cells[i] = '▒';
  cells[at(median)] = '┃';
  return cells.join('').trimEnd();
}

/** The ticks' numbers below their places; one that has no room is left out. */
function drawTicks(axis: Axis, width: number): string {
  let line = '';
  for (const tick of axis.ticks) {
    const text = tickText(tick);
    const centre = Math.round(axis.place(tick) * (width - 1));
    const start = Math.min(Math.max(0, centre - Math.floor((text.length - 1) / 2)), width - text.length);
    if (start < line.length + (line === '' ? 0 : 1)) continue;
    line = line.padEnd(start) + text;
  }
  return line;
}
