import { layerOf } from '../../src/domain/geometry.js';
import type { TickHit } from './segments.js';

/** What times of chambers depend on. */
export interface TimeRules {
  readonly tickNs: number;
  readonly velocityUmNs: number;
  /** By chamber. */
  readonly t0Ns: readonly number[];
}

/** How much every decision is on the generous side, for rounding alone: ns, mm^2 or a slope. */
const slack = 1e-9;
const layers = [0, 1, 2, 3];
const heightsMm = [19.5, 6.5, -6.5, -19.5];
/** Sides that leave the time badly known: both upper hits on one side of their wires, both lower ones on the other. */
const weakSides = [0b0011, 0b1100];

/** A line with its time: sides as bits, right = 1, layer 0 the lowest. */
interface TimedLine {
  readonly t0Ns: number;
  readonly slope: number;
  readonly sum: number;
  readonly sides: number;
}

/** The event reference of each chamber, in ticks, by the timed hits of one orbit: docs/physics.md, "Time from chambers". */
export function eventReferences(hits: readonly (readonly TickHit[])[], rules: TimeRules): (number | undefined)[] {
  const times = hits.flatMap((inChamber, chamber) =>
    timesOf(inChamber, rules)
      .filter(({ sides }) => !weakSides.includes(sides))
      .map(({ t0Ns }) => ({ chamber, ns: t0Ns + rules.t0Ns[chamber] })),
  );
  return hits.map((_, chamber) => {
    const others = times.filter((time) => time.chamber !== chamber).map(({ ns }) => ns);
    const stretch = fullestStretch(others.sort((a, b) => a - b));
    if (stretch.length === 0) return undefined;
    const mean = stretch.reduce((sum, ns) => sum + ns, 0) / stretch.length;
    return Math.floor(mean / rules.tickNs + 1 / 2 + slack);
  });
}

/** Most values within 25 ns, the earlier of two such stretches. */
function fullestStretch(sorted: readonly number[]): readonly number[] {
  const stretches = sorted.map((first) => sorted.filter((ns) => ns >= first && ns - first <= 25 + slack));
  return stretches.reduce((best, stretch) => (stretch.length > best.length ? stretch : best), []);
}

/** A line of each group of hits that has one. */
function timesOf(hits: readonly TickHit[], rules: TimeRules): TimedLine[] {
  const driftNsMax = 21_000 / rules.velocityUmNs;
  const inOrder = [...hits].sort((a, b) => a.tick - b.tick || a.channel - b.channel);
  const isFirst = (index: number): boolean =>
    index === 0 || (inOrder[index].tick - inOrder[index - 1].tick) * rules.tickNs > 1.1 * driftNsMax + slack;
  const starts = [...inOrder.keys()].filter(isFirst);
  return starts
    .map((start, group) => inOrder.slice(start, starts[group + 1]))
    .filter((group) => group.length <= 20)
    .flatMap((group) => bestOf(group, driftNsMax, rules) ?? []);
}

function bestOf(group: readonly TickHit[], driftNsMax: number, rules: TimeRules): TimedLine | undefined {
  let best: TimedLine | undefined;
  const [a, b, c, d] = layers.map((layer) => group.filter(({ channel }) => layerOf(channel) === layer));
  for (const chosen of a.flatMap((i) => b.flatMap((j) => c.flatMap((k) => d.map((l) => [i, j, k, l]))))) {
    const wires = chosen.map(({ channel }, layer) => 42 * (channel >> 2) + 21 + 21 * (layer & 1));
    const times = chosen.map(({ tick }) => tick * rules.tickNs);
    if (wires.some((wire, layer) => layer > 0 && Math.abs(wire - wires[layer - 1]) !== 21)) continue;
    if (Math.max(...times) - Math.min(...times) > driftNsMax + 20 + slack) continue;
    for (let sides = 0b0001; sides <= 0b1110; sides++) {
      const line = timedLine(wires, times, sides, rules.velocityUmNs / 1000);
      const drifts = times.map((time) => time - line.t0Ns);
      if (Math.min(...drifts) < -15 - slack || Math.max(...drifts) > driftNsMax + 15 + slack) continue;
      if (Math.abs(line.slope) > 1 + slack || line.sum > 1 + slack) continue;
      if (best === undefined || line.sum < best.sum - slack) best = line;
    }
  }
  return best;
}

/**
 * Least squares of `w + s v t = a + b y + c s` with c = v t0, wires and times from those of the first hit, so that
 * rounding stays small.
 */
function timedLine(wires: readonly number[], times: readonly number[], sides: number, vMmNs: number): TimedLine {
  const s = layers.map((layer) => ((sides >> layer) & 1 ? 1 : -1));
  const places = layers.map((layer) => wires[layer] - wires[0] + s[layer] * vMmNs * (times[layer] - times[0]));
  const terms = [layers.map(() => 1), heightsMm, s];
  const [a, b, c] = solve(terms.map((one) => [...terms.map((other) => dot(one, other)), dot(one, places)]));
  const residuals = layers.map((layer) => places[layer] - a - b * heightsMm[layer] - c * s[layer]);
  return { t0Ns: times[0] + c / vMmNs, slope: b, sum: dot(residuals, residuals), sides };
}

/** Solves linear equations, the right side last, by elimination with the largest pivot. */
function solve(equations: readonly (readonly number[])[]): number[] {
  const rows = equations.map((row) => [...row]);
  rows.forEach((_, column) => {
    const size = (row: number): number => Math.abs(rows[row][column]);
    const pivot = [...rows.keys()].slice(column).reduce((best, row) => (size(row) > size(best) ? row : best));
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    rows.forEach((row, index) => {
      const factor = index === column ? 0 : row[column] / rows[column][column];
      row.forEach((_, at) => (row[at] -= factor * rows[column][at]));
    });
  });
  return rows.map((row, column) => row[row.length - 1] / row[column]);
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + value * other[index], 0);
}
