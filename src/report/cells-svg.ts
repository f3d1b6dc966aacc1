import { chamberLayers, layerOf } from '../domain/geometry.js';
import { escaped } from '../plots/escaped.js';
import { plotScale } from '../results/plot-scale.js';
import type { ChamberPanel } from '../views/detector/detector-view.js';
import type { ChannelSign } from '../views/detector/verdicts.js';
import { cellsFinding } from './findings.js';
import { textSvg } from './plot-svg.js';
import { countText } from './texts.js';

const cellWidth = 21;
const cellHeight = 19;
const left = 18;
const shades = 5;

/** Shade of each cell by its hits, 0 to 4; the ordinary ones have 3 and 4. */
export function cellShades({ occupancy }: Pick<ChamberPanel, 'occupancy'>): number[] {
  const { hits } = occupancy;
  const { top } = plotScale(hits);
  return [...hits].map((count) => (top === 0 ? 0 : Math.min(shades - 1, Math.floor((shades * count) / top))));
}

/** The class of a cell, which colours it. */
function cellClass(sign: ChannelSign, shade: number): string {
  const word = sign === 'x' || sign === '^' ? ' bad' : sign === 'k' ? ' known' : '';
  return `s${shade}${word}`;
}

export function cellsTitle(chamber: number): string {
  return `Chamber ${chamber}: cells by layer`;
}

/** A chamber as its cells lie above each other, seen along the wires. */
export function cellsSvg(panel: ChamberPanel): string {
  const { chamber, occupancy, channels } = panel;
  const { hits, expected, signs } = occupancy;
  const columns = channels / chamberLayers;
  const [width, height] = [left + (columns + 0.5) * cellWidth + 4, chamberLayers * cellHeight + 4];
  const shadeOf = cellShades(panel);
  const cells = [...hits].map((count, channel) => {
    const layer = layerOf(channel);
    const [x, y] = [left + ((channel >> 2) + (layer & 1) / 2) * cellWidth, 2 + layer * cellHeight];
    const of = expected === undefined || Number.isNaN(expected[channel]) ? '' : ` of ${countText(expected[channel])}`;
    const sign = signs[channel];
    const mark =
      sign === ' ' || sign === '?'
        ? ''
        : textSvg({ x: x + cellWidth / 2, y: y + 14, anchor: 'middle', className: 'mark', text: sign });
    return `<rect class="${cellClass(sign, shadeOf[channel])}" x="${x}" y="${y}" width="${cellWidth - 2}" height="${cellHeight - 2}"><title>${chamber}:${channel}: ${countText(count)}${of}</title></rect>${mark}`;
  });
  const names = Array.from({ length: chamberLayers }, (_, layer) =>
    textSvg({ x: left - 4, y: 16 + layer * cellHeight, anchor: 'end', className: 'y', text: String(layer) }),
  );
  const id = `c${chamber}-cells`;
  return `<svg id="${id}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${escaped(cellsTitle(chamber))}</title><desc id="${id}-d">${escaped(cellsFinding(panel))}</desc>
${names.join('')}${cells.join('\n')}</svg>`;
}
