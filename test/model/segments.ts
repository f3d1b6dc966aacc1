import { layerOf } from '../../src/domain/geometry.js';
import type { SegmentCounts } from '../../src/domain/physics-message.js';

/** A hit of a chamber: its channel there, and its tick after the reference. */
export interface TickHit {
  readonly channel: number;
  readonly tick: number;
}

/** What the segments of a chamber depend on. */
export interface SegmentRules {
  readonly channels: number;
  readonly t0Ns: number;
  readonly tickNs: number;
  readonly velocityUmNs: number;
  /** First and last tick after the reference that are in time. */
  readonly window: readonly [first: number, last: number];
  readonly sigmaXUm: number;
  readonly chi2Four: number;
  readonly chi2Three: number;
  readonly slopeMax: number;
}

/** Wire and drift distance of a hit in um, from the chamber's edge: where that stands moves all points alike. */
interface CellHit {
  readonly channel: number;
  readonly layer: number;
  readonly wire: number;
  readonly distance: number;
}

/** A hit with a side: -1 is left of the wire. */
interface Point extends CellHit {
  readonly side: -1 | 1;
  readonly x: number;
}

/** The line x = (p + q h) / det through points, h in half layers of 6.5 mm from the middle; sum / det is its residual sum. */
interface Line {
  readonly p: number;
  readonly q: number;
  readonly det: number;
  readonly sum: number;
}

interface Segment extends Line {
  readonly points: readonly Point[];
  /** Layer without a hit, -1 of four hits. */
  readonly missing: number;
}

const layers = [0, 1, 2, 3];
const halfLayerUm = 6_500;
const halfLayers = (layer: number): number => 3 - 2 * layer;

/**
 * The segments of docs/physics.md, "Segments", in the orbits that are searched, each given by its timed hits: normal
 * equations in whole numbers for every combination of hits and sides.
 */
export function segmentsOf(events: readonly (readonly TickHit[])[], rules: SegmentRules): SegmentCounts {
  const cells = events.map((hits) => cellsOf(hits, rules));
  const isBusy = (hits: readonly CellHit[]): boolean =>
    hits.length > 20 || layers.some((layer) => inLayer(hits, layer).length > 8);
  const segments = cells.filter((hits) => !isBusy(hits)).flatMap((hits) => bestOf(hits, rules) ?? []);
  const four = segments.filter(({ missing }) => missing < 0);
  const residuals = (layer: number): number[] => four.map((segment) => residualUm(segment, segment.points[layer]));
  const probes = (isPass: boolean): number[] =>
    segments.flatMap(
      ({ points, missing }) =>
      layers
        .filter((layer) => (missing < 0 ? isPass : !isPass && layer === missing))
        .map((layer) => probedChannel(points.filter((point) => point.layer !== layer), layer, rules)), // prettier-ignore
    );
  const byChannel = (channels: readonly number[]): number[] =>
    Array.from({ length: 64 }, (_, channel) => channels.filter((each) => each === channel).length);
  return {
    events: events.length,
    four: four.length,
    three: layers.map((layer) => segments.filter(({ missing }) => missing === layer).length),
    busy: cells.filter(isBusy).length,
    slope: histogram(40, segments, ({ q, det }) => (20 * (q + halfLayerUm * det)) / (halfLayerUm * det)),
    x_mm: histogram(66, segments, ({ p, det }) => p / (10_500 * det)),
    chi2: histogram(40, four, ({ sum, det }) => (2 * sum) / (det * rules.sigmaXUm ** 2)),
    residual: layers.map((layer) => ({
      n: four.length,
      sum_um: total(residuals(layer)),
      sum2_um2: total(residuals(layer).map((um) => um * um)),
    })),
    probe_pass: byChannel(probes(true)),
    probe_fail: byChannel(probes(false)),
  };
}

/** The first hit of each cell in the window. */
function cellsOf(hits: readonly TickHit[], { window, velocityUmNs, tickNs, t0Ns }: SegmentRules): CellHit[] {
  const inTime = hits.filter(({ tick }) => tick >= window[0] && tick <= window[1]);
  return [...new Set(inTime.map(({ channel }) => channel))].map((channel) => {
    const tick = Math.min(...inTime.filter((hit) => hit.channel === channel).map((hit) => hit.tick));
    const layer = layerOf(channel);
    return {
      channel,
      layer,
      wire: 42_000 * (channel >> 2) + 21_000 + 21_000 * (layer & 1),
      distance: Math.floor(velocityUmNs * (tick * tickNs + t0Ns) + 0.5),
    };
  });
}

function inLayer(hits: readonly CellHit[], layer: number): CellHit[] {
  return hits.filter((hit) => hit.layer === layer);
}

