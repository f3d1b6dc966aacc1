import { layerOf } from '../../src/domain/geometry.js';
import type { SegmentTotals } from '../../src/physics/segment-counts.js';
import type { SegmentSearchOptions } from '../../src/physics/segment-search.js';

/** A segment by layer; without one, the kind says why. */
export interface BruteSegment {
  readonly kind: 'none' | 'three' | 'four' | 'busy';
  readonly missing: number;
  readonly channels: readonly number[];
  readonly xUm: readonly number[];
  readonly sides: number;
}

interface Hit {
  readonly layer: number;
  readonly channel: number;
  readonly wire: number;
  readonly distance: number;
}

/** A hit with a side: where the muon crossed, x in um. */
interface Point extends Hit {
  readonly side: 0 | 1;
  readonly x: number;
}

/** Straight line x = (a + b y) / scale by the normal equations, y in units of 6.5 mm; sum = residual sum * scale. */
interface Line {
  readonly a: number;
  readonly b: number;
  readonly scale: number;
  readonly sum: number;
}

interface Candidate extends Line {
  readonly points: readonly Point[];
  readonly missing: number;
  readonly sides: number;
}

const empty = { missing: -1, channels: [], xUm: [], sides: 0 };
const yUnitUm = 6_500;

/** Section "Segments" of docs/physics.md, word by word. */
export function bruteSegment(
  channels: readonly number[],
  ticks: readonly number[],
  options: SegmentSearchOptions,
): BruteSegment {
  const hits = hitsOf(channels, ticks, options);
  const byLayer = [0, 1, 2, 3].map((layer) => hits.filter((hit) => hit.layer === layer));
  if (hits.length > 20 || byLayer.some((list) => list.length > 8)) return { kind: 'busy', ...empty };
  const four = candidatesOf(byLayer, [0, 1, 2, 3], options);
  const threes = [0, 1, 2, 3].flatMap((missing) =>
    candidatesOf(
      byLayer,
      [0, 1, 2, 3].filter((layer) => layer !== missing),
      options,
    ),
  );
  const [best] = (four.length > 0 ? four : threes).sort(compareCandidates);
  if (best === undefined) return { kind: 'none', ...empty };
  const at = (layer: number): Point | undefined => best.points.find((point) => point.layer === layer);
  return {
    kind: best.points.length === 4 ? 'four' : 'three',
    missing: best.missing,
    channels: [0, 1, 2, 3].map((layer) => at(layer)?.channel ?? -1),
    xUm: [0, 1, 2, 3].map((layer) => at(layer)?.x ?? NaN),
    sides: best.sides,
  };
}

function hitsOf(channels: readonly number[], ticks: readonly number[], options: SegmentSearchOptions): Hit[] {
  const { xUm, velocityUmNs, tickNs, t0Ns, windowFirst, windowLast } = options;
  const first = new Map<number, number>();
  channels.forEach((channel, index) => {
    if (ticks[index] < windowFirst || ticks[index] > windowLast) return;
    first.set(channel, Math.min(first.get(channel) ?? Infinity, ticks[index]));
  });
  return [...first].map(([channel, tick]) => {
    const layer = layerOf(channel);
    return {
      layer,
      channel,
      wire: 42_000 * (channel >> 2) + 21_000 + 21_000 * (layer & 1) + xUm,
      distance: Math.floor(velocityUmNs * (tick * tickNs + t0Ns) + 0.5),
    };
  });
}

function candidatesOf(
  byLayer: readonly (readonly Hit[])[],
  used: readonly number[],
  { sigmaXUm, chi2Four, chi2Three, slopeMax }: SegmentSearchOptions,
): Candidate[] {
  const chi2Max = used.length === 4 ? chi2Four : chi2Three;
  let choices: Point[][] = [[]];
  for (const layer of used) {
    choices = choices.flatMap((chosen) =>
      byLayer[layer]
        .filter((hit) => chosen.length === 0 || isNear(chosen[chosen.length - 1], hit))
        .flatMap((hit) => [
          [...chosen, { ...hit, side: 0 as const, x: hit.wire - hit.distance }],
          [...chosen, { ...hit, side: 1 as const, x: hit.wire + hit.distance }],
        ]),
    );
  }
  return choices
    .map((points) => ({
      ...lineOf(points),
      points,
      missing: [0, 1, 2, 3].find((layer) => !used.includes(layer)) ?? -1,
      sides: points.reduce((sides, { side, layer }) => sides | (side << layer), 0),
    }))
    .filter(({ sum, scale, b }) => sum <= chi2Max * sigmaXUm ** 2 * scale && Math.abs(b) <= slopeMax * yUnitUm * scale);
}

