import { chamberLayers, layerOf } from '../../domain/geometry.js';
import type { ChamberPanel, DetectorView } from '../../views/detector/detector-view.js';
import { drawBars } from '../draw/bars.js';
import type { Area } from '../draw/canvas.js';
import { formatCount, formatShare, formatShort } from '../draw/format.js';
import { drawTitle, type Piece } from '../draw/line.js';
import { type CellSize, cellRows, type CellValues, cellWidths, cellX, drawCells } from '../panels/cells/cell-map.js';
import { chamberName, verdictInk } from '../panels/frame/chamber-words.js';
import { chamberBlocks, shownOf } from './chamber-blocks.js';
import type { PageInput } from './page.js';

/** Cells in a layer, at most. */
const cellsMax = 16;
const titleRows = 1;
const heightMin = titleRows + chamberLayers;
const heightMax = 14;
/** Rows from which a blank one stands below, and most rows of the sums. */
const heightLoose = 9;
const sumRowsMax = 4;
/** Most rows of a cell. */
const rowsMax = 4;
/** Widths from which a layer has its whole name, a cell a number, and both numbers. */
const nameMin = 72;
const numberMin = 118;
const bothMin = 186;
/** Columns of the rates at the right: hits/s; or with distance to the reference, dead and hot channels. */
const rateWidth = 6;
const tableWidth = 24;

/** Where the parts of a row stand. */
interface Layout {
  readonly left: number;
  readonly size: CellSize;
  readonly right: number;
  readonly isWide: boolean;
}

/** The cells of each chamber where they are in space: the top chamber first, its layers from the top. */
export function drawCellsPage(area: Area, input: PageInput): number {
  const { detector, view } = input;
  const chambers = [...detector.chambers].sort(
    (one, other) => (other.zMm ?? other.chamber) - (one.zMm ?? one.chamber) || other.chamber - one.chamber,
  );
  const blocks = chamberBlocks(area, chambers, { choices: view.choices, heightMin, heightMax });
  blocks.forEach(({ panel, area: block }, index) => {
    const height = block.height - (block.height >= heightLoose ? 1 : 0);
    const of = block.part({ x: 0, y: 0, width: block.width, height });
    drawChamber(of, panel, { ...input, legend: index });
  });
  return shownOf(blocks, chambers, view.choices);
}

function drawChamber(area: Area, panel: ChamberPanel, input: PageInput & { readonly legend: number }): void {
  const { detector, view, style } = input;
  const { isEnlarged, channel } = view.choices;
  const values = valuesOf(panel, input);
  const below = isEnlarged ? 1 : 0;
  const cells = Math.max(1, panel.channels / chamberLayers);
  const layout = layoutOf(area);
  const { left, size, right } = layout;
  drawChamberTitle(area, panel, { ...input, layout, values });
  if (values === undefined) {
    area.put(2, 1, 'no physics: hits of orbits with a trigger are not counted');
    return;
  }
  const rows = cellRows(size);
  const map = area.part({ x: left, y: titleRows, width: area.width - left - right, height: rows });
  drawCells(map, panel, { values, size, style, selected: isEnlarged ? channel : undefined });
  for (let layer = 0; layer < chamberLayers; layer++) {
    const y = titleRows + layer * size.height;
    area.put(0, y, left > 4 ? `layer ${layer}` : `${layer}`);
    drawLayerNumbers(area.part({ x: area.width - right, y, width: right, height: 1 }), panel, {
      layer,
      values,
      layout,
    });
  }
  const rest = area.height - titleRows - rows - below;
  if (rest > 0) drawCellNumbers(area.part({ x: 0, y: titleRows + rows, width: area.width, height: 1 }), cells, layout);
  const sums = { x: 0, y: titleRows + rows + 1, width: area.width, height: Math.min(sumRowsMax, rest - 1) };
  if (sums.height > 0) drawSums(area.part(sums), { panel, values, cells, layout, style });
  if (isEnlarged) {
    const line = area.part({ x: 1, y: area.height - 1, width: area.width - 1, height: 1 });
    drawTitle(line, channelPieces(panel, channel, detector));
  }
}

