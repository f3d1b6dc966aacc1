import { layerOf } from '../../src/domain/geometry.js';
import type { SegmentCounts } from '../../src/domain/physics-message.js';
import { layerHeightsMm, heightsSquaredMm2 } from '../../src/physics/cells.js';
import type { SimulatorOptions } from '../../src/sources/simulator/options.js';
import type { Deviations } from './deviations.js';
import { boxWidthNs, runTruth, type TruthOutcome } from './run-truth.js';
import type { ChamberJudgement } from './segment-judge.js';

/** One thing measured in each chamber. */
export interface Figure {
  readonly what: string;
  /** By chamber. */
  readonly measured: readonly string[];
  /** Undefined where nothing is demanded. */
  readonly required?: string;
  readonly isMet: boolean;
}

/** Simulations that are judged: muons of a seed, the same number in each. */
const runs = {
  plain: { seed: 1, sigmaXMm: 0.3, options: {} },
  layers: { seed: 2, sigmaXMm: 0.3, options: { layerEfficiency: [0.97, 0.9, 0.95, 0.85] } },
  /** The error of a position as it is simulated: 3 ns by 53.8 um/ns, and the steps of two ticks. */
  fine: { seed: 3, sigmaXMm: 0.162, options: {} },
} as const satisfies Record<string, { seed: number; sigmaXMm: number; options: SimulatorOptions }>;
const fineSigmaUm = 1000 * runs.fine.sigmaXMm;

/** Simulates `muons` muons of each run and says what became of them. */
export async function truthFigures(muons: number): Promise<{ readonly what: string; readonly figures: Figure[] }[]> {
  const outcomeOf = ({ seed, sigmaXMm, options }: (typeof runs)[keyof typeof runs]): Promise<TruthOutcome> =>
    runTruth({ muons, sigmaXMm, simulator: { seed, ...options } });
  const plain = await outcomeOf(runs.plain);
  const layers = await outcomeOf(runs.layers);
  const fine = await outcomeOf(runs.fine);
  const text = ({ rows, liveS }: TruthOutcome): string => `${count(rows)} rows, ${count(Math.round(liveS))} live s`;
  return [
    { what: `${count(muons)} muons of seed ${runs.plain.seed}: ${text(plain)}`, figures: segmentFigures(plain) },
    {
      what: `${count(muons)} of seed ${runs.layers.seed}, \`--layer-efficiency ${runs.layers.options.layerEfficiency.join()}\`: ${text(layers)}`,
      figures: efficiencyFigures(layers),
    },
    {
      what: `${count(muons)} of seed ${runs.fine.seed}, \`sigmaXMm: ${runs.fine.sigmaXMm}\`: ${text(fine)}`,
      figures: pullFigures(fine),
    },
  ];
}

function segmentFigures({ judgements, boxes }: TruthOutcome): Figure[] {
  const of = (what: string, text: (one: ChamberJudgement) => string): Figure => ({
    ...{ what, measured: judgements.map(text), isMet: true },
  });
  const bias = (what: string, slopes: (one: ChamberJudgement) => Deviations, mradMax?: number): Figure => ({
    what: `slope, ${what}: bias, mrad`,
    measured: judgements.map((one) => (1000 * slopes(one).mean).toFixed(2)),
    ...(mradMax !== undefined && { required: `below ${mradMax}` }),
    isMet: judgements.every((one) => mradMax === undefined || Math.abs(1000 * slopes(one).mean) < mradMax),
  });
  const spread = (what: string, slopes: (one: ChamberJudgement) => Deviations): Figure[] => [
    of(`slope, ${what}: 68 % within, mrad`, (one) => (1000 * slopes(one).width).toFixed(2)),
    of(`slope, ${what}: off by more than 30 mrad`, (one) => percent(slopes(one).beyond / slopes(one).n)),
  ];
  const isWithin = (width: number | null): boolean => width !== null && Math.abs(width / boxWidthNs - 1) <= 0.01;
  const within = boxes.map((fits) => fits.filter(({ width_ns }) => isWithin(width_ns)).length / fits.length);
  const fits = boxes.flat();
  const fitted = (chamber: number): number[] => boxes[chamber].flatMap(({ width_ns }) => width_ns ?? []);
  return [
    of('muons that time their orbit', ({ muons }) => count(muons)),
    of('of these: with a hit in 3 layers', ({ muons, crossing }) => percent(crossing / muons)),
    of('reachable muons', ({ reachable }) => count(reachable)),
    of('with a segment', ({ reachable, any }) => percent(any / reachable)),
    {
      ...of('with their segment', ({ reachable, found }) => percent(found / reachable)),
      required: 'at least 99 %',
      isMet: judgements.every(({ reachable, found }) => found >= 0.99 * reachable),
    },
    {
      ...of('segments where no muon is', ({ segments, fake }) => percent(fake / segments)),
      required: 'below 0.01 %',
      isMet: judgements.every(({ segments, fake }) => fake < 1e-4 * segments),
    },
    bias('4 hits', ({ slopeFour }) => slopeFour, 1),
    ...spread('4 hits', ({ slopeFour }) => slopeFour),
    bias('3 hits', ({ slopeThree }) => slopeThree),
    ...spread('3 hits', ({ slopeThree }) => slopeThree),
    bias('all', ({ slope }) => slope, 2),
    of('place, 4 hits: 68 % within, mm', ({ xUm }) => (xUm.width / 1000).toFixed(4)),
    of('wrong side of a wire, 4 hits', ({ slopeFour, wrongSideFour }) => percent(wrongSideFour / slopeFour.n)),
    of('wrong side of a wire, 3 hits', ({ slopeThree, wrongSideThree }) => percent(wrongSideThree / slopeThree.n)),
    { what: 'fits of 3,000 drift times', measured: boxes.map(({ length }) => count(length)), isMet: true },
    {
      what: 'width within 1 %',
      measured: within.map((share) => percent(share)),
      required: 'at least 98 % in all',
      isMet: fits.filter(({ width_ns }) => isWithin(width_ns)).length >= 0.98 * fits.length,
    },
    {
      what: 'width: bias, ns',
      measured: boxes.map((_, chamber) => (mean(fitted(chamber)) - boxWidthNs).toFixed(2)),
      isMet: true,
    },
  ];
}

