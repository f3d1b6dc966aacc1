import { layerOf } from '../../../domain/geometry.js';
import { robustTop } from '../../../results/plot-scale.js';
import type { ChamberPanel, ChannelTrend } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatClock, formatCount, formatPeriod, formatShort } from '../../draw/format.js';
import { drawPieces, type Piece, plainPiece } from '../../draw/line.js';
import { drawSeries, zeroSign } from '../../draw/series.js';
import type { PageInput } from '../../pages/page.js';
import { chamberName, verdictInk } from '../frame/chamber-words.js';
import { signInk } from './channel-strips.js';
import { occupancyBars } from './occupancy-bars.js';
import { channelLayout, drawChannelLines, scaleWidth } from './occupancy-panel.js';

/** Rows below the bars: the ratio to what is expected, the cursor, and four of words. */
const ratioRows = 2;
const wordRows = 3;
/** Height from which there is room for the ratio. */
const heightWithRatio = 14;

/** One chamber over the whole page, and the numbers of the channel that the cursor is at. */
export function drawEnlargedOccupancy(area: Area, input: PageInput): number {
  const { detector, view } = input;
  const panel = detector.chambers.find(({ chamber }) => chamber === view.choices.chamber) ?? detector.chambers[0];
  const channel = Math.max(0, Math.min(panel.channels - 1, view.choices.channel));
  const { width, height } = area;
  drawTitle(area, panel, input);
  const bars = occupancyBars(panel, detector, view.choices);
  const below = height >= heightWithRatio ? ratioRows + wordRows + 1 : wordRows + 1;
  const plotHeight = height - 1 - below;
  if (bars === undefined) area.put(scaleWidth, 1, 'no physics: nothing says which hits belong to a trigger');
  else {
    const layout = channelLayout(width, panel.channels);
    const piece = Math.floor(channel / layout.perLine);
    const first = piece * layout.perLine;
    const part = area.part({ x: 0, y: 1, width, height: plotHeight });
    drawChannelLines(part, { panel, bars, only: piece }, input);
    drawCursor(area, { panel, channel, first, y: 1 + plotHeight, hasRatio: height >= heightWithRatio }, input);
  }
  drawWords(area.part({ x: 0, y: height - wordRows, width, height: wordRows }), { panel, channel }, input);
  return detector.chambers.length;
}

function drawTitle(area: Area, panel: ChamberPanel, { detector, view }: PageInput): void {
  const { hits, hitsPerS, verdict } = panel;
  const { isLog, isGated } = view.choices;
  const show = detector.reference?.show;
  const rate = hitsPerS === undefined ? '–/s' : `${formatShort(hitsPerS)}/s`;
  const left: Piece[] = [
    chamberName('chamber', panel, { detector, view }),
    plainPiece(`${formatCount(hits)} hits  ${rate}`),
    { text: verdict.word, ink: verdictInk(verdict) },
  ];
  const scale = `l ${isLog ? 'log' : 'linear'}`;
  const gate = `g ${isGated ? 'hits by trigger' : 'all hits'}`;
  const reference = show === undefined ? [] : [plainPiece(`o ${show}`)];
  drawPieces(
    area,
    [left, left.slice(0, 1)],
    [
      [plainPiece('e or Esc back'), plainPiece(scale), plainPiece(gate), ...reference],
      [plainPiece(scale), ...reference],
      [],
    ],
  );
}

interface Cursor {
  readonly panel: ChamberPanel;
  readonly channel: number;
  /** First channel of the line that is shown. */
  readonly first: number;
  readonly y: number;
  readonly hasRatio: boolean;
}

