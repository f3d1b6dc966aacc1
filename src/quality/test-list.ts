import type { Geometry } from '../domain/geometry.js';
import type { DriftHistogram } from '../domain/physics-message.js';
import type { PhysicsPlan } from '../domain/physics-plan.js';
import { layers } from '../physics/cells.js';
import {
  type Band,
  boxBands,
  chamberDispersion,
  channelEfficiencyBand,
  channelBand,
  layerEfficiencyAlone,
  layerEfficiencyBand,
  neighbourBands,
  rateBands,
  triggerMatchBand,
} from './bands.js';
import { BoxFits, BoxStatistic, type BoxTest, boxValue, fitDrift } from './box-statistic.js';
import { channelCounts, channelRates } from './channel-rate.js';
import {
  BusyChannelStatistic,
  ChannelStatistic,
  channelsOfLayer,
  probesOf,
  RateStatistic,
  ShareStatistic,
  sumOf,
} from './count-statistics.js';
import type { QualityObject, TestName } from './events.js';
import { orbitsSeen } from './look.js';
import { cellsBeside, type Comparable, NeighbourStatistic } from './neighbour-statistic.js';
import type { ChamberReference, QualityReference } from './quality-reference.js';
import type { QualitySettings } from './quality-settings.js';
import { movedRate, movedShare, type Side } from './reference-bounds.js';
import type { Statistic } from './statistic.js';

/** A test of an object as it is set up. */
export interface ListedTest {
  readonly test: TestName;
  readonly object: QualityObject;
  readonly isMasked: boolean;
  /** How it is measured, or why it cannot be. */
  readonly statistic: Statistic | string;
  /** Whether it counts in the budget of alarms: it can run, or could with the reference that is being learned. */
  readonly isCounted: boolean;
}

export interface TestListOptions {
  readonly geometry: Geometry;
  readonly plan: PhysicsPlan;
  readonly settings: QualitySettings;
  readonly masked: ReadonlySet<string>;
  readonly comparable: Comparable;
  readonly reference: QualityReference | undefined;
  /** Whether a reference is still being learned. */
  readonly isLearning: boolean;
}

/** All tests of all objects of a geometry, those that cannot run with the reason. */
export function listTests(options: TestListOptions): ListedTest[] {
  return new TestList(options).all();
}

class TestList {
  readonly #options: TestListOptions;

  constructor(options: TestListOptions) {
    this.#options = options;
  }

