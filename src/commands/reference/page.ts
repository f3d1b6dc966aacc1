import { chamberLayers, type Geometry, layerOf } from '../../domain/geometry.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import { utcOfIso } from '../../domain/utc-text.js';
import { fitBox } from '../../physics/box-fit.js';
import type { ChamberReference, QualityReference } from '../../quality/quality-reference.js';
import { defaultQuality } from '../../quality/quality-settings.js';
import { outliers } from '../../results/outliers.js';
import { formatCount } from '../../tui/draw/format.js';
import { alignRows } from '../console/align-rows.js';
import { countOf } from '../console/plural.js';

/** Columns of a line. */
const width = 80;
const shownMax = 40;
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
  const head = ['CHAMBER', 'HITS/S', 'REPEATED', 'BURSTS', 'MATCHED', 'IN TIME', 'EFFICIENCY BY LAYER'];
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
function shortLines(reference: QualityReference, options: PageOptions, isOwn: boolean): string[] {
  const { referenceMin } = defaultQuality;
  const { chambers } = reference;
  const few = channels(reference, ({ activeSlots, notLearned }, channel) =>
    activeSlots[channel] < referenceMin && !notLearned.includes(channel) ? String(activeSlots[channel]) : undefined,
  );
  const notLearned = channels(reference, (chamber, channel) => (chamber.notLearned.includes(channel) ? '' : undefined));
  const boxes = chambers.flatMap((chamber, index) => boxProblem(chamber, index, options));
  return [
    'no data for tests by this reference:',
    ...listLines(`channel_low and _high, channels active in fewer than ${referenceMin} slots`, few),
    ...listLines('channel_low and _high, channels not learned', notLearned),
    ...(isOwn ? listLines('box_rise, _fall and _width, chambers whose edges are not known well', boxes) : []),
    ...(chambers.some(({ segments }) => segments === undefined) ? ['  layer_efficiency: no segments'] : []),
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
  return [`${chamber} (± ${rise.toFixed(2)}, ${fall.toFixed(2)} ns, ${countOf(fit.entries, 'entry', 'entries')})`];
}

/** Channels that were weak or hot already, to be looked at before they are called good. */
function weakLines(reference: QualityReference): string[] {
  const counts = reference.chambers.map(({ activeOrbits }) => Float64Array.from(activeOrbits));
  const far = outliers(counts, outliersShown).map(
    ({ chamber, channel, ofChamber }) => `${chamber}:${channel} (x ${ofChamber.toFixed(1)})`,
  );
  const inefficient = channels(reference, ({ segments }, channel) => {
    const pass = segments?.probe_pass[channel] ?? 0;
    const probes = pass + (segments?.probe_fail[channel] ?? 0);
    return probes >= probesMin && pass / probes < efficiencyMin ? `${pass} of ${probes}` : undefined;
  });
  return [
    'look at these before you call it good:',
    ...listLines('far from their chamber and layer, by active orbits', far),
    ...listLines(`efficiency below ${efficiencyMin}, of ${probesMin} probes or more`, inefficient),
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

/** What is listed, in lines of their own below it. */
function listLines(what: string, list: readonly string[]): string[] {
  if (list.length === 0) return [`  ${what}: none`];
  const items = list.length > shownMax ? [...list.slice(0, shownMax), `… ${list.length - shownMax} more`] : list;
  const lines = [`  ${what}: ${list.length}`];
  let line = '   ';
  items.forEach((item, index) => {
    const text = ` ${item}${index === items.length - 1 ? '' : ','}`;
    if (line.length + text.length > width) {
      lines.push(line);
      line = '   ';
    }
    line += text;
  });
  return [...lines, line];
}

function percent(part: number, of: number): string {
  return of === 0 ? '-' : `${((100 * part) / of).toFixed(1)} %`;
}