function isNear(upper: Hit, lower: Hit): boolean {
  const apart = Math.abs(upper.wire - lower.wire);
  return lower.layer - upper.layer === 1 ? apart === 21_000 : apart === 0 || apart === 42_000;
}

function lineOf(points: readonly Pick<Point, 'layer' | 'x'>[]): Line {
  let [n, y, yy, x, xx, xy] = [0, 0, 0, 0, 0, 0];
  for (const point of points) {
    const height = 3 - 2 * point.layer;
    n += 1;
    y += height;
    yy += height * height;
    x += point.x;
    xx += point.x * point.x;
    xy += point.x * height;
  }
  const scale = n * yy - y * y;
  const a = yy * x - y * xy;
  const b = n * xy - y * x;
  return { a, b, scale, sum: scale * xx - a * x - b * xy };
}

function compareCandidates(one: Candidate, other: Candidate): number {
  const channels = one.points.map(({ channel }, index) => channel - other.points[index].channel);
  return (
    one.sum * other.scale - other.sum * one.scale ||
    one.missing - other.missing ||
    (channels.find((difference) => difference !== 0) ?? 0) ||
    one.sides - other.sides
  );
}

/** Counts of nothing. */
export function emptyTotals(): SegmentTotals {
  const zeros = (length: number): number[] => new Array<number>(length).fill(0);
  return {
    ...{ events: 0, four: 0, three: zeros(4), busy: 0, slope: zeros(40), x_mm: zeros(66), chi2: zeros(40) },
    residual: [0, 1, 2, 3].map(() => ({ n: 0, sum_um: 0, sum2_um2: 0 })),
    ...{ probe_pass: zeros(64), probe_fail: zeros(64) },
  };
}

/** Adds what a message says of one orbit. */
export function bruteTotals(
  totals: SegmentTotals,
  { kind, missing, xUm, sides }: BruteSegment,
  options: SegmentSearchOptions & { readonly columns: number },
): void {
  totals.events++;
  if (kind === 'busy') totals.busy++;
  if (kind !== 'four' && kind !== 'three') return;
  const points = [0, 1, 2, 3].filter((layer) => layer !== missing).map((layer) => ({ layer, x: xUm[layer] }));
  const { a, b, scale, sum } = lineOf(points);
  // Slope = b / (scale * 6,500), place at the middle = a / scale.
  fill(totals.slope, b + yUnitUm * scale, (yUnitUm * scale) / 20);
  fill(totals.x_mm, a - options.xUm * scale, 10_500 * scale);
  for (const layer of kind === 'four' ? [0, 1, 2, 3] : [missing]) {
    const channel = probedChannel(
      points.filter((point) => point.layer !== layer),
      layer,
      options,
    );
    if (channel !== undefined) (kind === 'four' ? totals.probe_pass : totals.probe_fail)[channel]++;
  }
  if (kind === 'three') {
    totals.three[missing]++;
    return;
  }
  totals.four++;
  fill(totals.chi2, 2 * sum, scale * options.sigmaXUm ** 2);
  for (const { layer, x } of points) {
    const away = ((sides >> layer) & 1 ? 1 : -1) * (x * scale - a - b * (3 - 2 * layer));
    const residual = Math.floor((2 * away + scale) / (2 * scale));
    totals.residual[layer].n++;
    totals.residual[layer].sum_um += residual;
    totals.residual[layer].sum2_um2 += residual * residual;
  }
}

function fill(bins: number[], value: number, width: number): void {
  if (value < 0 || value > bins.length * width) return;
  bins[Math.min(bins.length - 1, Math.floor(value / width))]++;
}

function probedChannel(
  others: readonly Pick<Point, 'layer' | 'x'>[],
  layer: number,
  { xUm, columns, sigmaXUm, chi2Three }: SegmentSearchOptions & { readonly columns: number },
): number | undefined {
  const { a, b, scale, sum } = lineOf(others);
  if (sum > chi2Three * sigmaXUm ** 2 * scale) return undefined;
  const place = a + b * (3 - 2 * layer);
  for (let channel = 0; channel < 4 * columns; channel++) {
    if (layerOf(channel) !== layer) continue;
    const left = xUm + 42_000 * (channel >> 2) + 21_000 * (layer & 1);
    if (place >= (left + 2_000) * scale && place <= (left + 40_000) * scale) return channel;
  }
  return undefined;
}
