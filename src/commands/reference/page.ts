import { chamberLayers, type Geometry, layerOf } from '../../domain/geometry.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import { utcOfIso } from '../../domain/utc-text.js';
import { channelDelayS } from '../../quality/channel-delay.js';
import { channelCounts } from '../../quality/channel-rate.js';
import { alarmHeight } from '../../quality/detector.js';
import type { TestName } from '../../quality/events.js';
import { Comparable } from '../../quality/neighbour-statistic.js';
import { directionsOf } from '../../quality/object-test.js';
import { objectText } from '../../quality/object-text.js';
import type { ChamberReference, QualityReference } from '../../quality/quality-reference.js';
import type { QualitySettings } from '../../quality/quality-settings.js';
import { type ListedTest, listTests } from '../../quality/test-list.js';
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

export interface PageOptions {
  readonly geometry: Geometry;
  readonly plan: PhysicsPlan;
  readonly settings: QualitySettings;
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
  return [...alignRows(rows, 2), '', ...chamberLines(reference), '', ...(isOwn ? [...testLines(reference, options), ''] : []), ...weakLines(reference)]; // prettier-ignore
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

/** What tests find with this reference, and how soon. */
function testLines(reference: QualityReference, { geometry, plan, settings }: PageOptions): string[] {
  const masked = new Set(settings.masked);
  const comparable = new Comparable(geometry.chambers.length);
  const tests = listTests({ geometry, plan, settings, masked, comparable, reference, isLearning: false });
  const detectors = tests.reduce((sum, { test, isCounted }) => sum + (isCounted ? directionsOf(test) : 0), 0);
  const threshold = alarmHeight(detectors, settings.alarmsPerDay);
  return [...delayLines(reference, tests, { settings, threshold }), '', ...missingLines(tests)];
}

/** Seconds until channels are named that died or count ten times as much. */
function delayLines(
  { chambers, slots, liveS }: QualityReference,
  tests: readonly ListedTest[],
  { settings, threshold }: { readonly settings: QualitySettings; readonly threshold: number },
): string[] {
  const slotS = liveS / slots;
  const texts = ([test, times]: readonly [TestName, number]): string[][] => {
    const tested = tests.filter((one) => one.test === test && typeof one.statistic !== 'string');
    return chambers.map((chamber, index) => {
      const delays = tested
        .filter(({ object }) => object.chamber === index)
        .map(({ object: { channel = 0 } }) => {
          const counts = channelCounts(chamber, channel);
          const delayS = channelDelayS(counts, { slots, slotS, settings, threshold, times });
          return { name: `${index}:${channel}`, delayS };
        })
        .sort((one, other) => one.delayS - other.delayS);
      const slowest = delays.at(-1);
      if (slowest === undefined) return ['-', '-'];
      const name = slowest.delayS > settings.lookS ? ` ${slowest.name}` : '';
      return [secondsText(delays[delays.length >> 1].delayS), `${secondsText(slowest.delayS)}${name}`];
    });
  };
  const [dead, hot] = ([['channel_low', 0], ['channel_high', 10]] as const).map(texts); // prettier-ignore
  const head = ['CHAMBER', 'DEAD: MEDIAN', 'SLOWEST', 'x 10: MEDIAN', 'SLOWEST'];
  const rows = chambers.map((_, index) => [String(index), ...dead[index], ...hot[index]]);
  return [
    'live time until a channel is named that died, or counts ten times as much:',
    ...alignRows([head, ...rows], 1),
  ];
}

function secondsText(seconds: number): string {
  return Number.isFinite(seconds) ? `${seconds.toFixed(0)} s` : 'never';
}

/** Tests that cannot run, by the reason; what was found instead of what is needed stands with the object. */
function missingLines(tests: readonly ListedTest[]): string[] {
  const byReason = new Map<string, Map<string, { readonly tests: string[]; readonly got: string }>>();
  for (const { test, object, statistic } of tests) {
    if (typeof statistic !== 'string') continue;
    const [reason, got = ''] = statistic.split(', got ');
    const objects = byReason.get(reason) ?? new Map<string, { tests: string[]; got: string }>();
    byReason.set(reason, objects);
    const known = objects.get(objectText(object));
    if (known === undefined) objects.set(objectText(object), { tests: [test], got });
    else known.tests.push(test);
  }
  if (byReason.size === 0) return ['every test has its data'];
  const lines = [...byReason].flatMap(([reason, objects]) => {
    const names = [...new Set([...objects.values()].flatMap((object) => object.tests))];
    const list = [...objects].map(([object, { got }]) => (got === '' ? object : `${object} (${got})`));
    return [...listLines(names.join(', '), list), `    ${reason}`];
  });
  return ['tests without data:', ...lines];
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
