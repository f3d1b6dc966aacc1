import type { ActiveView, ChamberPanel } from '../../views/detector/detector-view.js';
import type { Area } from '../draw/canvas.js';
import { formatCount, formatShort } from '../draw/format.js';
import { drawTitle, type Piece, widthOf } from '../draw/line.js';
import { activeBarsWidth, activeScale, drawActiveBars } from '../panels/activity/active-bars.js';
import { chamberName } from '../panels/frame/chamber-words.js';
import { drawOrbitBands } from '../panels/activity/orbit-bands.js';
import { chamberBlocks, shownOf } from './chamber-blocks.js';
import type { PageInput } from './page.js';

/** Title, three bands or more, and the row of numbers. */
const heightMin = 5;
const heightMax = 16;
/** Rows from which a blank one stands below. */
const heightLoose = 9;
/** Width of a bar by the width of the page; bands need what is left. */
const barWidths = [
  { from: 110, columnWidth: 3 },
  { from: 76, columnWidth: 2 },
  { from: 0, columnWidth: 1 },
];
/** Width from which the bars of the reference stand beside those of the window. */
const wideMin = 180;
const gap = 1;

/** A row a chamber: orbits by number of active channels, and the same against time. */
export function drawActivityPage(area: Area, input: PageInput): number {
  const { chambers } = input.detector;
  const { choices } = input.view;
  const blocks = chamberBlocks(area, chambers, { choices, heightMin, heightMax });
  blocks.forEach(({ panel, area: block }) => {
    const height = block.height - (block.height >= heightLoose ? 1 : 0);
    drawChamber(block.part({ x: 0, y: 0, width: block.width, height }), panel, input);
  });
  const blockHeight = blocks.at(0)?.area.height ?? 0;
  const used = blocks.length * blockHeight - (blockHeight >= heightLoose ? 1 : 0);
  if (used < area.height) drawNote(area.part({ x: 1, y: area.height - 1, width: area.width - 1, height: 1 }), input);
  return shownOf(blocks, chambers, choices);
}

function drawChamber(area: Area, panel: ChamberPanel, input: PageInput): void {
  const { active } = panel;
  const { detector, style } = input;
  const { columnWidth } = barWidths.find(({ from }) => area.width >= from) ?? barWidths[barWidths.length - 1];
  const width = Math.min(area.width, activeBarsWidth(columnWidth));
  const hasReference = detector.reference !== undefined && detector.reference.show !== 'off';
  const expected = hasReference ? active.expected : undefined;
  const isBeside = area.width >= wideMin && expected !== undefined;
  const scale = activeScale(active.orbits, expected);
  const bars = { x: 0, y: 1, width, height: area.height - 1 };
  const title = area.part({ x: 0, y: 0, width: isBeside ? width : area.width, height: 1 });
  const right = (isBeside ? 2 : 1) * (width + gap);
  const pieces = titleOf(active);
  const named = ['chamber', 'ch'].map((name) => [chamberName(name, panel, input), ...pieces]);
  const whole = named.find((list) => widthOf(list) <= right - gap);
  drawTitle(title.part({ x: 0, y: 0, width: right - gap, height: 1 }), whole ?? named[named.length - 1]);
  drawActiveBars(area.part(bars), { orbits: active.orbits, expected, scale, columnWidth }, style);
  if (isBeside) {
    const beside = area.part({ ...bars, x: width + gap });
    drawTitle(area.part({ ...bars, x: width + gap, y: 0, height: 1 }), [
      { text: `reference  ${formatCount(sumOf(expected))} orbits in the same live time` },
    ]);
    drawActiveBars(beside, { orbits: expected, expected: undefined, scale, columnWidth }, style);
  }
  const bands = area.part({ x: right, y: 1, width: area.width - right, height: area.height - 1 });
  const titles = [`active channels against orbit, ${detector.window.title}`, 'active against orbit', 'against orbit'];
  drawTitle(area.part({ x: right, y: 0, width: area.width - right, height: 1 }), [
    { text: titles.find((one) => one.length <= area.width - right) ?? '' },
  ]);
  const { orbitFirst } = detector.window.sums;
  const orbitNs = area.width >= wideMin ? input.view.about.orbitNs : undefined;
  drawOrbitBands(bands, { steps: active.steps, orbitFirst, orbitNs }, style);
}

function titleOf({ all, mean, fourOrMore }: ActiveView): Piece[] {
  return [
    { text: `mean ${mean?.toFixed(2) ?? '–'}` },
    { text: `>=4 ${fourOrMore === undefined ? '–' : `${(100 * fourOrMore).toFixed(0)} %`}` },
    { text: `${all < 1e6 ? formatCount(all) : formatShort(all)} orbits` },
  ];
}

function sumOf(orbits: Float64Array): number {
  return orbits.reduce((sum, count, active) => sum + (active > 0 ? count : 0), 0);
}

/** What the shades mean. */
function drawNote(area: Area, { style }: PageInput): void {
  const signs = style.ascii ? '. : o #' : '░ ▒ ▓ █';
  const shades = `${signs} orbits of a band in a column, against its mean`;
  drawTitle(area, [], [`logarithmic bars   ${shades}   gap in all chambers: pause; in one: lost board`, shades]);
}