  all(): ListedTest[] {
    const { chambers } = this.#options.geometry;
    const numbers = chambers.map((_, chamber) => chamber);
    const channels = chambers.flatMap((one, chamber) =>
      Array.from({ length: one.channels }, (_, channel) => ({ chamber, channel })),
    );
    return [
      ...channels.map((at) => this.#channel('channel_low', at)),
      ...channels.map((at) => this.#channel('channel_high', at)),
      ...channels.map((at) => this.#neighbour('neighbour_low', at)),
      ...channels.map((at) => this.#neighbour('neighbour_high', at)),
      ...channels.map((at) => this.#efficiency(at)),
      ...numbers.map((chamber) => this.#chamberRate('chamber_rate_low', chamber)),
      ...numbers.map((chamber) => this.#chamberRate('chamber_rate_high', chamber)),
      ...numbers.map((chamber) => this.#match(chamber)),
      ...numbers.flatMap((chamber) => Array.from({ length: layers }, (_, layer) => this.#layer(chamber, layer))),
      ...numbers.flatMap((chamber) => this.#boxes(chamber)),
      this.#triggerRate('trigger_rate_low'),
      this.#triggerRate('trigger_rate_high'),
    ];
  }

  #channel(test: 'channel_low' | 'channel_high', at: ChannelPlace): ListedTest {
    const { settings, plan } = this.#options;
    const side = sideOf(test);
    const band = channelBand(side, settings);
    return this.#listed(test, at, this.#isMasked(at), () => {
      const reference = this.#reference();
      if (typeof reference === 'string') return reference;
      const of = reference.chambers[at.chamber];
      if (of.notLearned.includes(at.channel)) return 'it was in alarm when the reference was made';
      const counts = channelCounts(of, at.channel);
      if (counts.activeSlots < settings.referenceMin) return this.#tooFew(counts.activeSlots, 'active slots');
      const [bySlots, byOrbits] = channelRates(counts, band, { slots: reference.slots, slotS: plan.slotS, side });
      if (byOrbits === undefined) return new ChannelStatistic(at, band, bySlots);
      return new BusyChannelStatistic(at, band, [bySlots, byOrbits]);
    });
  }

  #neighbour(test: 'neighbour_low' | 'neighbour_high', at: ChannelPlace): ListedTest {
    const { comparable, geometry } = this.#options;
    return this.#listed(test, at, this.#isMasked(at), () => {
      const beside = cellsBeside(at.channel, geometry.chambers[at.chamber].channels).filter(
        (channel) => !this.#isMasked({ chamber: at.chamber, channel }),
      );
      if (beside.length === 0) return 'there is no cell beside it';
      return new NeighbourStatistic(at, beside, comparable, neighbourBands[sideOf(test)]);
    });
  }

  #efficiency(at: ChannelPlace): ListedTest {
    return this.#listed('channel_efficiency', at, this.#isMasked(at), () => {
      if (!this.#hasTime(at.chamber)) return noTrigger;
      const value = channelEfficiencyBand.edge;
      return new ShareStatistic(probesOf(at.chamber, [at.channel]), channelEfficiencyBand, {
        ...{ value, hasReference: false },
      });
    });
  }

  #chamberRate(test: 'chamber_rate_low' | 'chamber_rate_high', chamber: number): ListedTest {
    return this.#listed(test, { chamber }, false, () => {
      const of = this.#chamberReference(chamber);
      if (typeof of === 'string') return of;
      return this.#rate(orbitsSeen(of.active), sideOf(test), chamberDispersion, ({ chambers }) =>
        orbitsSeen(chambers[chamber].active),
      );
    });
  }

  #triggerRate(test: 'trigger_rate_low' | 'trigger_rate_high'): ListedTest {
    return this.#listed(test, {}, false, () => {
      if (!this.#options.plan.triggers.some(({ isTime }) => isTime)) return 'no trigger gives time';
      const reference = this.#reference();
      if (typeof reference === 'string') return reference;
      return this.#rate(reference.triggerOrbits, sideOf(test), 1, ({ triggerOrbits }) => triggerOrbits);
    });
  }

  #rate(
    events: number,
    side: Side,
    dispersion: number,
    count: ConstructorParameters<typeof RateStatistic>[0],
  ): Statistic | string {
    const { settings } = this.#options;
    const reference = this.#reference();
    if (typeof reference === 'string') return reference;
    if (events < settings.referenceMin) return this.#tooFew(events, 'orbits');
    const movedHz = movedRate(events, reference.liveS, side);
    return new RateStatistic(count, rateBands[side], { value: events / reference.liveS, movedHz, dispersion });
  }

  #match(chamber: number): ListedTest {
    const { plan, settings } = this.#options;
    return this.#listed('trigger_match', { chamber }, false, () => {
      if (plan.chambers[chamber].set < 0) return noTrigger;
      const of = this.#chamberReference(chamber);
      if (typeof of === 'string') return of;
      if (of.inTime < settings.referenceMin) return this.#tooFew(of.inTime, 'orbits with a hit in time');
      const band = timesShare(triggerMatchBand, movedShare(of.inTime, of.matched));
      return new ShareStatistic(
        { n: ({ chambers }) => chambers[chamber].gated.in_time, of: ({ chambers }) => chambers[chamber].gated.matched },
        band,
        { value: of.inTime / of.matched, hasReference: true },
      );
    });
  }

  #layer(chamber: number, layer: number): ListedTest {
    const { geometry, settings } = this.#options;
    const channels = channelsOfLayer(layer, geometry.chambers[chamber].channels).filter(
      (channel) => !this.#isMasked({ chamber, channel }),
    );
    return this.#listed('layer_efficiency', { chamber, layer }, channels.length === 0, () => {
      if (!this.#hasTime(chamber)) return noTrigger;
      const count = probesOf(chamber, channels);
      const of = this.#chamberReference(chamber);
      const segments = typeof of === 'string' ? undefined : of.segments;
      const passed = segments === undefined ? 0 : sumOf(segments.probe_pass, channels);
      // A share needs enough of both: without them it is held to fixed limits.
      if (segments === undefined || passed < settings.referenceMin) {
        return new ShareStatistic(count, layerEfficiencyAlone, {
          ...{ value: layerEfficiencyAlone.edge, hasReference: false },
        });
      }
      const probes = passed + sumOf(segments.probe_fail, channels);
      const band = timesShare(layerEfficiencyBand, movedShare(passed, probes));
      return new ShareStatistic(count, band, { value: passed / probes, hasReference: true });
    });
  }

  #boxes(chamber: number): ListedTest[] {
    const { plan, geometry, settings } = this.#options;
    const tests = Object.keys(boxBands) as BoxTest[];
    const binNs = plan.ticksBin * plan.tickNs;
    const velocityUmNs = geometry.driftVelocityUmNs;
    const isByChambers = plan.time === 'chambers';
    const driftOf = (from: DriftPair): DriftHistogram | undefined => (isByChambers ? from.drift_chambers : from.drift);
    const fits = new BoxFits({
      ...{ chamber, drift: driftOf, binNs, velocityUmNs },
      ...{ entries: settings.boxFitEntries, slotS: plan.slotS },
    });
    const of = this.#chamberReference(chamber);
    const drift = typeof of === 'string' ? of : isByChambers ? of.driftChambers : of.drift;
    const fit = typeof drift === 'object' ? fitDrift(drift, { binNs, velocityUmNs }) : undefined;
    return tests.map((test) => {
      const reason = (): string | undefined => {
        if (!this.#hasTime(chamber)) return noTrigger;
        if (typeof of === 'string') return of;
        return drift === undefined ? 'the reference has no drift times of it (process --physics full)' : undefined;
      };
      return this.#listed(test, { chamber }, false, () => {
        const value = fit && boxValue(fit, test);
        const why = reason();
        if (why !== undefined) return why;
        if (value === undefined)
          return { why: `the fit of the reference is not good: ${fit?.status}`, isCounted: true };
        const { errorNs, ns } = value;
        const errorMaxNs = boxBands[test].edgeNs / 6;
        if (errorNs > errorMaxNs) {
          const rule = `its error must be at most ${errorMaxNs.toFixed(2)} ns, got ${errorNs.toFixed(2)}`;
          return { why: `the reference is not precise enough: ${rule}`, isCounted: true };
        }
        return new BoxStatistic(fits, test, ns);
      });
    });
  }

  /** @param make the statistic, or why there is none, and whether it is counted all the same */
  #listed(
    test: TestName,
    object: QualityObject,
    isMasked: boolean,
    make: () => Statistic | string | { readonly why: string; readonly isCounted: true },
  ): ListedTest {
    const made = make();
    const statistic = typeof made === 'object' && 'why' in made ? made.why : made;
    const awaits = this.#options.isLearning && statistic === learning;
    return { test, object, isMasked, statistic, isCounted: !isMasked && (typeof made !== 'string' || awaits) };
  }

  #reference(): QualityReference | string {
    const { reference, isLearning } = this.#options;
    return reference ?? (isLearning ? learning : noReference);
  }

  #chamberReference(chamber: number): ChamberReference | string {
    const reference = this.#reference();
    return typeof reference === 'string' ? reference : reference.chambers[chamber];
  }

  /** Whether drift times of the chamber are measured from something. */
  #hasTime(chamber: number): boolean {
    const { plan } = this.#options;
    return plan.time === 'chambers' || plan.chambers[chamber].set >= 0;
  }

  #isMasked({ chamber, channel }: ChannelPlace): boolean {
    return this.#options.masked.has(`${chamber}:${channel}`);
  }

  #tooFew(count: number, what: string): string {
    return `the reference must have at least ${this.#options.settings.referenceMin} ${what}, got ${count}`;
  }
}

interface ChannelPlace {
  readonly chamber: number;
  readonly channel: number;
}
interface DriftPair {
  readonly drift: DriftHistogram;
  readonly drift_chambers?: DriftHistogram | undefined;
}

const noReference = 'there is no reference (--reference FILE)';
const learning = 'the reference is being learned';
const noTrigger = 'no trigger gives its time';

function sideOf(test: TestName): Side {
  return test.endsWith('_low') ? 'low' : 'high';
}

/** Multiples of a share as shares. */
function timesShare({ edge, alternative, returnEdge, returnTo }: Band, share: number): Band {
  return {
    ...{ edge: edge * share, alternative: alternative * share },
    ...{ returnEdge: returnEdge * share, returnTo: returnTo * share },
  };
}
