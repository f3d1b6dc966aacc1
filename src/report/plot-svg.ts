import { escaped } from '../plots/escaped.js';
import { barsPath, type Plot, planeHeight, type PlotTick } from './plot.js';

/** Units of a picture; it is as wide as its place. */
const width = 360;
const left = 46;
const right = 8;
const top = 16;
const below = 32;
const textHeight = 12;

/** A plot as one picture that says what is to be seen. */
export function plotSvg(plot: Plot, planeRows = 96): string {
  const { id, title, finding, bins, expected, scale, form, xTitle } = plot;
  const room = width - left - right;
  const bottom = top + planeRows;
  const xOf = (at: number): number => round(left + (room * at) / Math.max(1, bins.length));
  const heights = [bottom, top + planeRows / 2, top];
  const grid = heights.map((y) => `M${left} ${y}h${room}`).join('');
  const numbers = heights.map((y, at) =>
    textSvg({ x: left - 5, y: y + 4, anchor: 'end', className: 'y', text: scale.texts[at] }),
  );
  const marks = (ticks: readonly PlotTick[], y: number, className: string): string[] =>
    ticks.map(({ at, text }) => textSvg({ x: xOf(at), y, anchor: 'middle', className, text }));
  return `<svg id="${id}" viewBox="0 0 ${width} ${bottom + below}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${escaped(title)}</title><desc id="${id}-d">${escaped(finding)}</desc>
<path class="grid" d="${grid}"/>${numbers.join('')}
<svg x="${left}" y="${top}" width="${room}" height="${planeRows}" viewBox="0 0 ${bins.length} ${planeHeight}" preserveAspectRatio="none">
<path class="${form}" d="${barsPath(bins, scale, form)}"/>${expected === undefined ? '' : `<path class="expected" d="${barsPath(expected, scale, 'line')}"/>`}
</svg>
${plot.edges.map(({ at, text }) => edgeSvg(xOf(at), bottom, text)).join('')}${marks(plot.signs, top - 4, 'sign').join('')}${marks(plot.xTicks, bottom + 14, 'x').join('')}
${textSvg({ x: left + room / 2, y: bottom + 28, anchor: 'middle', className: 'x', text: xTitle })}</svg>`;
}

function edgeSvg(x: number, bottom: number, text: string): string {
  return `<path class="edge" d="M${x} ${top}V${bottom}"/>${textSvg({ x, y: top - 4, anchor: 'middle', className: 'sign', text })}`;
}

interface Text {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'middle' | 'end';
  readonly className: string;
  readonly text: string;
}

export function textSvg({ x, y, anchor, className, text }: Text): string {
  if (text === '') return '';
  return `<text class="${className}" x="${x}" y="${y}" text-anchor="${anchor}" font-size="${textHeight}">${escaped(text)}</text>`;
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
