import type { BoxFit } from '../../domain/physics-message.js';
import type { BoxReference, ChamberPanel, DetectorView } from '../../views/detector/detector-view.js';
import type { ChamberView, DriftView } from '../../views/chamber-view.js';
import type { Area } from '../draw/canvas.js';
import { formatCount, formatMeasured, formatShort, formatSigned } from '../draw/format.js';
import { drawTitle, type Piece } from '../draw/line.js';
import { hasLines, type Style } from '../draw/style.js';
import { drawBoxChart } from '../panels/timing/box-chart.js';
import { boxTrendLength, drawBox, drawBoxTrend, hasResiduals, residualTop } from '../panels/timing/box-panel.js';
import { chamberName, verdictInk } from '../panels/frame/chamber-words.js';
import { statusText } from '../panels/timing/time-box.js';
import { chamberBlocks, shownOf } from './chamber-blocks.js';
import type { PageInput } from './page.js';

/** Title, a box of two rows, and the ruler. */
const heightMin = 4;
const heightMax = 16;
/** Rows from which a blank one stands below. */
const heightLoose = 9;
/** Widths from which the reference, and all that a fit says, stand at the right of the box. */
const narrowRight = { from: 72, width: 8 };
const wideRight = { from: 110, width: 47 };
/** Width from which the box since the start stands beside that of the window. */
const widthWithRun = 180;
const gap = 2;
/** Rows of the trend of the width; below it the numbers. */
const trendRows = 2;

/** A chamber's drift times with the fitted time box, what it is expected to be, and how it has been. */
export function drawTimingPage(area: Area, input: PageInput): number {
  const { detector, view } = input;
  const { chambers } = detector;
  const blocks = chamberBlocks(area, chambers, { choices: view.choices, heightMin, heightMax });
  blocks.forEach(({ panel, area: block }) => {
    const height = block.height - (block.height >= heightLoose ? 1 : 0);
    drawChamber(block.part({ x: 0, y: 0, width: block.width, height }), panel, input);
  });
  const blockHeight = blocks.at(0)?.area.height ?? 0;
  const used = blocks.length * blockHeight - (blockHeight >= heightLoose ? 1 : 0);
  const hasMore = hasResiduals({ height: blockHeight - (blockHeight >= heightLoose ? 2 : 1) });
  const note = area.part({ x: 1, y: area.height - 1, width: area.width - 1, height: 1 });
  if (used < area.height) drawNote(note, input, hasMore);
  return shownOf(blocks, chambers, view.choices);
}

function drawChamber(area: Area, panel: ChamberPanel, input: PageInput): void {
  const { detector, view, style } = input;
  const { physics } = panel;
  const title = area.part({ x: 0, y: 0, width: area.width, height: 1 });
  if (physics === undefined) {
    drawTitle(title, [chamberName('chamber', panel, input), { text: 'no physics' }]);
    area.put(2, 1, whyNoPhysics(detector));
    return;
  }
  const { drift } = physics;
  const hasReference = detector.reference !== undefined && detector.reference.show !== 'off';
  const reference = hasReference ? panel.boxReference : undefined;
  const right = area.width >= wideRight.from ? wideRight : area.width >= narrowRight.from ? narrowRight : undefined;
  const width = area.width - (right === undefined ? 0 : right.width + 1);
  const run = area.width >= widthWithRun && !view.choices.isEnlarged ? panel.boxSinceStart : undefined;
  const ofWindow = run === undefined ? width : Math.floor((width - gap) / 2);
  const draw = isChart(input) ? drawBoxChart : drawBox;
  drawTitle(
    run === undefined ? title : title.part({ x: 0, y: 0, width: ofWindow, height: 1 }),
    [chamberName('chamber', panel, input), boxPiece(panel, drift, detector), ...fitPieces(panel, drift, style)],
    notesOf(physics, drift),
  );
  draw(area.part({ x: 0, y: 1, width: ofWindow, height: area.height - 1 }), { drift, reference }, style);
  if (run !== undefined) {
    const part = area.part({ x: ofWindow + gap, y: 0, width: width - ofWindow - gap, height: area.height });
    const ofRun = { drift: run.drift, reference: hasReference ? run.reference : undefined };
    const name: Piece = { text: view.frozen === undefined ? 'since start' : 'start to it', ink: 'strong' };
    drawTitle(part, [name, ...fitPieces(panel, run.drift, style)], hitsNotes(run.drift));
    draw(part.part({ x: 0, y: 1, width: part.width, height: part.height - 1 }), ofRun, style);
  }
  const beside = area.part({ x: width + 1, y: 1, width: area.width - width - 1, height: area.height - 1 });
  if (right === narrowRight) drawReferenceWidth(beside, drift.box, reference);
  if (right === wideRight) drawFit(beside, { panel, drift, reference, style });
}

/** Whether drift times, reference and fit are lines. */
function isChart({ view, style }: PageInput): boolean {
  return view.choices.isEnlarged && hasLines(style);
}

function boxPiece(panel: ChamberPanel, { box }: DriftView, detector: DetectorView): Piece {
  const isFitted = box?.width_ns !== null && box?.width_ns !== undefined;
  return isFitted ? boxVerdict(panel, detector) : { text: `no fit: ${statusText(box?.status ?? 'few')}` };
}

/** What the tests say of the chamber's box; they say nothing else of timing. */
function boxVerdict({ chamber, verdict }: ChamberPanel, { alarms, isCurrent }: DetectorView): Piece {
  const of = alarms.find(
    ({ test, object, state }) => test.startsWith('box_') && object.chamber === chamber && state !== 'GONE',
  );
  const state = !isCurrent ? 'unknown' : verdict.state;
  if (state === 'unknown') return { text: '?', ink: verdictInk({ state }) };
  if (of === undefined) return { text: 'ok' };
  return of.state === 'KNOWN' ? { text: 'known' } : { text: of.fault.replace(/^box /, '').toUpperCase(), ink: 'bad' };
}

