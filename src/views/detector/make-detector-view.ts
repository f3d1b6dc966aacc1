import { chamberLayers, type Geometry, layerOf } from '../../domain/geometry.js';
import type { BoxFit } from '../../domain/physics-message.js';
import { lazy } from '../../domain/lazy.js';
import { fitBox } from '../../physics/box-fit.js';
import type { ChamberReference, QualityReference } from '../../quality/quality-reference.js';
import { channelWindows } from '../../results/channel-window.js';
import type { MessageSums } from '../../results/message-sums.js';
import type { FitsBox } from '../../results/recent-fits.js';
import { type BoxGeometry, driftHistogram } from '../../results/time-boxes.js';
import { chamberView } from '../chamber-view.js';
import type {
  ActiveView,
  BoxReference,
  BoxSinceStart,
  ChamberPanel,
  DetectorView,
  LayerPanel,
  Mark,
  OccupancyView,
  ReferenceView,
  TrendsView,
  WindowView,
} from './detector-view.js';
import { occupancyView } from './occupancy-view.js';
import { alarmRows, channelSigns, chamberVerdict } from './verdict-view.js';
import type { QualityPicture } from './verdicts.js';

/** What a view is made of. */
export interface DetectorInput {
  readonly nowMs: number;
  readonly isCurrent: boolean;
  /** Of the reader: that of the messages, or verdicts and physics are not shown. */
  readonly geometry: Geometry;
  readonly window: Pick<WindowView, 'kind' | 'title' | 'sums'>;
  readonly sinceStart: MessageSums;
  readonly reference: QualityReference | undefined;
  readonly showReference: ReferenceView['show'];
  /** Undefined where nothing is judged. */
  readonly quality: QualityPicture | undefined;
  readonly marks: readonly Mark[];
  readonly trends: TrendsView;
  /** Of a chamber: steps of the window with their orbits by number of active channels; made when they are asked for. */
  readonly activeSteps: (chamber: number) => ActiveView['steps'];
  readonly boxTrends: readonly ChamberPanel['boxTrend'][];
  /** Default: fitted for each view. */
  readonly fitsBox?: FitsBox;
}

export function makeDetectorView(input: DetectorInput): DetectorView {
  const { nowMs, isCurrent, geometry, window, reference, showReference, marks, trends } = input;
  const quality = isCurrent ? input.quality : undefined;
  const { sums } = window;
  const seconds = secondsOf(sums);
  const rows = input.quality === undefined ? [] : alarmRows(input.quality);
  const scale = reference && sums.liveS !== undefined && reference.liveS > 0 ? sums.liveS / reference.liveS : undefined;
  const rateSeconds = isCurrent ? seconds.seconds : undefined;
  const hits = channelWindows(sums.totals);
  const { trigger } = sums.physics ?? {};
  const orbits = trigger?.orbits ?? 0;
  return {
    ...{ nowMs, isCurrent, marks, trends },
    window: { ...window, ...seconds },
    reference: reference && { name: reference.name, show: showReference },
    alarms: rows,
    unjudged: input.quality?.unjudged,
    trigger:
      trigger === undefined || geometry.triggers.length === 0
        ? undefined
        : {
            orbits,
            rate: rateSeconds === undefined || rateSeconds === 0 ? undefined : rateOf(orbits, rateSeconds),
            toReference:
              isCurrent && scale && reference ? shareAbove(orbits, reference.triggerOrbits * scale) : undefined,
          },
    chambers: hits.map((ofChamber, chamber) => {
      const options = { chamber, hits: ofChamber, scale, rateSeconds, rows, quality };
      return chamberPanel(input, options);
    }),
  };
}

interface PanelOptions {
  readonly chamber: number;
  readonly hits: Float64Array;
  readonly scale: number | undefined;
  readonly rateSeconds: number | undefined;
  readonly rows: DetectorView['alarms'];
  readonly quality: QualityPicture | undefined;
}

function chamberPanel(input: DetectorInput, options: PanelOptions): ChamberPanel {
  const { geometry, window, sinceStart, boxTrends, activeSteps } = input;
  const { chamber, hits, scale, rateSeconds, rows, quality } = options;
  const { sums } = window;
  const { physics } = sums;
  const of = geometry.chambers.at(chamber);
  const totals = sums.totals.chambers[chamber];
  const reference = input.reference?.chambers.at(chamber);
  const counts = physics?.chambers[String(chamber)];
  const channels = hits.length;
  const occupancy = occupancyView({
    hits,
    gated: counts && Float64Array.from(counts.gated.channels.slice(0, channels)),
    reference,
    scale,
    verdicts: channelSigns(quality, chamber, channels),
  });
  // What not every page shows is made where it is shown.
  const fitsBox: FitsBox = input.fitsBox ?? ((_, histogram, velocityUmNs) => fitBox(histogram, velocityUmNs));
  const box = lazy(() => counts && fitsBox(chamber, driftHistogram(counts, geometry), geometry.driftVelocityUmNs));
  const layers = lazy(() => layerPanels(occupancy, rateSeconds));
  const ofPhysics = lazy(
    () =>
      counts &&
      chamberView({
        chamber,
        geometry: { channels },
        clock: geometry.clock,
        physics: { ...counts, box: box() },
        activeChannels: [...totals.activeOrbits],
        liveSlots: (physics?.slots.live ?? 0) / sums.lanes,
      }),
  );
  const boxOfReference = lazy(() => {
    const { entries } = box() ?? {};
    return reference && entries !== undefined ? boxReference(reference, entries, geometry) : undefined;
  });
  const boxSinceStart = lazy(() => (window.kind === 'start' ? undefined : boxOfRun(input, chamber)));
  return {
    ...{ chamber, channels, occupancy },
    view: of?.rotated === true ? 'y' : 'x',
    ...{ zMm: of?.zMm, t0Ns: of?.t0Ns },
    verdict: chamberVerdict(quality, rows, chamber, of?.fpga ?? -1),
    hits: totals.hits,
    hitsSinceStart: sinceStart.totals.chambers.at(chamber)?.hits ?? 0,
    hitsPerS: perSecond(totals.hits, rateSeconds),
    toReference: input.isCurrent && scale && reference ? shareAbove(totals.hits, reference.hits * scale) : undefined,
    active: activeView(totals.activeOrbits, { reference, scale, steps: () => activeSteps(chamber) }),
    get layers() {
      return layers();
    },
    get physics() {
      return ofPhysics();
    },
    get boxReference() {
      return boxOfReference();
    },
    get boxSinceStart() {
      return boxSinceStart();
    },
    boxTrend: boxTrends.at(chamber) ?? [],
  };
}

