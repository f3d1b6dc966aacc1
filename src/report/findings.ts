import type { ChamberView } from '../views/chamber-view.js';
import type { ActiveView, ChamberPanel, FarChannel } from '../views/detector/detector-view.js';
import { countText, listText, numberText } from './texts.js';

/** Channels that a sentence names. */
const namedMax = 4;

/** `channel 17 has none of 244 expected hits; the other 63 channels are as expected` */
export function occupancyFinding({ occupancy, channels }: ChamberPanel): string {
  const { furthest, expectedBy, max } = occupancy;
  const of = expectedBy === 'reference' ? 'by the reference' : 'by the cells beside it';
  const named = furthest.filter(({ sign }) => sign !== ' ' && sign !== '?').slice(0, namedMax);
  const most = `Channel ${max.channel} has the most hits, ${countText(max.hits)}.`;
  if (named.length === 0) return `No channel of ${channels} stands out. ${most}`;
  return `${named.map((channel) => farText(channel, of)).join(' ')} ${most}`;
}

function farText({ channel, hits, expected, sign }: FarChannel, of: string): string {
  const known = sign === 'k' ? ', known to be bad,' : '';
  const has = hits === 0 ? 'none' : countText(hits);
  return `Channel ${channel}${known} has ${has} of ${countText(expected)} hits expected ${of}.`;
}

export function gatedFinding(gated: Float64Array, { gated: orbits }: ChamberView): string {
  const hits = `${countText(gated.reduce((sum, count) => sum + count, 0))} hits`;
  if (orbits === undefined) return `${hits}; no orbit has a trigger that times the chamber.`;
  const { inTime } = orbits;
  const share = inTime === undefined ? '' : `; ${numberText(100 * inTime.share)} % of them have a hit in time`;
  return `${hits} in ${countText(orbits.orbits)} orbits with a trigger${share}.`;
}

/** The fitted edges, or why there are none. */
export function boxFinding({ physics, boxReference }: ChamberPanel): string {
  const box = physics?.drift.box;
  if (box === undefined) return 'There is no fit of the time box.';
  const { entries, status, rise_ns: rise, fall_ns: fall, width_ns: width, width_err: error } = box;
  const of = `of ${countText(entries)} entries`;
  if (rise === null || fall === null || width === null) return `${noBox[status] ?? 'No time box is fitted'} ${of}.`;
  const expected = boxReference?.box?.width_ns;
  const beside = expected === undefined || expected === null ? '' : `; in the reference ${numberText(expected)} ns`;
  const doubt = status === 'ok' ? '' : ` Status of the fit: ${status}.`;
  return `The box ${of} rises at ${numberText(rise)} ns and falls at ${numberText(fall)} ns: ${numberText(width)} ± ${numberText(error ?? undefined)} ns wide${beside}.${doubt}`;
}

const noBox: Readonly<Partial<Record<string, string>>> = {
  few: 'There are too few drift times for a fit:',
  no_box: 'There is no box as long as a drift:',
  failed: 'The fit of the time box has failed:',
};

export function activityFinding({ all, mean, fourOrMore }: ActiveView): string {
  if (all === 0) return 'No orbit has an active channel.';
  return `${countText(all)} orbits with ${numberText(mean, 2)} active channels on average; ${numberText(100 * (fourOrMore ?? 0))} % have four or more.`;
}

/** `mean 1,234 hits/s, from 1,190 to 1,260` */
export function trendFinding(values: readonly (number | undefined)[], unit: string): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return 'Nothing is known of it.';
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const decimals = mean < 100 ? 2 : 0;
  const [least, most] = [Math.min(...known), Math.max(...known)].map((value) => numberText(value, decimals));
  const missing = values.length - known.length;
  const gaps = missing === 0 ? '' : `; ${countText(missing)} of ${countText(values.length)} columns without a message`;
  return `On average ${numberText(mean, decimals)} ${unit}, from ${least} to ${most}${gaps}.`;
}

/** What is wrong in the layers, or that nothing is. */
export function cellsFinding({ layers, chamber }: ChamberPanel): string {
  const bad = layers.filter(({ dead, hot }) => dead + hot > 0);
  if (bad.length === 0) return `No cell of chamber ${chamber} is called dead or hot.`;
  return bad
    .map(({ layer, dead, hot }) => {
      const what = [...(dead > 0 ? [`${dead} dead`] : []), ...(hot > 0 ? [`${hot} hot`] : [])];
      return `Layer ${layer} has ${listText(what)}.`;
    })
    .join(' ');
}