/** The best segment of four hits, without one the best of three. */
function bestOf(hits: readonly CellHit[], rules: SegmentRules): Segment | undefined {
  const four = segmentsOver(hits, layers, rules);
  const tried =
    four.length > 0
      ? four
      : layers.flatMap((missing) => segmentsOver(hits, layers.filter((layer) => layer !== missing), rules)); // prettier-ignore
  return tried.length === 0 ? undefined : tried.reduce((best, segment) => (isBetter(segment, best) ? segment : best));
}

/** All lines within the bounds that take a hit in each of some layers. */
function segmentsOver(hits: readonly CellHit[], taken: readonly number[], rules: SegmentRules): Segment[] {
  const { chi2Four, chi2Three, sigmaXUm, slopeMax } = rules;
  const chi2Max = taken.length === 4 ? chi2Four : chi2Three;
  const missing = layers.find((layer) => !taken.includes(layer)) ?? -1;
  return product(taken.map((layer) => inLayer(hits, layer)))
    .filter((chosen) => chosen.every((hit, index) => index === 0 || areNear(chosen[index - 1], hit)))
    .flatMap((chosen) => product(chosen.map((hit) => [pointOf(hit, -1), pointOf(hit, 1)])))
    .map((points) => ({ ...lineOf(points), points, missing }))
    .filter(({ q, det, sum }) => sum <= chi2Max * sigmaXUm ** 2 * det && Math.abs(q) <= slopeMax * halfLayerUm * det);
}

function areNear(upper: CellHit, lower: CellHit): boolean {
  const apart = Math.abs(upper.wire - lower.wire);
  return lower.layer === upper.layer + 1 ? apart === 21_000 : apart === 0 || apart === 42_000;
}

function pointOf(hit: CellHit, side: -1 | 1): Point {
  return { ...hit, side, x: hit.wire + side * hit.distance };
}

/** Least squares: the normal equations, solved by determinants. */
function lineOf(points: readonly Point[]): Line {
  const sumOf = (value: (point: Point) => number): number => total(points.map(value));
  const n = points.length;
  const h = sumOf(({ layer }) => halfLayers(layer));
  const hh = sumOf(({ layer }) => halfLayers(layer) ** 2);
  const x = sumOf((point) => point.x);
  const hx = sumOf((point) => point.x * halfLayers(point.layer));
  const det = n * hh - h * h;
  const p = x * hh - h * hx;
  const q = n * hx - h * x;
  const sum = sumOf((point) => (det * point.x - p - q * halfLayers(point.layer)) ** 2) / det;
  return { p, q, det, sum };
}

/** Smaller residual sum, then lower missing layer, then smaller channels from the top, then sides, the top one last. */
function isBetter(one: Segment, other: Segment): boolean {
  const sidesOf = ({ points }: Segment): number => total(points.map(({ side, layer }) => (side > 0 ? 2 ** layer : 0)));
  const differences = [
    one.sum * other.det - other.sum * one.det,
    one.missing - other.missing,
    ...one.points.map(({ channel }, index) => channel - other.points[index].channel),
    sidesOf(one) - sidesOf(other),
  ];
  return (differences.find((difference) => difference !== 0) ?? 0) < 0;
}

/** How far a point is from the line, positive away from its wire, rounded half up. */
function residualUm({ p, q, det }: Segment, { x, layer, side }: Point): number {
  return Math.floor((2 * side * (det * x - p - q * halfLayers(layer)) + det) / (2 * det));
}

/** Channel of the cell that the line of the other three hits crosses well inside, -1 without one. */
function probedChannel(
  others: readonly Point[],
  layer: number,
  { channels, sigmaXUm, chi2Three }: SegmentRules,
): number {
  const { p, q, det, sum } = lineOf(others);
  if (sum > chi2Three * sigmaXUm ** 2 * det) return -1;
  const place = p + q * halfLayers(layer);
  const isCrossed = (channel: number): boolean => {
    const wall = 42_000 * (channel >> 2) + 21_000 * (layer & 1);
    return layerOf(channel) === layer && place >= (wall + 2_000) * det && place <= (wall + 40_000) * det;
  };
  return Array.from({ length: channels }, (_, channel) => channel).find(isCrossed) ?? -1;
}

/** Counts of bins of 1 from 0; the upper edge of the last one is in it. */
function histogram<T>(bins: number, items: readonly T[], valueOf: (item: T) => number): number[] {
  const values = items.map(valueOf).map((value) => (value === bins ? bins - 1 : Math.floor(value)));
  return Array.from({ length: bins }, (_, bin) => values.filter((value) => value === bin).length);
}

/** Every choice of one item of each list. */
function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((chosen, list) => chosen.flatMap((some) => list.map((item) => [...some, item])), [[]]);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
