import { chamberLayers, type Geometry, layerOf } from '../../domain/geometry.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import { utcOfIso } from '../../domain/utc-text.js';
import { fitBox } from '../../physics/box-fit.js';
import type { ChamberReference, QualityReference } from '../../quality/quality-reference.js';
import { defaultQuality } from '../../quality/quality-settings.js';
import { outliers } from '../../results/outliers.js';
import { formatCount } from '../../tui/draw/format.js';
import { outlierText } from '../../tui/panels/outlier-lines.js';
import { alignRows } from '../console/align-rows.js';
import { countOf } from '../console/plural.js';

/** Columns of a line. */
const width = 80;
const channelsShown = 16;
const outliersShown = 12;
/** A channel is called inefficient by so many probes at least, below so much. */
const probesMin = 15;
const efficiencyMin = 0.8;
/** Largest errors of edges and width of a time box for tests of them, in ns: a third of half the band. */
const edgeErrorNsMax = 0.5;
const widthErrorNsMax = 2 / 3;

export interface PageOptions {
  readonly geometry: Geometry;
  readonly plan: PhysicsPlan;
}

/** `600.3 s of live time, 2026-11-29 21:00:03 to 21:10:05 UTC, 4 chambers` */
export function coverageText({ liveS, times, chambers }: QualityReference): string {
  const when = times === undefined ? '' : `, ${timesText(times)}`;
  return `${liveS.toFixed(1)} s of live time${when}, ${countOf(chambers.length, 'chamber')}`;
}

/** What is in a reference and which tests it is good for, line by line. */
export function referencePage(reference: QualityReference, options: PageOptions): string[] {
  const { name, geometry, liveS, slots, triggerOrbits, rowsRead, corrupt, orbits, times, learned } = reference;
  const isOwn = geometry === options.plan.geometry;
  const rateHz = liveS === 0 ? 0 : triggerOrbits / liveS;
  const rows = [
    ['reference', name],
    ...(times === undefined ? [] : [['messages', timesText(times)]]),
    ...(learned === undefined ? [] : [['learned', timesText(learned)]]),
    ...(orbits === null ? [] : [['orbits', `${formatCount(orbits[0])} to ${formatCount(orbits[1])}`]]),
    ['live time', `${liveS.toFixed(1)} s, ${formatCount(Math.round(slots))} slots`],
    ['trigger', `${countOf(triggerOrbits, 'orbit')}, ${rateHz.toFixed(1)} Hz`],
    ['rows', `${formatCount(rowsRead)}, ${formatCount(corrupt)} of them rejected or of no channel`],
    ['geometry', `${geometry}${isOwn ? '' : `, which is not that of the configuration (${options.plan.geometry})`}`],
  ];
  return [...alignRows(rows, 2), '', ...chamberLines(reference), '', ...shortLines(reference, options, isOwn), '', ...weakLines(reference)]; // prettier-ignore
}

/** Times of one day without the second date. */
function timesText([from, to]: readonly [string, string]): string {
  const [first, last] = [utcOfIso(from), utcOfIso(to)];
  return `${first} to ${first.slice(0, 10) === last.slice(0, 10) ? last.slice(11) : last} UTC`;
}

function chamberLines({ liveS, chambers }: QualityReference): string[] {
  const head = ['CHAMBER', 'HITS/S', 'REPEATED', 'BURSTS', 'MATCHED', 'IN TIME', 'EFFICIENCY OF LAYERS'];
  const rows = chambers.map((chamber, index) => {
    const { hits, repeats, bursts, matched, inTime } = chamber;
    const layers = layerEfficiencies(chamber).map((share) => (share === undefined ? '-' : share.toFixed(3)));
    return [
      String(index),
      (hits / liveS).toFixed(1),
      percent(repeats, hits),
      formatCount(bursts),
      formatCount(matched),
      percent(inTime, matched),
      layers.join(' '),
    ];
  });
  return alignRows([head, ...rows], 1);
}

/** Passed of all probes by layer; undefined without a probe. */
function layerEfficiencies({ segments }: ChamberReference): (number | undefined)[] {
  const [passed, probes] = [0, 1].map(() => new Array<number>(chamberLayers).fill(0));
  segments?.probe_pass.forEach((pass, channel) => {
    passed[layerOf(channel)] += pass;
    probes[layerOf(channel)] += pass + segments.probe_fail[channel];
  });
  return passed.map((pass, layer) => (probes[layer] === 0 ? undefined : pass / probes[layer]));
}

