import { layerOf } from '../../src/domain/geometry.js';

/** A segment's time in ns from the start of the orbit. */
export interface BruteTime {
  readonly t0Ns: number;
  readonly sides: number;
}

interface Hit {
  readonly channel: number;
  readonly tick: number;
}

/** How close a decision may be called for rounding alone; section 1.6 of docs/physics.md has the same. */
const slack = 1e-9;
const heightsMm = [19.5, 6.5, -6.5, -19.5];

/** Section "Time from chambers" of docs/physics.md: t0 is free in a fit by normal equations of x = a + b y - c s. */
export function bruteTimes(
  channels: readonly number[],
  ticks: readonly number[],
  { velocityUmNs, tickNs }: { readonly velocityUmNs: number; readonly tickNs: number },
): BruteTime[] {
  const driftNsMax = 21_000 / velocityUmNs;
  const hits = channels
    .map((channel, index) => ({ channel, tick: ticks[index] }))
    .sort((one, other) => one.tick - other.tick || one.channel - other.channel);
  const groups: Hit[][] = [];
  for (const hit of hits) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    if (last === undefined || before === undefined || (hit.tick - before.tick) * tickNs > 1.1 * driftNsMax + slack)
      groups.push([hit]);
    else last.push(hit);
  }
  return groups.flatMap((group) => {
    const found = group.length > 20 ? undefined : bestOf(group, velocityUmNs / 1000, tickNs, driftNsMax);
    return found === undefined ? [] : [found];
  });
}

function bestOf(group: readonly Hit[], v: number, tickNs: number, driftNsMax: number): BruteTime | undefined {
  let best: (BruteTime & { readonly sum: number }) | undefined;
  const layers = [0, 1, 2, 3].map((layer) => group.filter(({ channel }) => layerOf(channel) === layer));
  for (const first of layers[0])
    for (const second of layers[1])
      for (const third of layers[2])
        for (const fourth of layers[3]) {
          const chosen = [first, second, third, fourth];
          const wires = chosen.map(({ channel }, layer) => 42 * (channel >> 2) + 21 + 21 * (layer & 1));
          if (wires.some((wire, layer) => layer > 0 && Math.abs(wire - wires[layer - 1]) !== 21)) continue;
          const times = chosen.map(({ tick }) => tick * tickNs);
          if (Math.max(...times) - Math.min(...times) > driftNsMax + 20 + slack) continue;
          for (let sides = 1; sides <= 14; sides++) {
            const found = fit(wires, times, sides, v);
            const drifts = times.map((time) => time - found.t0Ns);
            if (drifts.some((drift) => drift < -15 - slack || drift > driftNsMax + 15 + slack)) continue;
            if (Math.abs(found.slope) > 1 + slack || found.sum > 1 + slack) continue;
            if (best === undefined || found.sum < best.sum - slack) best = found;
          }
        }
  return best && { t0Ns: best.t0Ns, sides: best.sides };
}

/** Places `w + s v t = a + b y + c s`, with c = v t0: three unknowns, four hits, around the first wire and time. */
function fit(
  wires: readonly number[],
  times: readonly number[],
  sides: number,
  v: number,
): BruteTime & { readonly sum: number; readonly slope: number } {
  const s = wires.map((_, layer) => ((sides >> layer) & 1 ? 1 : -1));
  const z = wires.map((wire, layer) => wire - wires[0] + s[layer] * v * (times[layer] - times[0]));
  const columns = [[1, 1, 1, 1], heightsMm, s];
  const matrix = columns.map((left) => [...columns.map((right) => dot(left, right)), dot(left, z)]);
  const [a, b, c] = solve(matrix);
  const sum = z.reduce((total, value, layer) => total + (value - a - b * heightsMm[layer] - c * s[layer]) ** 2, 0);
  return { t0Ns: times[0] + c / v, sides, sum, slope: b };
}

/** Cramer's rule for three equations, the right side in the last column. */
function solve(rows: readonly (readonly number[])[]): number[] {
  const determinant = (columns: readonly number[]): number => {
    const [[a, b, c], [d, e, f], [g, h, i]] = rows.map((row) => columns.map((column) => row[column]));
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  };
  const whole = determinant([0, 1, 2]);
  return [determinant([3, 1, 2]), determinant([0, 3, 2]), determinant([0, 1, 3])].map((part) => part / whole);
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * right[index], 0);
}

/** The event reference of a chamber: every stretch of the other chambers' times is tried. */
export function bruteReference(
  times: readonly { readonly chamber: number; readonly timeNs: number }[],
  chamber: number,
  tickNs: number,
): number | undefined {
  const others = times
    .filter((time) => time.chamber !== chamber)
    .map(({ timeNs }) => timeNs)
    .sort((one, other) => one - other);
  let best: number[] = [];
  for (let first = 0; first < others.length; first++)
    for (let last = first; last < others.length; last++)
      if (others[last] - others[first] <= 25 + slack && last - first + 1 > best.length)
        best = others.slice(first, last + 1);
  if (best.length === 0) return undefined;
  return Math.floor(best.reduce((sum, time) => sum + time, 0) / best.length / tickNs + 1 / 2 + slack);
}