function efficiencyFigures({ inside, published }: TruthOutcome): Figure[] {
  return runs.layers.options.layerEfficiency.flatMap((made, layer) => {
    const figure = (what: string, counts: readonly SegmentCounts[], most: number): Figure => {
      const shares = counts.map((one) => layerEfficiency(one, layer));
      return {
        what: `layer ${layer}, made with ${made}: ${what}`,
        measured: shares.map((share) => share.toFixed(4)),
        required: `within ${most}`,
        isMet: shares.every((share) => Math.abs(share - made) <= most),
      };
    };
    return [figure('of muons that cross all layers', inside, 0.01), figure('published', published, 0.015)];
  });
}

function pullFigures({ judgements, published }: TruthOutcome): Figure[] {
  const pull = (what: string, pulls: readonly number[]): Figure => ({
    what: `pull of ${what}`,
    measured: pulls.map((one) => one.toFixed(3)),
    required: '0.95 to 1.05',
    isMet: pulls.every((one) => one >= 0.95 && one <= 1.05),
  });
  return [
    pull(
      'the slope',
      judgements.map(({ slopePull }) => slopePull.width),
    ),
    pull(
      'the place',
      judgements.map(({ xPull }) => xPull.width),
    ),
    ...layerHeightsMm.map((height, layer) =>
      pull(
        `the hits in layer ${layer}, published`,
        published.map(({ residual }) => {
          const { n, sum2_um2 } = residual[layer];
          // What a fit of two parameters leaves of a hit's error.
          const left = 1 - 1 / layerHeightsMm.length - height ** 2 / heightsSquaredMm2;
          return Math.sqrt(sum2_um2 / n / left) / fineSigmaUm;
        }),
      ),
    ),
    {
      what: 'chi2, mean, published',
      measured: published.map(({ four, residual }) =>
        (residual.reduce((sum, { sum2_um2 }) => sum + sum2_um2, 0) / four / fineSigmaUm ** 2).toFixed(3),
      ),
      isMet: true,
    },
  ];
}

/** The figures as a Markdown table. */
export function figuresTable(figures: readonly Figure[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['in chamber', '0', '1', '2', '3', 'required']),
    line(['---', '---:', '---:', '---:', '---:', '---:']),
    ...figures.map(({ what, measured, required, isMet }) =>
      line([what, ...measured, `${required ?? ''}${isMet ? '' : ', **missed**'}`]),
    ),
  ].join('\n');
}

function layerEfficiency({ probe_pass, probe_fail }: SegmentCounts, layer: number): number {
  const inLayer = (counts: readonly number[]): number =>
    counts.reduce((sum, probes, channel) => (layerOf(channel) === layer ? sum + probes : sum), 0);
  return inLayer(probe_pass) / (inLayer(probe_pass) + inLayer(probe_fail));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
