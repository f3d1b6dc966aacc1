import { type Geometry, layerOf } from '../../domain/geometry.js';
import type { DriftHistogram } from '../../domain/physics-message.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import { channelDelayS } from '../../quality/channel-delay.js';
import { channelCounts } from '../../quality/channel-rate.js';
import type { QualityObject } from '../../quality/events.js';
import { Comparable } from '../../quality/neighbour-statistic.js';
import { objectOf, objectText } from '../../quality/object-text.js';
import type { QualityReference } from '../../quality/quality-reference.js';
import type { QualitySettings } from '../../quality/quality-settings.js';
import { looksShared } from '../../quality/share-watch.js';
import { type ListedTest, listTests } from '../../quality/test-list.js';
import { corruptRowsMin } from '../../quality/warnings.js';
import type { Fault } from '../../sources/faults/fault.js';
import { kindRules } from '../../sources/faults/kinds.js';

/** What the tests of a run have to go by. */
export interface ForecastOptions {
  readonly geometry: Geometry;
  readonly plan: PhysicsPlan;
  readonly settings: QualitySettings;
  readonly reference: QualityReference;
  /** Whether rows are words, not lines. */
  readonly isWords: boolean;
  /** Evidence that makes an alarm. */
  readonly threshold: number;
}

/** Whether a fault can be found, and how soon on average. */
export interface Forecast {
  /** Mean seconds until the fastest test that must name it does; undefined where there is no formula. */
  readonly delayS: number | undefined;
  /** Why no test can name it. */
  readonly why?: string;
}

/** Fits of a time box until an edge that has moved by 12 ns is named, the one that the fault cuts included. */
const boxFits = 3;

/** How soon a fault is named, by the formulas of docs/quality.md and the reference. */
export function forecastOf(fault: Fault, options: ForecastOptions): Forecast {
  const { geometry, isWords } = options;
  const { tests, object } = kindRules[fault.kind].expect(fault.args, { geometry, startS: fault.startS, isWords });
  const objects = object.split(',').flatMap((text) => testedObjects(text, geometry));
  const listed = listAll(options).filter((one) => tests.includes(one.test) && objects.includes(objectText(one.object)));
  // Warnings have neither a reference nor a list.
  if (listed.length === 0) return { delayS: undefined, ...(tests.includes('corrupt_rows') && fewRows(fault, options)) };
  const working = listed.filter(({ isMasked, statistic }) => !isMasked && typeof statistic !== 'string');
  if (working.length === 0) {
    const [{ isMasked, statistic }] = listed;
    return { delayS: undefined, why: isMasked || typeof statistic !== 'string' ? 'it is masked' : statistic };
  }
  const delays = working.map((one) => delayOf(one, fault, options)).filter((delay) => delay !== undefined);
  return { delayS: delays.length === 0 ? undefined : Math.min(...delays) };
}

/** Too few broken rows for a warning, in the looks that it is about. */
function fewRows({ args }: Fault, { reference, settings }: ForecastOptions): Pick<Forecast, 'why'> {
  const rows = args.share * (reference.rowsRead / reference.liveS) * looksShared * settings.lookS;
  if (rows >= corruptRowsMin) return {};
  return {
    why: `a warning needs ${corruptRowsMin} broken rows in ${looksShared} looks, and about ${rows.toFixed(0)} come`,
  };
}

/** Of a board, its chambers. */
function testedObjects(text: string, { chambers }: Geometry): string[] {
  const { board } = objectOf(text) ?? {};
  if (board === undefined) return [text];
  return chambers.flatMap(({ fpga }, chamber) => (fpga === board ? [objectText({ chamber })] : []));
}

function listAll({ geometry, plan, settings, reference }: ForecastOptions): ListedTest[] {
  const masked = new Set(settings.masked);
  const comparable = new Comparable(geometry.chambers.length);
  return listTests({ geometry, plan, settings, masked, comparable, reference, isLearning: false });
}

function delayOf({ test, object, statistic }: ListedTest, fault: Fault, options: ForecastOptions): number | undefined {
  const { plan, settings, reference, threshold } = options;
  const { kind, args } = fault;
  const { slotS } = plan;
  if (test === 'channel_low' || test === 'channel_high') {
    const { chamber = 0, channel = 0 } = object;
    const times = channelTimes(fault);
    if (times === undefined) return undefined;
    const counts = channelCounts(reference.chambers[chamber], channel);
    return channelDelayS(counts, { slots: reference.slots, slotS, settings, threshold, times });
  }
  if (test.startsWith('box_')) {
    const { drift, driftChambers } = reference.chambers[object.chamber ?? 0];
    const used = plan.time === 'chambers' ? driftChambers : drift;
    return used && (boxFits * settings.boxFitEntries * reference.liveS) / entriesOf(used);
  }
  const { delayS } = kindRules[kind];
  if (delayS === undefined || typeof statistic === 'string') return undefined;
  const rateHz = test === 'layer_efficiency' ? probeRateHz(object, reference) : statistic.value;
  return test.startsWith('neighbour_') ? undefined : delayS(args, { threshold, rateHz });
}

/** What a channel counts with the fault, as a multiple of what it counts without it; undefined where it is no such fault. */
function channelTimes({ kind, args }: Fault): number | undefined {
  if (kind === 'dead') return 0;
  if (kind === 'weak') return args.share;
  return kind === 'hot' ? args.factor : undefined;
}

function entriesOf({ counts }: DriftHistogram): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Probes of a layer per second. */
function probeRateHz({ chamber = 0, layer }: QualityObject, { chambers, liveS }: QualityReference): number {
  const { segments } = chambers[chamber];
  if (segments === undefined) return 0;
  const inLayer = (sum: number, count: number, channel: number): number =>
    layerOf(channel) === layer ? sum + count : sum;
  return (segments.probe_pass.reduce(inLayer, 0) + segments.probe_fail.reduce(inLayer, 0)) / liveS;
}
