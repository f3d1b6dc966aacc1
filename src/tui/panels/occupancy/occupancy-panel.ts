import type { ChamberPanel, DetectorView } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatCount, formatShort } from '../../draw/format.js';
import { drawLine, type Piece, plainPiece } from '../../draw/line.js';
import { drawExpectedMarks } from '../../draw/expected-marks.js';
import type { Style } from '../../draw/style.js';
import type { PageInput } from '../../pages/page.js';
import type { Choices } from '../../pages/view.js';
import { chamberName, verdictInk } from '../frame/chamber-words.js';
import { drawSignedBars, signedChannels, signInk, signsInk } from './channel-strips.js';
import { logHeight, type OccupancyBars, occupancyBars } from './occupancy-bars.js';

/** Columns of the scale left of the channels: a number of five and its line. */
export const scaleWidth = 7;
/** Rows of a panel beside those of its bars: title and ruler. */
export const frameRows = 2;

/** How the channels of a chamber are laid out: in one line, or in pieces below each other where it is narrow. */
export interface ChannelLayout {
  /** Channels in a line. */
  readonly perLine: number;
  readonly lines: number;
  readonly columnWidth: number;
}

export function channelLayout(width: number, channels: number): ChannelLayout {
  const room = Math.max(1, width - scaleWidth);
  let perLine = channels;
  while (perLine > room && perLine > 8) perLine = Math.ceil(perLine / 8) * 4;
  const columnWidth = Math.max(1, Math.min(4, Math.floor(room / perLine)));
  return { perLine, lines: Math.ceil(channels / perLine), columnWidth };
}

/**
 * Draws hits by channel with the reference over bars that fall short of it, and a ruler with the signs of the channels:
 *
 * ```
 * chamber 0  11,604 hits  193/s  HOT 1   chi2/ndf 9.71   max 1,063 at 0:5
 *   296┤     ^           ─   ▁ ▆
 *      │▄▄▃▃▁█▅▅▄▃▅▅▁▇▆▄ ▁▄▄▆▅▆▅
 *     0┤████████████████████████
 *       0────^──8───────16──────  ^ 5
 * ```
 */
export function drawOccupancyPanel(area: Area, panel: ChamberPanel, input: PageInput): void {
  const { detector, view } = input;
  drawTitle(area, panel, input);
  const bars = occupancyBars(panel, detector, view.choices);
  if (bars === undefined) {
    area.put(scaleWidth, 1, 'no physics: nothing says which hits belong to a trigger');
    return;
  }
  drawChannelLines(area.part({ x: 0, y: 1, width: area.width, height: area.height - 1 }), { panel, bars }, input);
}

/** The bars in as many lines as the width asks for, or `only` one of them, each with its scale and its ruler. */
export function drawChannelLines(
  area: Area,
  { panel, bars, only }: { readonly panel: ChamberPanel; readonly bars: OccupancyBars; readonly only?: number },
  { style }: Pick<PageInput, 'style'>,
): void {
  const layout = channelLayout(area.width, panel.channels);
  const lines = only === undefined ? Array.from({ length: layout.lines }, (_, line) => line) : [only];
  const height = Math.floor(area.height / lines.length);
  if (height < 2) return;
  lines.forEach((line, index) => {
    const part = area.part({ x: 0, y: index * height, width: area.width, height });
    drawChannelLine(part, { panel, bars, layout, from: line * layout.perLine }, style);
  });
}

interface ChannelLine {
  readonly panel: ChamberPanel;
  readonly bars: OccupancyBars;
  readonly layout: ChannelLayout;
  /** First channel. */
  readonly from: number;
}

function drawChannelLine(area: Area, { panel, bars, layout, from }: ChannelLine, style: Style): void {
  const { columnWidth, perLine } = layout;
  const to = Math.min(panel.channels, from + perLine);
  const { signs } = panel.occupancy;
  const height = area.height - 1;
  const width = (to - from) * columnWidth;
  const plot = area.part({ x: scaleWidth, y: 0, width, height });
  drawBarScale(area.part({ x: 0, y: 0, width: scaleWidth, height }), bars, style);
  const heights = bars.heights.subarray(from, to);
  // Bars are drawn over it, so it shows where they fall short.
  if (bars.expected !== undefined) {
    const expected = bars.expected.subarray(from, to);
    drawExpectedMarks(plot, { values: heights, expected, max: bars.full, columnWidth }, style);
  }
  drawSignedBars(
    plot,
    { bars: { ...bars, heights }, signs: signs.slice(from, to), columnWidth, marksCut: true },
    { style },
  );
  const ruler = area.part({ x: scaleWidth, y: height, width, height: 1 });
  drawRuler(ruler, { from, to, signs, columnWidth }, style);
  const x = scaleWidth + width + 1;
  if (from + perLine >= panel.channels) {
    area.put(x, height, signedChannels(signs, area.width - x), signsInk(panel));
  }
}

