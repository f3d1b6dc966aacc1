import type { SeenHistogram } from '../domain/batch-message.js';

/** Newest orbits kept of each chamber. */
export const orbitPointsMax = 2048;

/** Orbits shown lie within this distance of the middle one: one run, and no corrupt counter squeezes the axis. */
const orbitSpanMax = 2 ** 20;

/** The newest orbits of one chamber with their active channels, in a ring. */
export interface OrbitRing {
  readonly orbits: Float64Array;
  readonly active: Uint8Array;
  readonly runs: Float64Array;
  /** Points that ever came; the next one goes to `pushed mod orbitPointsMax`. */
  pushed: number;
}

export interface OrbitPoint {
  /** Distance in orbits from {@link OrbitView.first}. */
  readonly distance: number;
  readonly active: number;
}

/** Recent points of all chambers on one axis. */
export interface OrbitView {
  /** Raw counters at both ends of the axis. */
  readonly first: number;
  readonly last: number;
  /** Orbits from first to last. */
  readonly span: number;
  readonly chambers: readonly (readonly OrbitPoint[])[];
}

export function emptyRing(): OrbitRing {
  return {
    orbits: new Float64Array(orbitPointsMax),
    active: new Uint8Array(orbitPointsMax),
    runs: new Float64Array(orbitPointsMax),
    pushed: 0,
  };
}

/** Adds the last orbits of a message's list, as many as the ring takes. */
export function pushOrbits(ring: OrbitRing, { bin_edges, hist_counts }: SeenHistogram, run: number): void {
  const skipped = Math.max(0, bin_edges.length - orbitPointsMax);
  ring.pushed += skipped;
  for (let index = skipped; index < bin_edges.length; index++) {
    const at = ring.pushed++ % orbitPointsMax;
    ring.orbits[at] = bin_edges[index];
    ring.active[at] = Math.min(255, hist_counts[index]);
    ring.runs[at] = run;
  }
}

/**
 * The newest points of a run on one axis, or undefined without any. The axis begins where every chamber still has its
 * points, so that a chamber never looks silent only because it is busier than the others.
 *
 * @param pointsMax points taken of each chamber at most
 */
export function orbitView(
  rings: readonly OrbitRing[],
  { run, pointsMax }: { run: number; pointsMax: number },
): OrbitView | undefined {
  const chambers = rings.map((ring) => pointsOf(ring, { run, pointsMax }));
  const orbits = chambers.flatMap((points) => points.map(({ orbit }) => orbit));
  if (orbits.length === 0) return undefined;
  const reference = orbits[orbits.length >> 1];
  const distances = orbits.map((orbit) => signedDistance(orbit, reference)).sort((a, b) => a - b);
  const middle = distances[distances.length >> 1];
  const isNear = (distance: number) => Math.abs(distance - middle) <= orbitSpanMax;
  const near = chambers.map((points) =>
    points
      .map(({ orbit, active }) => ({ distance: signedDistance(orbit, reference), active }))
      .filter(({ distance }) => isNear(distance)),
  );
  const starts = near.flatMap((points, index) =>
    rings[index].pushed > pointsMax && points.length > 0 ? [smallest(points)] : [],
  );
  const all = near.flat();
  const start = starts.length > 0 ? Math.max(...starts) : smallest(all);
  const end = all.reduce((high, { distance }) => Math.max(high, distance), start);
  return {
    first: (reference + start + 2 ** 32) % 2 ** 32,
    last: (reference + end + 2 ** 32) % 2 ** 32,
    span: end - start,
    chambers: near.map((points) =>
      points
        .filter(({ distance }) => distance >= start)
        .map(({ distance, active }) => ({ distance: distance - start, active })),
    ),
  };
}

function pointsOf(ring: OrbitRing, { run, pointsMax }: { run: number; pointsMax: number }) {
  const points: { orbit: number; active: number }[] = [];
  const count = Math.min(ring.pushed, orbitPointsMax, pointsMax);
  for (let pushed = ring.pushed - count; pushed < ring.pushed; pushed++) {
    const at = pushed % orbitPointsMax;
    if (ring.runs[at] === run) points.push({ orbit: ring.orbits[at], active: ring.active[at] });
  }
  return points;
}

/** Signed 32-bit difference: right across the wrap of the counter. */
function signedDistance(orbit: number, reference: number): number {
  return (orbit - reference) | 0;
}

function smallest(points: readonly OrbitPoint[]): number {
  return points.reduce((low, { distance }) => Math.min(low, distance), Infinity);
}