/** The ratio to what is expected by channel, and below it where the cursor is. */
function drawCursor(area: Area, { panel, channel, first, y, hasRatio }: Cursor, { style }: PageInput): void {
  const { perLine, columnWidth } = channelLayout(area.width, panel.channels);
  const last = Math.min(panel.channels, first + perLine);
  const { hits, expected } = panel.occupancy;
  if (hasRatio && expected !== undefined) {
    area.put(1, y, 'ratio');
    const ratios = Array.from({ length: last - first }, (_, index) => {
      const mean = expected[first + index];
      return mean > 0 ? hits[first + index] / mean : undefined;
    });
    ratios.forEach((ratio, index) => {
      const cell = area.part({ x: scaleWidth + index * columnWidth, y, width: columnWidth, height: 1 });
      for (let column = 0; column < columnWidth; column++) {
        drawSeries(cell.part({ x: column, y: 0, width: 1, height: 1 }), [ratio], { top: 2 }, style);
      }
    });
  }
  const x = scaleWidth + (channel - first) * columnWidth;
  area.put(x, y + (hasRatio ? 1 : 0), style.ascii ? '^' : '▲', 'strong');
}

/** Where the channel is read out and stands, what it counts, and how that went. */
function drawWords(
  area: Area,
  { panel, channel }: { readonly panel: ChamberPanel; readonly channel: number },
  { detector, style }: PageInput,
): void {
  const { chamber, occupancy } = panel;
  const sign = occupancy.signs[channel];
  const name: Piece = { text: ` channel ${chamber}:${channel}`, ink: 'strong' };
  const signed: Piece[] = sign === ' ' ? [] : [{ text: sign, ink: signInk(sign) }];
  const board = boardText(panel, channel, detector.window.sums.totals.common);
  const place = plainPiece(`layer ${layerOf(channel)} cell ${channel >> 2}`);
  drawPieces(
    area,
    [[name, ...signed, ...board, place], [name, ...signed, place], [name]],
    [[plainPiece(', . move'), plainPiece('/ find ')], []],
  );
  const alarm = detector.alarms.find(
    ({ object, state }) => object.chamber === chamber && object.channel === channel && state !== 'GONE',
  );
  const since = alarm === undefined ? [] : [plainPiece(`${alarm.fault} since ${formatClock(alarm.sinceMs)}`)];
  const { seconds } = detector.window;
  const counted = ` hits ${formatCount(occupancy.hits[channel])}${seconds === undefined ? '' : ` in ${formatPeriod(seconds)}`}`;
  const beside = `${formatCount(occupancy.beside[channel])} by neighbours`;
  const mean = occupancy.expected?.[channel];
  const isKnown = occupancy.expectedBy === 'reference' && mean !== undefined && mean >= 0;
  const plusMinus = style.ascii ? '+-' : '±';
  const byReference = isKnown ? `${formatCount(mean)} ${plusMinus}${formatCount(Math.sqrt(mean))} by reference, ` : '';
  const line = area.part({ x: 0, y: 1, width: area.width, height: 1 });
  const long = [plainPiece(counted), plainPiece(`expected ${byReference}${beside}`)];
  drawPieces(
    line,
    [[...long, ...since], long, [plainPiece(counted), plainPiece(`expected ${isKnown ? formatCount(mean) : beside}`)]],
    [[]],
  );
  const { channelTrend } = detector;
  if (channelTrend?.chamber !== chamber || channelTrend.channel !== channel) return;
  drawChannelTrend(area.part({ x: 0, y: 2, width: area.width, height: 1 }), channelTrend, style);
}

function drawChannelTrend(area: Area, { hits }: ChannelTrend, style: PageInput['style']): void {
  const name = ` last ${hits.length} min`;
  const x = name.length + 3;
  const width = Math.min(hits.length, area.width - x);
  area.put(0, 0, name);
  const top = robustTop(hits.map((count) => count ?? 0));
  drawSeries(area.part({ x, y: 0, width, height: 1 }), hits, { top: top === 0 ? 1 : top }, style);
  area.put(x + width + 3, 0, `1 min a column, ${zeroSign(style)} = 0 hits`);
}

/** `board 1 channel 17`, where the messages say it. */
function boardText(
  { chamber }: ChamberPanel,
  channel: number,
  common: PageInput['detector']['window']['sums']['totals']['common'],
): Piece[] {
  const of = common === 'different' ? undefined : common?.[chamber];
  return of === undefined ? [] : [plainPiece(`board ${of.fpga} channel ${of.channel_first + channel}`)];
}