/** Tests that say NO_DATA with this reference. */
function shortLines(reference: QualityReference, { geometry, plan }: PageOptions, isOwn: boolean): string[] {
  const { referenceMin } = defaultQuality;
  const few = channels(reference, ({ activeSlots, notLearned }, channel) =>
    activeSlots[channel] < referenceMin && !notLearned.includes(channel) ? String(activeSlots[channel]) : undefined,
  );
  const boxes = isOwn
    ? reference.chambers.flatMap((chamber, index) => boxProblem(chamber, index, { geometry, plan }))
    : [];
  return [
    'no test of these by their reference:',
    listLine(`channels active in fewer than ${referenceMin} slots (channel_low, channel_high)`, few),
    listLine(
      'in alarm of their neighbours when it was made (channel_low, channel_high)',
      channels(reference, ({ notLearned }, channel) => (notLearned.includes(channel) ? '' : undefined)),
    ),
    listLine('time boxes not well enough known (box_rise, box_fall, box_width)', boxes),
    ...(reference.chambers.some(({ segments }) => segments === undefined)
      ? ['  layers: no segments (layer_efficiency)']
      : []),
  ];
}

/** Whether the edges of a chamber's time box are known to a third of half the band of their tests. */
function boxProblem(
  { drift, driftChambers }: ChamberReference,
  chamber: number,
  { geometry, plan }: PageOptions,
): string[] {
  const histogram = plan.time === 'chambers' ? driftChambers : drift;
  if (histogram === undefined) return [`${chamber} (no drift times of the chambers)`];
  const { counts, offset_ns: offsetNs, ticks_bin } = histogram;
  const fit = fitBox({ counts, offsetNs, binNs: ticks_bin * plan.tickNs }, geometry.driftVelocityUmNs);
  const { status, rise_err: rise, fall_err: fall, width_err: width } = fit;
  if (status !== 'ok' || rise === null || fall === null || width === null)
    return [`${chamber} (${status}, ${countOf(fit.entries, 'entry', 'entries')})`];
  if (Math.max(rise, fall) <= edgeErrorNsMax && width <= widthErrorNsMax) return [];
  return [`${chamber} (errors ${rise.toFixed(1)}, ${fall.toFixed(1)} ns, ${countOf(fit.entries, 'entry', 'entries')})`];
}

/** Channels that were weak or hot already, to be looked at before they are called good. */
function weakLines(reference: QualityReference): string[] {
  const counts = reference.chambers.map(({ activeOrbits }) => Float64Array.from(activeOrbits));
  const far = outlierText(outliers(counts, outliersShown), width - 2, 'x');
  const inefficient = channels(reference, ({ segments }, channel) => {
    const pass = segments?.probe_pass[channel] ?? 0;
    const probes = pass + (segments?.probe_fail[channel] ?? 0);
    return probes >= probesMin && pass / probes < efficiencyMin ? `${pass} of ${probes}` : undefined;
  });
  return [
    'look at these before you call it good:',
    `  far from their chamber and layer, by active orbits: ${far === '' ? 'none' : ''}`,
    ...(far === '' ? [] : [`    ${far}`]),
    listLine(`efficiency below ${efficiencyMin}, of ${probesMin} probes or more`, inefficient),
  ];
}

/** `1:37 (12)` for all channels about which there is something to say. */
function channels(
  { chambers }: QualityReference,
  noteOf: (chamber: ChamberReference, channel: number) => string | undefined,
): string[] {
  return chambers.flatMap((chamber, index) =>
    chamber.activeSlots.flatMap((_, channel) => {
      const note = noteOf(chamber, channel);
      return note === undefined ? [] : [`${index}:${channel}${note === '' ? '' : ` (${note})`}`];
    }),
  );
}

/** A line, and what is listed in further ones. */
function listLine(what: string, list: readonly string[]): string {
  const shown = list.slice(0, channelsShown).join(', ');
  const more = list.length > channelsShown ? `, … ${list.length - channelsShown} more` : '';
  return `  ${what}: ${list.length === 0 ? 'none' : `${list.length}: ${shown}${more}`}`;
}

function percent(part: number, of: number): string {
  return of === 0 ? '-' : `${((100 * part) / of).toFixed(1)} %`;
}