function fitPieces({ t0Ns }: ChamberPanel, { box }: DriftView, style: Style): Piece[] {
  if (box === undefined || box.width_ns === null || box.width_err === null) return [];
  const t0 = fittedT0(t0Ns, box);
  return [
    { text: `box ${formatMeasured(box.width_ns, box.width_err, style)} ns` },
    ...(t0 === undefined ? [] : [{ text: `t0 ${t0.toFixed(1)} ns` }]),
  ];
}

/** The offset at which the box would begin at 0. */
function fittedT0(t0Ns: number | undefined, { t_trig_ns: shift }: BoxFit): number | undefined {
  return t0Ns === undefined || shift === null ? undefined : t0Ns + shift;
}

function notesOf({ gated }: ChamberView, { after, histogram }: DriftView): string[] {
  const entries = sum(histogram.counts);
  const orbits = gated?.orbits ?? 0;
  const of = after === 'chambers' ? 'by the other chambers' : `of ${formatCount(orbits)} triggers`;
  const short = after === 'chambers' ? 'by chambers' : `of ${formatShort(orbits)}`;
  return [
    `${formatCount(entries)} hits ${of}`,
    `${formatShort(entries)} hits ${short}`,
    `${formatShort(entries)} hits`,
  ];
}

function hitsNotes({ histogram }: DriftView): string[] {
  const entries = sum(histogram.counts);
  return [`${formatCount(entries)} hits`, `${formatShort(entries)} hits`];
}

function drawReferenceWidth(area: Area, box: BoxFit | undefined, reference: BoxReference | undefined): void {
  const expected = reference?.box?.width_ns;
  if (expected === undefined || expected === null) return;
  const width = box?.width_ns ?? undefined;
  const lines = ['ref', expected.toFixed(1), width === undefined ? '–' : formatSigned(width - expected)];
  lines.forEach((line, y) => area.put(area.width - line.length, y, line));
}

/** The width over time, then all that the fit says. */
function drawFit(
  area: Area,
  of: { panel: ChamberPanel; drift: DriftView; reference: BoxReference | undefined; style: Style },
): void {
  const { panel, drift, reference, style } = of;
  const hasTrend = area.height >= 5;
  const trend = area.part({ x: 0, y: 0, width: Math.min(area.width, boxTrendLength + 6), height: trendRows });
  if (hasTrend) drawBoxTrend(trend, panel, style);
  if (hasTrend && area.width >= 46) area.put(38, 0, '30 min');
  const lines = fitLines(panel, drift, reference);
  lines.slice(0, area.height - (hasTrend ? trendRows : 0)).forEach((line, index) => {
    area.put(2, index + (hasTrend ? trendRows : 0), line);
  });
}

function fitLines(
  { t0Ns }: ChamberPanel,
  { box, histogram }: DriftView,
  reference: BoxReference | undefined,
): string[] {
  if (box === undefined || box.width_ns === null || box.width_err === null) return [];
  const expected = reference?.box?.width_ns ?? undefined;
  const velocity = box.v_eff_um_ns;
  const t0 = fittedT0(t0Ns, box);
  const outside = shareOutside(histogram, box);
  return [
    `width    ${box.width_ns.toFixed(1)} ns${expected === undefined ? '' : `   reference ${expected.toFixed(1)}, ${formatSigned(box.width_ns - expected)}`}`,
    `t0       ${t0?.toFixed(1) ?? '–'} ns   configured ${t0Ns?.toFixed(1) ?? '–'}`,
    `v drift  ${velocity?.toFixed(1) ?? '–'} um/ns, from 21 mm / width`,
    `outside  ${outside === undefined ? '–' : (100 * outside).toFixed(1)} % of hits, before [ or after ]`,
  ];
}

/** Share of the entries before the rising or after the falling edge. */
function shareOutside({ counts, offsetNs, binNs }: DriftView['histogram'], box: BoxFit): number | undefined {
  const { rise_ns: rise, fall_ns: fall } = box;
  const all = sum(counts);
  if (rise === null || fall === null || all === 0) return undefined;
  const isInside = (bin: number): boolean => {
    const ns = offsetNs + (bin + 0.5) * binNs;
    return ns >= rise && ns <= fall;
  };
  return 1 - sum(counts.filter((_, bin) => isInside(bin))) / all;
}

function whyNoPhysics({ window }: DetectorView): string {
  return window.sums.physics === null
    ? 'lanes may have split orbits: docs/physics.md'
    : 'the messages of this window have none: --physics off';
}

/** What the signs mean. */
function drawNote(area: Area, input: PageInput, hasMore: boolean): void {
  const { detector, style } = input;
  const edges = isChart(input) ? 'bold: fit at the edges [ ]' : '[ ] edges of the fit';
  const line = isChart(input) ? 'faint:' : style.ascii ? '-' : '─';
  const hasReference = detector.reference !== undefined && detector.reference.show !== 'off';
  const reference = hasReference ? `   ${line} reference, scaled to the same number of hits` : '';
  const residual = hasReference && !isChart(input) ? `   more, less: than it, full bar ${residualTop} sigma` : '';
  drawTitle(
    area,
    [],
    [
      ...(hasMore ? [`${edges}${reference}${residual}`] : []),
      `${edges}${reference}`,
      ...(hasReference ? [`${edges}   ${line} reference`] : []),
      edges,
    ],
  );
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
