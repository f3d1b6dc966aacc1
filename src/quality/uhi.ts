import type { DriftHistogram } from '../domain/physics-message.js';
import type { PhysicsPlan } from '../domain/physics-plan.js';
import { DtstreamError } from '../errors.js';
import {
  axes,
  byChannel,
  type ChamberHistogram,
  driftAxis,
  type DriftPlan,
  referenceHistograms,
  segmentNames,
} from './chamber-histograms.js';
import type { ChamberReference, QualityReference } from './quality-reference.js';
import { chamberSchema, detectorSchema, driftSchema, ReferenceFile } from './reference-file.js';
import { uhiAxis, type UhiHistogram, uhiText } from './uhi-histogram.js';

/** What a file says that the sums do not: how long a tick is, and the offsets of the chambers. */
export type UhiPlan = Pick<PhysicsPlan, 'geometry' | 'tickNs' | 'ticksBin' | 'bins' | 'chambers'>;

/** A reference as a file of UHI JSON. @param version of the program, which the file says it was written by */
export function writeReference(reference: QualityReference, plan: DriftPlan, version: string): string {
  return writeHistograms(referenceHistograms(reference, plan), version);
}

/** Histograms as a file of UHI JSON: `ch0/drift` and so on. @param version as of {@link writeReference} */
export function writeHistograms(histograms: readonly ChamberHistogram[], version: string): string {
  const byName = histograms.map(({ chamber, name, axes: of, values, metadata }): [string, UhiHistogram] => [
    `ch${chamber}/${name}`,
    {
      uhi_schema: 1,
      writer_info: { dtstream: { version } },
      metadata,
      axes: of.map(uhiAxis),
      storage: { type: 'int', values },
    },
  ]);
  return uhiText(new Map(byName));
}

/**
 * Reads a reference. Histograms of other names are not looked at.
 *
 * @param name of the file, for messages
 * @param plan of the configuration that it is to be used with; without one, any is taken
 * @throws DtstreamError `input` for text that is no reference; `usage` for one of another configuration
 */
export function readReference(text: string, name: string, plan?: UhiPlan): QualityReference {
  const file = new ReferenceFile(text, name);
  const detector = file.metadata('ch0/active_slots', detectorSchema);
  if (plan !== undefined && detector.geometry !== plan.geometry) {
    const got = `got ${detector.geometry} and ${plan.geometry}`;
    throw new DtstreamError('usage', `cannot use ${name}: its geometry must be that of the configuration, ${got}`);
  }
  if (plan !== undefined && file.chambers !== plan.chambers.length)
    throw file.refusal(`must have ${plan.chambers.length} chambers, got ${file.chambers}`);
  const chambers = Array.from({ length: file.chambers }, (_, chamber) => readChamber(file, chamber, plan));
  const { learned_from, learned_to, from, to, orbit_first, orbit_last } = detector;
  return {
    geometry: detector.geometry,
    name,
    ...(learned_from !== undefined && learned_to !== undefined && { learned: [learned_from, learned_to] as const }),
    ...(from !== undefined && to !== undefined && { times: [from, to] as const }),
    slots: detector.live_slots,
    liveS: detector.live_s,
    triggerOrbits: detector.trigger_orbits,
    rowsRead: detector.rows_read,
    corrupt: detector.corrupt,
    ...(detector.rejected !== undefined && { rejected: detector.rejected }),
    orbits: orbit_first === undefined || orbit_last === undefined ? null : [orbit_first, orbit_last],
    chambers,
  };
}

function readChamber(file: ReferenceFile, chamber: number, plan: UhiPlan | undefined): ChamberReference {
  const counts = (name: keyof typeof axes): number[] => file.counts(`ch${chamber}/${name}`, axes[name]);
  const { hits, repeats, bursts, matched, in_time, not_learned } = file.metadata(
    `ch${chamber}/active_slots`,
    chamberSchema,
  );
  const driftChambers = file.has(`ch${chamber}/drift_chambers`) ? readDrift(file, { chamber, name: 'drift_chambers', plan }) : undefined; // prettier-ignore
  const segments = segmentNames.some((name) => file.has(`ch${chamber}/${name}`))
    ? {
        events: file.metadata(`ch${chamber}/slope`, chamberSchema).segment_events ?? 0,
        ...{ slope: counts('slope'), x_mm: counts('x_mm'), chi2: counts('chi2') },
        ...{ probe_pass: counts('probe_pass'), probe_fail: counts('probe_fail') },
      }
    : undefined;
  const read: ChamberReference = {
    activeSlots: counts('active_slots'),
    activeOrbits: counts('active_orbits'),
    single: counts('single'),
    gated: byChannel(counts('gated')),
    active: counts('active'),
    ...{ hits, repeats, bursts, matched, inTime: in_time },
    drift: readDrift(file, { chamber, name: 'drift', plan }),
    ...(driftChambers && { driftChambers }),
    ...(segments && { segments }),
    notLearned: not_learned === '' ? [] : not_learned.split(',').map(Number),
  };
  checkSums(file, chamber, read);
  return read;
}

/** What the sums of a chamber have to do with each other: histograms may have been added without their metadata. */
function checkSums(
  file: ReferenceFile,
  chamber: number,
  { activeOrbits, repeats, hits, ...read }: ChamberReference,
): void {
  const { under, counts, over } = read.drift;
  const orbits = total(activeOrbits);
  const byActive = total(read.active.map((number, active) => number * active));
  const rule = (what: string, of: string, sums: readonly [number, number]): void => {
    if (sums[0] !== sums[1]) throw file.refusal(`ch${chamber}: ${what} must be ${of}, got ${sums[0]} and ${sums[1]}`);
  };
  rule('the sum of active_orbits', 'hits - repeats of their metadata', [orbits, hits - repeats]);
  rule('the sum of active', 'that of active_orbits', [byActive, orbits]);
  rule('the sum of drift', 'that of gated', [under + total(counts) + over, total(read.gated)]);
}

function readDrift(
  file: ReferenceFile,
  { chamber, name, plan }: { readonly chamber: number; readonly name: string; readonly plan: UhiPlan | undefined },
): DriftHistogram {
  const path = `ch${chamber}/${name}`;
  const { tick_first, ticks_bin } = file.metadata(path, driftSchema);
  const { axes: own } = file.histogram(path);
  if (own.length !== 1) throw file.refusal(`${path} must have one axis, got ${own.length}`);
  const [{ lower, upper, bins }] = own;
  if (plan !== undefined) {
    const { tickFirst } = plan.chambers[chamber];
    const [wanted, got] = [
      [tickFirst, plan.ticksBin, plan.bins],
      [tick_first, ticks_bin, bins],
    ].map(([first, width, length]) => `${length} bins of ${width} ticks from tick ${first}`);
    if (wanted !== got) {
      const rule = `its ${path} must have the bins of the configuration, ${wanted}, got ${got}`;
      throw new DtstreamError('usage', `cannot use ${file.name}: ${rule}`);
    }
  }
  const binNs = plan === undefined ? (upper - lower) / bins : ticks_bin * plan.tickNs;
  const [under, ...rest] = file.counts(path, [driftAxis(lower, bins, binNs)]);
  return { tick_first, ticks_bin, offset_ns: lower, under, over: rest.at(-1) ?? 0, counts: rest.slice(0, -1) };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, value) => sum + value, 0);
}
