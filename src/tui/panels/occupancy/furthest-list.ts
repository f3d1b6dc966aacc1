import type { ChamberPanel, FarChannel } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatCount, formatSigned } from '../../draw/format.js';
import { signInk } from './channel-strips.js';

/** Columns of the numbers at the right, and of a line with layer and cell. */
const numbersWidth = 23;
const placeWidth = 46;

/** A channel that has so little of what is expected is dead, not weak. */
const deadShare = 0.1;

/** The channels that are furthest from what is expected, a line each, with hits, what is expected and the distance. */
export function drawFurthest(area: Area, { chamber, occupancy }: ChamberPanel, rows: number): void {
  const by = occupancy.expectedBy === 'reference' ? 'reference' : 'neighbours';
  const titles = [`furthest from ${by}`, 'furthest'];
  area.put(0, 0, titles.find((text) => text.length <= area.width - numbersWidth) ?? '', 'strong');
  putRight(area, 0, ['hits', 'exp.', 'sigma'], 'strong');
  occupancy.furthest.slice(0, rows).forEach((far, index) => {
    const { sign, channel, layer, cell, hits, expected, sigma } = far;
    const place = area.width >= placeWidth ? `layer ${layer} cell ${cell}`.padEnd(16) : '';
    const text = `${`${chamber}:${channel}`.padEnd(6)}${place}${faultOf(far)}`;
    area.put(0, 1 + index, sign, signInk(sign));
    area.put(2, 1 + index, text.slice(0, Math.max(0, area.width - numbersWidth - 2)));
    putRight(area, 1 + index, [formatCount(hits), formatCount(expected), formatSigned(sigma)]);
  });
}

function putRight(area: Area, y: number, [hits, expected, sigma]: [string, string, string], ink?: 'strong'): void {
  const text = `${hits.padStart(8)}${expected.padStart(7)}${sigma.padStart(8)}`;
  area.put(area.width - text.length, y, text, ink);
}

function faultOf({ sign, hits, expected, sigma }: FarChannel): string {
  // One with all its hits may still be missing from the tracks.
  if (sign === 'x') return hits < deadShare * expected ? 'dead' : sigma < 0 ? 'weak' : 'no tracks';
  return sign === '^' ? 'hot' : sign === 'k' ? 'known' : '';
}
