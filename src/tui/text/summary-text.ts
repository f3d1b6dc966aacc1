import { drawActiveDistribution } from '../panels/summary/active-distribution.js';
import { type Area, Canvas } from '../draw/canvas.js';
import { channelFirstOf, channelWindow, channelWindows } from '../../results/channel-window.js';
import { drawChannelHistogram } from '../panels/summary/channel-histogram.js';
import { channelsLines } from '../panels/summary/channels-lines.js';
import { outliers } from '../../results/outliers.js';
import { outlierLines } from '../panels/summary/outlier-lines.js';
import { formatCount } from '../draw/format.js';
import { drawLedger, ledgerRows } from '../panels/frame/ledger-lines.js';
import { physicsLines } from '../panels/summary/physics-lines.js';
import { drawSlopes } from '../panels/summary/slope-histogram.js';
import { drawTimeBox } from '../panels/timing/time-box.js';
import { type Head, headLines } from './head-lines.js';
import type { Style } from '../draw/style.js';
import { drawLines } from '../draw/text-lines.js';
import type { ChamberView } from '../../views/chamber-view.js';
import type { SummaryView } from '../../views/summary-view.js';
import type { Totals } from '../../results/totals.js';

/** Widest that the histograms of a text are drawn. */
const widthMax = 150;
/** From this width on, histograms stand side by side. */
const wideMin = 110;
/** Channels or drift times of a wide text; the rest is for what stands beside them. */
const leftWidth = 71;
const gap = 3;
const histogramRows = 7;
const lowRows = histogramRows - 1;
/** Columns of the active channels where the slopes stand beside them, and the least width of a text for that. */
const activeWidth = 29;
const pairMin = activeWidth + gap + 46;
/** Channels in the table of those that stand out. */
const outliersMax = 10;
/** Inputs that are named. */
const inputsShown = 3;

/** How a text is drawn. */
interface Drawn {
  readonly width: number;
  readonly style: Style;
}

/**
 * A summary as a page for people: what it is of, the ledger, live time, rates, time boxes and efficiencies, the channels to
 * look at, then the histograms of each chamber.
 */
export function renderSummary(view: SummaryView, width: number, style: Style): string {
  const { totals, physics, channels } = view;
  const drawn = { width: Math.min(width, widthMax), style };
  const runs = view.runs === 1 ? '' : ` of ${formatCount(view.runs)} runs`;
  const title = `${formatCount(totals.hits)} hits in ${formatCount(view.batches)} batches${runs}`;
  const lines = [
    ...topLines(totals, { head: headOf(view, width), title, ...drawn }),
    '',
    ...drawLines(physicsLines(physics, drawn.width, style), drawn.width, style),
    '',
    ...drawLines(channelsLines(channels, drawn.width, style), drawn.width, style),
    ...totals.chambers.flatMap((_, chamber) => [
      '',
      ...chamberLines(totals, chamber, {
        ...drawn,
        physics: physics?.chambers.find((of) => of.chamber === chamber),
      }),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function headOf({ about, totals }: SummaryView, width: number): string[] {
  if (about === undefined) return [];
  const { group, inputs, version, ...timing } = about;
  const source = inputs.length > inputsShown ? `${inputs.length} inputs` : inputs.join(' ');
  return headLines({ version, groups: [group], source, timing, chambers: totals.common } satisfies Head, width);
}

/** Any sums under a head and a title, with the channels that stand out; no line is wider than `width`. */
export function totalsLines(
  totals: Totals,
  view: { readonly head: readonly string[]; readonly title: string; readonly width: number; readonly style: Style },
): string[] {
  const drawn = { ...view, width: Math.min(view.width, widthMax) };
  const outlierRows = outlierLines(outliers(channelWindows(totals), outliersMax));
  return [
    ...topLines(totals, drawn),
    ...totals.chambers.flatMap((_, chamber) => ['', ...chamberLines(totals, chamber, drawn)]),
    ...(outlierRows.length === 0 ? [] : ['']),
    ...drawLines(
      outlierRows.map((text) => ({ text, ink: 'plain' })),
      drawn.width,
      drawn.style,
    ),
  ];
}

/** Head, title and ledger. */
function topLines(
  totals: Totals,
  { head, title, width, style }: Drawn & { readonly head: readonly string[]; readonly title: string },
): string[] {
  const top = head.length + 1;
  const canvas = new Canvas({ width, height: top + ledgerRows });
  head.forEach((line, y) => canvas.put(0, y, line));
  canvas.put(0, head.length, title, 'strong');
  drawLedger(canvas.part({ x: 0, y: top, width, height: ledgerRows }), totals);
  return canvas.toLines(style);
}

/** The histograms of a chamber: two and two side by side, or as many below each other as a narrow text needs. */
function chamberLines(
  totals: Totals,
  chamber: number,
  of: Drawn & {
    readonly physics?: ChamberView | undefined;
  },
): string[] {
  const { width, style, physics } = of;
  const { channelHits, activeOrbits, hits: hitCount } = totals.chambers[chamber];
  const hits = channelWindow(channelHits, channelFirstOf(totals, chamber));
  const drawChannels = (area: Area): void => drawChannelHistogram(area, { chamber, hits, hitCount }, style);
  const drawActive = (area: Area): void => drawActiveDistribution(area, { chamber, activeOrbits }, style);
  const drawDrift = (area: Area): void => {
    if (physics !== undefined) drawTimeBox(area, physics, style);
  };
  const slopes = physics?.segments?.slopes;
  const drawSlope = (area: Area): void => {
    if (slopes !== undefined) drawSlopes(area, { chamber, slopes }, style);
  };
  const whole = (height: number, draw: (area: Area) => void): string[] =>
    rowLines({ width, height, style }, [{ x: 0, width, draw }]);
  const beside = (left: number, height: number, one: (area: Area) => void, other: (area: Area) => void): string[] =>
    rowLines({ width, height, style }, [
      { x: 0, width: left, draw: one },
      { x: left + gap, width: width - left - gap, draw: other },
    ]);
  if (width >= wideMin) {
    const below = physics === undefined ? [] : beside(leftWidth, histogramRows, drawDrift, drawSlope);
    return [...beside(leftWidth, histogramRows, drawChannels, drawActive), ...below];
  }
  const drift = physics === undefined ? [] : whole(histogramRows, drawDrift);
  const others =
    slopes !== undefined && width >= pairMin
      ? beside(activeWidth, lowRows, drawActive, drawSlope)
      : [...whole(lowRows, drawActive), ...(slopes === undefined ? [] : whole(lowRows, drawSlope))];
  return [...whole(histogramRows, drawChannels), ...drift, ...others];
}

/** Panels in a row. */
function rowLines(
  { width, height, style }: Drawn & { readonly height: number },
  panels: readonly { readonly x: number; readonly width: number; readonly draw: (area: Area) => void }[],
): string[] {
  const canvas = new Canvas({ width, height });
  for (const panel of panels) panel.draw(canvas.part({ x: panel.x, y: 0, width: panel.width, height }));
  return canvas.toLines(style);
}