function boxOfRun({ sinceStart, geometry, ...input }: DetectorInput, chamber: number): BoxSinceStart | undefined {
  const counts = sinceStart.physics?.chambers[String(chamber)];
  if (counts === undefined) return undefined;
  const histogram = driftHistogram(counts, geometry);
  const box = fitBox(histogram, geometry.driftVelocityUmNs);
  const reference = input.reference?.chambers.at(chamber);
  return {
    drift: { after: counts.drift_chambers === undefined ? 'trigger' : 'chambers', histogram, box },
    reference: reference && boxReference(reference, box.entries, geometry),
  };
}

/** Live seconds of the detector where messages say them, else those of the wall clock. */
function secondsOf({ liveS, fromMs, toMs }: MessageSums): Pick<WindowView, 'seconds' | 'secondsAre'> {
  if (liveS !== undefined) return { seconds: liveS, secondsAre: 'live' };
  return {
    seconds: fromMs === undefined || toMs === undefined ? undefined : (toMs - fromMs) / 1000,
    secondsAre: 'wall',
  };
}

function activeView(
  orbits: Float64Array,
  of: {
    readonly reference: ChamberReference | undefined;
    readonly scale: number | undefined;
    readonly steps: () => ActiveView['steps'];
  },
): ActiveView {
  const { reference, scale } = of;
  const steps = lazy(of.steps);
  const sum = (weight: (active: number) => number): number =>
    orbits.reduce((total, count, active) => total + count * weight(active), 0);
  const all = sum((active) => (active > 0 ? 1 : 0));
  return {
    ...{ orbits, all },
    get steps() {
      return steps();
    },
    expected:
      reference && scale !== undefined ? Float64Array.from(reference.active, (count) => count * scale) : undefined,
    mean: all === 0 ? undefined : sum((active) => active) / all,
    fourOrMore: all === 0 ? undefined : sum((active) => (active >= 4 ? 1 : 0)) / all,
  };
}

function layerPanels({ hits, expected, expectedBy, signs }: OccupancyView, seconds: number | undefined): LayerPanel[] {
  return Array.from({ length: chamberLayers }, (_, layer) => {
    const channels = [...hits.keys()].filter((channel) => layerOf(channel) === layer);
    const sumOf = (counts: Float64Array): number => channels.reduce((sum, channel) => sum + counts[channel], 0);
    const all = sumOf(hits);
    const hasReference = expectedBy === 'reference' && expected !== undefined;
    return {
      layer,
      hitsPerS: perSecond(all, seconds),
      toReference: hasReference && seconds !== undefined ? shareAbove(all, sumOf(expected)) : undefined,
      dead: channels.filter((channel) => signs[channel] === 'x').length,
      hot: channels.filter((channel) => signs[channel] === '^').length,
    };
  });
}

function boxReference(reference: ChamberReference, entries: number, geometry: BoxGeometry): BoxReference {
  const good = goodBox(reference, geometry);
  const scale = entries / Math.max(1, good.box.entries);
  return { box: good.box, counts: good.counts.map((count) => count * scale), scale };
}

interface GoodBox {
  readonly geometry: BoxGeometry;
  readonly counts: readonly number[];
  readonly box: BoxFit;
}

/** Time boxes of references, which stay as they are from view to view. */
const goodBoxes = new WeakMap<ChamberReference, GoodBox>();

function goodBox(reference: ChamberReference, geometry: BoxGeometry): GoodBox {
  const known = goodBoxes.get(reference);
  if (known?.geometry === geometry) return known;
  const histogram = driftHistogram({ drift: reference.drift, drift_chambers: reference.driftChambers }, geometry);
  const box = fitBox(histogram, geometry.driftVelocityUmNs);
  const good = { geometry, counts: histogram.counts, box };
  goodBoxes.set(reference, good);
  return good;
}

function perSecond(count: number, seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds === 0 ? undefined : count / seconds;
}

function rateOf(count: number, seconds: number): { readonly hz: number; readonly sigmaHz: number } {
  return { hz: count / seconds, sigmaHz: Math.sqrt(count) / seconds };
}

/** How far a count is above what is expected, as a share of that. */
function shareAbove(count: number, expected: number): number | undefined {
  return expected > 0 ? count / expected - 1 : undefined;
}
