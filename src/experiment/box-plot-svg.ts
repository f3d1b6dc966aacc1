import { type Axis, axisOf, tickText } from './axis.js';
import { type FiveNumbers, boxNotes, type BoxPlot } from './boxes.js';

const width = 960;
const margin = 24;
const rowHeight = 22;
const boxHeight = 12;
const titleHeight = 34;
const axisHeight = 34;
const lineHeight = 17;
/** Width of a character of the font at its size, about; room for labels goes by it. */
const characterWidth = 6.6;

/** Box plots as one SVG picture, with what stands above them. */
export function boxPlotsSvg(plots: readonly BoxPlot[], head: readonly string[]): string {
  const labelWidth =
    Math.max(...plots.flatMap(({ boxes }) => boxes.map(({ label }) => label.length)), 4) * characterWidth + 12;
  const left = margin + Math.min(labelWidth, width / 2);
  const parts: string[] = [];
  let y = margin;
  for (const line of [...head, boxNotes].flatMap(wrapped)) {
    parts.push(text(margin, y + 4, line, 'class="note"'));
    y += lineHeight;
  }
  for (const plot of plots) {
    parts.push(plotSvg(plot, left, y));
    y += titleHeight + plot.boxes.length * rowHeight + axisHeight;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + margin}" viewBox="0 0 ${width} ${y + margin}" font-family="Helvetica, Arial, sans-serif" font-size="12">
<style>.note{fill:#555}.title{font-weight:bold;font-size:14px}.grid{stroke:#ddd}.whisker{stroke:#333}.box{fill:#8fb3d9;stroke:#23476b}.median{stroke:#0b2239;stroke-width:2.5}.faulty .box{fill:#eab5a8;stroke:#8c2f16}.faulty text{fill:#8c2f16}</style>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

function plotSvg({ title, boxes }: BoxPlot, left: number, top: number): string {
  const axis = axisOf(boxes.flatMap(({ low, high, far = high }) => [low, high, far]));
  const right = width - margin - 20;
  const at = (value: number): number => round(left + axis.place(value) * (right - left));
  const bottom = top + titleHeight + boxes.length * rowHeight;
  const faulty = boxes.some(({ isFaulty }) => isFaulty) ? '; red: a run did not keep up or did not verify' : '';
  return [
    text(margin, top + 22, `${title}${axis.isLogarithmic ? ' (logarithmic)' : ''}${faulty}`, 'class="title"'),
    ...ticksSvg(axis, at, { top: top + titleHeight - 4, bottom }),
    ...boxes.map((box, i) => boxSvg(box, at, { left, y: top + titleHeight + i * rowHeight + rowHeight / 2 })),
  ].join('\n');
}

function ticksSvg(
  axis: Axis,
  at: (value: number) => number,
  { top, bottom }: { top: number; bottom: number },
): string[] {
  return axis.ticks.map((tick) => {
    const x = at(tick);
    const label = text(x, bottom + 16, tickText(tick), 'text-anchor="middle" class="note"');
    return `<line class="grid" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/>${label}`;
  });
}

function boxSvg(
  box: FiveNumbers,
  at: (value: number) => number,
  place: { readonly left: number; readonly y: number },
): string {
  const { left, y } = place;
  const [low, q1, median, q3, high] = [box.low, box.q1, box.median, box.q3, box.high].map(at);
  const [top, bottom] = [y - boxHeight / 2, y + boxHeight / 2];
  const end = (x: number): string => `<line class="whisker" x1="${x}" x2="${x}" y1="${y - 3}" y2="${y + 3}"/>`;
  const far = box.far === undefined ? '' : `<circle cx="${at(box.far)}" cy="${y}" r="2" fill="#333"/>`;
  return [
    `<g class="${box.isFaulty ? 'faulty' : 'good'}">`,
    text(left - 8, y + 4, box.label, 'text-anchor="end"'),
    `<line class="whisker" x1="${low}" x2="${high}" y1="${y}" y2="${y}"/>${end(low)}${end(high)}${far}`,
    `<rect class="box" x="${q1}" y="${top}" width="${Math.max(1, round(q3 - q1))}" height="${boxHeight}"/>`,
    `<line class="median" x1="${median}" x2="${median}" y1="${top - 2}" y2="${bottom + 2}"/>`,
    '</g>',
  ].join('');
}

/** Text in lines that fit the picture. */
function wrapped(line: string): string[] {
  const lengthMax = Math.floor((width - 2 * margin) / 6);
  const lines: string[] = [];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= lengthMax) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(content)}</text>`;
}

/** Text that may stand in XML and HTML. */
export function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
