import type { ChamberPanel, OccupancyView } from '../views/detector/detector-view.js';
import type { ChannelSign } from '../views/detector/verdicts.js';
import { activityFinding, boxFinding, gatedFinding, occupancyFinding } from './findings.js';
import { countScale, type Plot, type PlotTick, robustScale } from './plot.js';

/** Widest bin of a time box that is drawn, in ns. */
const boxBinNs = 11;
/** Active channels in an orbit that have a bin of their own; the last one has all above. */
const activeBins = 20;

const nothing = { signs: [], edges: [], expected: undefined } as const;

/** The plots of a chamber; without physics, only what every message says. */
export function chamberPlots(panel: ChamberPanel): Plot[] {
  const box = timeBoxPlot(panel);
  const gated = gatedPlot(panel);
  return [occupancyPlot(panel), ...(gated ?? []), ...(box ?? []), activityPlot(panel)];
}

function occupancyPlot(panel: ChamberPanel): Plot {
  const { chamber, occupancy, channels } = panel;
  const { hits, expected } = occupancy;
  const bins = [...hits];
  return {
    ...nothing,
    id: `c${chamber}-occupancy`,
    title: `Chamber ${chamber}: hits by channel`,
    finding: occupancyFinding(panel),
    form: 'columns',
    ...{ bins, expected: knownOf(expected) },
    scale: robustScale([...bins, ...(expected ?? [])]),
    xTicks: channelTicks(channels),
    xTitle: 'channel',
    signs: signTicks(occupancy),
  };
}

function gatedPlot({ chamber, channels, occupancy, physics }: ChamberPanel): [Plot] | undefined {
  const { gated } = occupancy;
  if (gated === undefined || physics === undefined) return undefined;
  return [
    {
      ...nothing,
      id: `c${chamber}-gated`,
      title: `Chamber ${chamber}: hits in orbits with a trigger`,
      finding: gatedFinding(gated, physics),
      form: 'columns',
      bins: [...gated],
      scale: robustScale([...gated]),
      xTicks: channelTicks(channels),
      xTitle: 'channel',
    },
  ];
}

/** The drift times of a chamber in bins that a plot has room for. */
export interface DriftBins {
  readonly fromNs: number;
  readonly binNs: number;
  readonly counts: readonly number[];
  readonly expected: readonly number[] | undefined;
}

export function driftBins({ physics, boxReference }: ChamberPanel): DriftBins | undefined {
  if (physics === undefined) return undefined;
  const { counts, offsetNs, binNs } = physics.drift.histogram;
  const merged = Math.max(1, Math.round(boxBinNs / binNs));
  const merge = (list: readonly number[]): number[] =>
    Array.from({ length: Math.ceil(list.length / merged) }, (_, at) =>
      list.slice(at * merged, (at + 1) * merged).reduce((sum, count) => sum + count, 0),
    );
  return {
    ...{ fromNs: offsetNs, binNs: merged * binNs, counts: merge(counts) },
    expected: boxReference && merge(boxReference.counts),
  };
}

const driftStepNs = 100;

function timeBoxPlot(panel: ChamberPanel): [Plot] | undefined {
  const bins = driftBins(panel);
  if (bins === undefined || panel.physics === undefined) return undefined;
  const { fromNs, binNs, counts, expected } = bins;
  const { box, after } = panel.physics.drift;
  const atNs = (ns: number, text: string): PlotTick => ({ at: (ns - fromNs) / binNs, text });
  const isInside = ({ at }: PlotTick): boolean => at >= 0 && at <= counts.length;
  const ticks = Array.from({ length: 21 }, (_, step) => (step - 10) * driftStepNs);
  const edges = [box?.rise_ns ?? undefined, box?.fall_ns ?? undefined].flatMap((ns, end) =>
    ns === undefined ? [] : [atNs(ns, end === 0 ? '[' : ']')],
  );
  return [
    {
      ...nothing,
      id: `c${panel.chamber}-box`,
      title: `Chamber ${panel.chamber}: drift times after the ${after === 'trigger' ? 'trigger' : 'other chambers'}`,
      finding: boxFinding(panel),
      form: 'columns',
      ...{ bins: counts, expected },
      scale: robustScale(counts),
      xTicks: ticks.map((ns) => atNs(ns, String(ns))).filter(isInside),
      xTitle: 'drift time, ns',
      edges: edges.filter(isInside),
    },
  ];
}

function activityPlot({ chamber, active }: ChamberPanel): Plot {
  const bins = activeCounts(active.orbits);
  return {
    ...nothing,
    id: `c${chamber}-active`,
    title: `Chamber ${chamber}: orbits by active channels`,
    finding: activityFinding(active),
    form: 'columns',
    ...{ bins, expected: active.expected && activeCounts(active.expected) },
    scale: countScale(bins),
    xTicks: [1, 4, 8, 12, 16, activeBins].map((number) => ({
      at: number - 0.5,
      text: number === activeBins ? `${number}+` : String(number),
    })),
    xTitle: 'active channels, logarithmic',
  };
}

/** Orbits with 1, 2 … active channels; the last entry is of all with as many or more. */
function activeCounts(orbits: Float64Array): number[] {
  return Array.from({ length: activeBins }, (_, at) =>
    at + 1 < activeBins ? orbits[at + 1] : orbits.slice(activeBins).reduce((sum, count) => sum + count, 0),
  );
}

const drawnSigns: readonly ChannelSign[] = ['x', '^', 'k', '+', '-'];

function signTicks({ signs }: OccupancyView): PlotTick[] {
  return signs.flatMap((sign, channel) => (drawnSigns.includes(sign) ? [{ at: channel + 0.5, text: sign }] : []));
}

function channelTicks(channels: number): PlotTick[] {
  return [0, 8, 16, 24, 32, 40, 48, 56, 63]
    .filter((channel) => channel < channels)
    .map((channel) => ({ at: channel + 0.5, text: String(channel) }));
}

function knownOf(expected: Float64Array | undefined): (number | undefined)[] | undefined {
  return expected && [...expected].map((count) => (Number.isNaN(count) ? undefined : count));
}
