import type { ChamberPanel } from '../../../views/detector/detector-view.js';
import type { ChannelSign } from '../../../views/detector/verdicts.js';
import { drawBars } from '../../draw/bars.js';
import type { Area } from '../../draw/canvas.js';
import type { Ink } from '../../draw/ink.js';
import type { PageInput } from '../../pages/page.js';
import { type OccupancyBars, occupancyBars } from './occupancy-bars.js';

/** Columns left of the channels. */
export const stripNameWidth = 10;

/** Colour is for state: what is wrong is bad, what is known or only marked is not. */
export function signInk(sign: ChannelSign): Ink {
  return sign === 'x' || sign === '^' ? 'bad' : sign === '+' || sign === '-' ? 'warn' : 'strong';
}

/** The channels of a chamber with a sign, as far as they fit, and how many more there are: `x 17`, `^ 5 20`, `x 2 (+59)`, or `60 x`. */
export function signedChannels(signs: readonly ChannelSign[], width: number): string {
  const found = signs.flatMap((sign, channel) => (sign === ' ' || sign === '?' ? [] : [{ sign, channel }]));
  const order = 'x^k+-';
  found.sort((one, other) => order.indexOf(one.sign) - order.indexOf(other.sign));
  const texts = [''];
  let last = '';
  for (const { sign, channel } of found) {
    const text = texts.at(-1) ?? '';
    texts.push(`${text}${sign === last ? '' : `${text === '' ? '' : ' '}${sign}`} ${channel}`);
    last = sign;
  }
  // Marks of no verdict are left out without a word. A `+` alone would be one.
  const judged = found.filter(({ sign }) => sign !== '+' && sign !== '-').length;
  const counted = texts.slice(1).map((text, index) => {
    const more = judged - 1 - index;
    return more <= 0 ? text : `${text} (+${more})`;
  });
  const alike = found.filter(({ sign }) => sign === found.at(0)?.sign).length;
  const counts = found.length === 0 ? [] : [`${alike} ${found[0].sign}`];
  return [...counts, ...counted].findLast((text) => text.length <= width) ?? '';
}

/** A chamber's channels as bars of few rows, with the signs in them and beside them. */
export function drawChannelStrip(
  area: Area,
  {
    panel,
    columnWidth,
    input,
  }: { readonly panel: ChamberPanel; readonly columnWidth: number; readonly input: PageInput },
): void {
  const { detector, view } = input;
  const bars = occupancyBars(panel, detector, view.choices);
  const name = area.width < stripNameWidth + 64 ? `${panel.chamber}` : `hits ch${panel.chamber}`;
  area.put(1, 0, name);
  const width = panel.channels * columnWidth;
  const plot = area.part({ x: stripNameWidth, y: 0, width, height: area.height });
  if (bars === undefined) {
    plot.put(0, area.height - 1, 'no physics');
    return;
  }
  drawSignedBars(plot, { bars, signs: panel.occupancy.signs, columnWidth, marksCut: false }, input);
  const x = stripNameWidth + width + 1;
  area.put(x, area.height - 1, signedChannels(panel.occupancy.signs, area.width - x), signsInk(panel));
}

/** The ink of a list of signs: of the gravest. */
export function signsInk({ occupancy: { signs } }: ChamberPanel): Ink {
  return signs.some((sign) => sign === 'x' || sign === '^') ? 'bad' : 'plain';
}

/** Bars by channel and the signs that stand in them. */
export interface SignedBars {
  readonly bars: OccupancyBars;
  readonly signs: readonly ChannelSign[];
  readonly columnWidth: number;
  /** Whether `^` also stands over a bar that is higher than the area and not hot: where a ruler says which are. */
  readonly marksCut: boolean;
}

/** Draws an `x` where a dead channel stands and a `^` over a hot one. */
export function drawSignedBars(
  plot: Area,
  { bars, signs, columnWidth, marksCut }: SignedBars,
  { style }: Pick<PageInput, 'style'>,
): void {
  const { heights, full } = bars;
  drawBars(
    plot,
    { values: heights.map((height) => Math.min(height, full)), max: full, columnWidth, ink: 'data' },
    style,
  );
  heights.forEach((height, channel) => {
    const sign = signs[channel];
    if (sign === '^' || (marksCut && height > full)) {
      plot.put(channel * columnWidth, 0, '^'.repeat(columnWidth), sign === '^' ? 'bad' : 'plain');
    }
    if (sign === 'x') plot.put(channel * columnWidth, plot.height - 1, 'x'.repeat(columnWidth), 'bad');
  });
}