/** Undefined where hits of orbits with a trigger are asked for and not counted. */
function valuesOf({ occupancy }: ChamberPanel, { detector, view }: PageInput): CellValues | undefined {
  const { isGated, isRatio } = view.choices;
  const counts = isGated ? occupancy.gated : occupancy.hits;
  const seconds = detector.isCurrent ? detector.window.seconds : undefined;
  const hasReference = detector.reference?.show !== 'off' || occupancy.expectedBy === 'neighbours';
  // What is expected is of all hits.
  const expected = isGated || !hasReference ? undefined : occupancy.expected;
  return counts && { counts, expected, isRatio: isRatio && expected !== undefined, seconds };
}

function layoutOf({ width, height }: Area): Layout {
  const left = width >= nameMin ? 8 : 2;
  const isWide = width >= numberMin;
  const right = isWide ? tableWidth : width >= 50 ? rateWidth : 0;
  const mode = width >= bothMin ? 'both' : isWide ? 'number' : 'signs';
  const free = Math.floor((width - left - right) / (cellsMax + 0.5));
  const cellWidth = mode === 'signs' ? Math.max(2, Math.min(4, free)) : cellWidths[mode];
  // Besides: the title, the numbers of the cells, sums, and enlarged the line of the channel.
  const rows = Math.floor((height - titleRows - sumRowsMax) / chamberLayers);
  return { left, right, isWide, size: { mode, width: cellWidth, height: Math.max(1, Math.min(rowsMax, rows)) } };
}

function drawChamberTitle(
  area: Area,
  panel: ChamberPanel,
  of: PageInput & { readonly legend: number; readonly layout: Layout; readonly values: CellValues | undefined },
): void {
  const { view, hits, verdict } = panel;
  const { layout, legend, style, detector } = of;
  const { isGated } = of.view.choices;
  const pieces: Piece[] = [
    chamberName('chamber', panel, of),
    { text: [verdict.word, verdict.at].filter((one) => one !== undefined).join('  '), ink: verdictInk(verdict) },
    { text: `view ${view}` },
    { text: isGated ? 'hits by trigger' : `${area.width < nameMin ? formatShort(hits) : formatCount(hits)} hits` },
  ];
  const table = layout.isWide ? '   hits/s   to ref  x  ^' : layout.right === 0 ? '' : 'hits/s';
  const [signs, shades] = [`x dead  ^ hot  k known`, shadeLegend(of.values, detector, panel, style.ascii)];
  const numbers = layout.size.mode === 'both' ? cellLegend(of.values) : '';
  const legends = [
    [shades, ''],
    [signs, ''],
    [numbers, ''],
  ].at(legend) ?? [''];
  drawTitle(
    area,
    pieces,
    legends.map((text) => (text === '' ? table : `${text}  ${table}`)),
  );
}

/** What the two numbers of a cell are. */
function cellLegend(values: CellValues | undefined): string {
  const [rate, ratio] = ['hits/s', '% of what is expected'];
  return `in a cell: ${values?.isRatio === true ? `${ratio}, ${rate}` : `${rate}, ${ratio}`}`;
}

function shadeLegend(
  values: CellValues | undefined,
  { reference }: DetectorView,
  { occupancy }: ChamberPanel,
  isAscii: boolean,
): string {
  const [low, , , high] = isAscii ? ['.', ':', 'o', '#'] : ['░', '▒', '▓', '█'];
  const expectedBy = occupancy.expectedBy === 'reference' ? (reference?.name ?? 'reference') : 'the cells beside';
  return `${low} <80 %  ${high} >110 % of ${values?.isRatio === true ? expectedBy : 'the median'}`;
}