/** `top ┤`, `│`, `0 ┤`; on a logarithmic scale the decades. */
function drawBarScale(area: Area, { top, full, decadeFirst, kind }: OccupancyBars, { ascii }: Style): void {
  const { height } = area;
  const labels = new Map<number, string>();
  if (decadeFirst === undefined) {
    labels.set(height - 1, '0');
    // A low plot has a top and no more: its scale begins at 0.
    labels.set(0, kind === 'ratio' ? `x${Number(top.toPrecision(2))}` : formatShort(top));
  } else {
    for (let decade = decadeFirst; 10 ** decade <= top; decade++) {
      const row = rowOf(logHeight(10 ** decade, decadeFirst), full, height);
      const y = height - 1 - Math.max(0, row);
      if (!labels.has(y)) labels.set(y, formatShort(10 ** decade).replace(/\.0+(?=\D)/, ''));
    }
  }
  for (let y = 0; y < height; y++) {
    const label = labels.get(y) ?? '';
    area.put(0, y, label.padStart(scaleWidth - 1));
    area.put(scaleWidth - 1, y, ascii ? '|' : label === '' ? '│' : '┤', 'grid');
  }
}

/** The row in which a bar of this height ends, from the bottom; -1 = it has none. */
function rowOf(height: number, full: number, rows: number): number {
  return height > 0 ? Math.min(rows - 1, Math.ceil((height / full) * rows - 1e-9) - 1) : -1;
}

/** A line with the number of each eighth channel, of the last one, and the signs of channels in their places. */
export function drawRuler(
  area: Area,
  {
    from,
    to,
    signs,
    columnWidth,
  }: {
    readonly from: number;
    readonly to: number;
    readonly signs: ChamberPanel['occupancy']['signs'];
    readonly columnWidth: number;
  },
  { ascii }: Style,
): void {
  // In ASCII the line is not that of the sign `-`.
  area.put(0, 0, (ascii ? '_' : '─').repeat((to - from) * columnWidth), 'grid');
  const last = String(to - 1);
  const lastX = (to - from) * columnWidth - last.length;
  for (let channel = from; channel < to; channel += 8) {
    const x = (channel - from) * columnWidth;
    if (x + String(channel).length < lastX) area.put(x, 0, String(channel));
  }
  area.put(lastX, 0, last);
  for (let channel = from; channel < to; channel++) {
    const sign = signs.at(channel) ?? ' ';
    if (sign !== ' ' && sign !== '?') area.put((channel - from) * columnWidth, 0, sign, signInk(sign));
  }
}

/** What the chamber has, and what is said of it; at the right its distance from the reference and its highest channel. */
function drawTitle(area: Area, panel: ChamberPanel, { detector, view }: PageInput): void {
  const { chamber, verdict, hits, hitsPerS, occupancy } = panel;
  const { isGated } = view.choices;
  const count = isGated ? occupancy.gated?.reduce((sum, one) => sum + one, 0) : hits;
  const what = isGated ? 'hits by trigger' : 'hits';
  // What is expected is of all hits.
  const chi2Ndf = isGated ? undefined : occupancy.chi2Ndf;
  const max = isGated ? highestOf(occupancy.gated) : occupancy.max;
  const name = (text: string): Piece => chamberName(text, panel, { detector, view });
  const rate = isGated ? [] : [plainPiece(hitsPerS === undefined ? '–/s' : `${formatShort(hitsPerS)}/s`)];
  const word: Piece = { text: verdict.word, ink: verdictInk(verdict) };
  const named: Piece = { ...word, text: verdict.at === undefined ? word.text : `${word.text} ${verdict.at}` };
  const counted = count === undefined ? '–' : formatCount(count);
  const chi2 = chi2Ndf === undefined ? [] : [plainPiece(`chi2/ndf ${chi2Ndf.toFixed(chi2Ndf < 99.5 ? 2 : 0)}`)];
  const high = max.hits > 0 ? [plainPiece(`max ${formatCount(max.hits)} at ${chamber}:${max.channel}`)] : [];
  const scale = scaleWords(view.choices, detector);
  const long = [name('chamber'), plainPiece(`${counted} ${what}`)];
  const short = [name('ch'), plainPiece(counted), named];
  drawLine(area, [
    { left: [...long, ...rate, word, ...scale], right: [...chi2, ...high] },
    { left: [...long, word, ...scale], right: [...chi2, ...high] },
    { left: [...long, ...rate, word, ...scale], right: high },
    { left: [...short, ...scale], right: [...chi2, ...high] },
    { left: [...short, ...scale], right: high },
    { left: short, right: [] },
    { left: [name('ch'), named], right: [] },
  ]);
}

function highestOf(hits: Float64Array = new Float64Array()): ChamberPanel['occupancy']['max'] {
  const most = hits.reduce((high, count) => Math.max(high, count), 0);
  return { channel: hits.indexOf(most), hits: most };
}

/** What is not as it is at first. */
function scaleWords({ isLog, scale }: Choices, { reference }: DetectorView): Piece[] {
  if (reference?.show === 'ratio') return [plainPiece('ratio')];
  return isLog ? [plainPiece('log')] : scale === 'robust' ? [] : [plainPiece(`scale ${scale}`)];
}
