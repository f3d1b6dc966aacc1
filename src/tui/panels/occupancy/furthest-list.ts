import { hourColumnS, hourColumnsMin, hoursOf } from '../../../views/detector/channel-hours.js';
import type { ChamberPanel, ChannelHours, DetectorView, FarChannel } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatCount, formatPeriod, formatSigned } from '../../draw/format.js';
import { drawSeries } from '../../draw/series.js';
import type { PageInput } from '../../pages/page.js';
import { signInk } from './channel-strips.js';

/** Columns of the numbers at the right, and of a line with layer and cell. */
const numbersWidth = 23;
const placeWidth = 46;
const nameWidth = 6;
/** Columns of a line with 8 hours. */
export const listWithHours = 2 + nameWidth + hourColumnsMin + numbersWidth;
/** A full bar of the 8 hours, as a share of what is expected. */
const hoursTop = 2;

interface FurthestOptions {
  /** At most so many. */
  readonly rows: number;
  readonly input: Pick<PageInput, 'detector' | 'style'>;
}

/** A channel that has so little of what is expected is dead, not weak. */
const deadShare = 0.1;

/**
 * The channels that are furthest from what is expected, a line each, with hits, what is expected and the distance; where
 * there is room for it, with 8 hours of each in bars, of which half a row is what is expected.
 */
export function drawFurthest(area: Area, panel: ChamberPanel, { rows, input }: FurthestOptions): void {
  const { chamber, occupancy } = panel;
  const by = occupancy.expectedBy === 'reference' ? 'reference' : 'neighbours';
  const hours = hoursOfList(area, input.detector);
  const titles = [
    ...(hours === undefined ? [] : [`furthest from ${by}, 8 h by ${formatPeriod(hours.columnS)}`]),
    `furthest from ${by}`,
    'furthest',
  ];
  area.put(0, 0, titles.find((text) => text.length <= area.width - numbersWidth) ?? '', 'strong');
  putRight(area, 0, ['hits', 'exp.', 'sigma'], 'strong');
  occupancy.furthest.slice(0, rows).forEach((far, index) => {
    const { sign, channel, layer, cell, hits, expected, sigma } = far;
    const place = area.width >= placeWidth ? `layer ${layer} cell ${cell}`.padEnd(16) : '';
    const name = `${chamber}:${channel}`.padEnd(nameWidth);
    const text = hours === undefined ? `${name}${place}${faultOf(far)}` : name;
    area.put(0, 1 + index, sign, signInk(sign));
    if (hours !== undefined) {
      const expectedHz = expectedHzOf(far, panel, input);
      const ratios = hoursOf(hours.view, { chamber, channel, columnS: hours.columnS, expectedHz });
      const line = area.part({ x: 2 + nameWidth, y: 1 + index, width: ratios.length, height: 1 });
      drawSeries(line, ratios, { top: hoursTop }, input.style);
    }
    area.put(2, 1 + index, text.slice(0, Math.max(0, area.width - numbersWidth - 2)));
    putRight(area, 1 + index, [formatCount(hits), formatCount(expected), formatSigned(sigma)]);
  });
}

/** 8 hours of each channel, and the seconds of a column; undefined where there is no room. */
function hoursOfList(
  { width }: Area,
  { channelHours }: DetectorView,
): { readonly view: ChannelHours; readonly columnS: number } | undefined {
  const columnS = hourColumnS(width - 2 - nameWidth - numbersWidth);
  if (columnS === undefined || channelHours === undefined) return undefined;
  // Looked up once for all channels.
  const { endMs, steps } = channelHours;
  return { view: { endMs, steps }, columnS };
}

/** Without a reference a channel is held against its own mean. */
function expectedHzOf(
  { expected }: FarChannel,
  { occupancy }: ChamberPanel,
  { detector }: Pick<PageInput, 'detector'>,
): number | undefined {
  const { seconds } = detector.window;
  if (occupancy.expectedBy !== 'reference' || seconds === undefined || seconds === 0) return undefined;
  return expected / seconds;
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