function drawLayerNumbers(
  area: Area,
  { layers }: ChamberPanel,
  { layer, values, layout }: { layer: number; values: CellValues; layout: Layout },
): void {
  const { counts, expected, seconds } = values;
  const hits = [...counts].reduce((sum, count, channel) => (layerOf(channel) === layer ? sum + count : sum), 0);
  const rate = seconds === undefined || seconds === 0 ? '–' : rateText(hits / seconds);
  if (!layout.isWide) {
    area.put(Math.max(0, area.width - rate.length), 0, rate);
    return;
  }
  const of = layers.at(layer);
  const toReference = expected === undefined ? undefined : of?.toReference;
  const share = toReference === undefined ? '–' : percentAbove(toReference);
  area.put(
    0,
    0,
    `${rate.padStart(9)}${share.padStart(9)}${String(of?.dead ?? 0).padStart(3)}${String(of?.hot ?? 0).padStart(3)}`,
  );
}

/** `46.2`, `812`, `12.3k`. */
function rateText(rate: number): string {
  return rate < 99.95 ? rate.toFixed(1) : formatShort(rate);
}

function percentAbove(share: number): string {
  return Math.abs(100 * share) < 999.5 ? formatShare(share) : '>1000 %';
}

function drawCellNumbers(area: Area, cells: number, { left, size }: Layout): void {
  area.put(0, 0, left > 4 ? 'cell' : '');
  for (let cell = 0; cell < cells; cell++) {
    const label = size.width > 3 ? String(cell).padStart(3) : String(cell);
    if (label.length < size.width) area.put(left + cellX(0, cell, size), 0, label);
  }
}

/** Hits of the four cells above each other; a hot one among them does not own the scale. */
function drawSums(
  area: Area,
  of: {
    readonly panel: ChamberPanel;
    readonly values: CellValues;
    readonly cells: number;
    readonly layout: Layout;
    readonly style: PageInput['style'];
  },
): void {
  const { panel, values, cells, layout, style } = of;
  const { left, size } = layout;
  const columns = Array.from({ length: cells }, (_, cell) => {
    const [from, to] = [cell * chamberLayers, (cell + 1) * chamberLayers];
    const sum = values.counts.slice(from, to).reduce((total, count) => total + count, 0);
    return { sum, isWell: !panel.occupancy.signs.slice(from, to).includes('^') };
  });
  const well = columns.filter(({ isWell }) => isWell);
  const max = Math.max(1, ...(well.length === 0 ? columns : well).map(({ sum }) => sum));
  area.put(0, area.height - 1, left > 4 ? 'sum' : '');
  const bars = area.part({ x: left, y: 0, width: cells * size.width, height: area.height });
  const sums = columns.map(({ sum }) => sum);
  drawBars(bars, { values: sums, max, columnWidth: size.width, gap: true, ink: 'data' }, style);
}

/** All about a channel. */
function channelPieces(
  { chamber, channels, occupancy }: ChamberPanel,
  channel: number,
  { isCurrent, window }: DetectorView,
): Piece[] {
  if (channel >= channels) return [];
  const { hits, gated, expected, expectedBy, signs } = occupancy;
  const words: Partial<Record<string, string>> = { x: 'dead', '^': 'hot', k: 'known', '?': 'no verdict' };
  const mean = expected?.[channel];
  const texts = [
    `${chamber}:${channel}`,
    isCurrent ? (words[signs[channel]] ?? 'ok') : '?',
    `layer ${layerOf(channel)} cell ${channel >> 2}`,
    `${formatCount(hits[channel])} hits, ${window.title}`,
    `${mean === undefined || !Number.isFinite(mean) ? '–' : formatCount(mean)} by ${expectedBy}`,
    gated === undefined ? 'no physics' : `${formatCount(gated[channel])} by trigger`,
  ];
  return texts.map((text, index) => ({ text, ink: index === 0 ? 'strong' : 'plain' }));
}
