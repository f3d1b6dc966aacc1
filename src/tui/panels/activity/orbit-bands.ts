import { activeBands, type ActiveView } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatCount } from '../../draw/format.js';
import { drawScaleColumn } from '../../draw/scale-column.js';
import { shadeOf } from '../../draw/shades.js';
import type { Style } from '../../draw/style.js';

/** Lower ends of the shades, as shares of the band's mean. */
const bandShades = [0.5, 0.8, 1.25];
/** A band with fewer orbits than this in a column is compared with this: one orbit is not much. */
const usualMin = 1.5;
const labelWidth = 6;
/**
 * Columns stay where they are while so many come, at most, and then move on together: a plot that moves by a column with
 * each message is written anew as a whole each time.
 */
const hopMax = 8;
const hopMin = 3;

/** A band of numbers of active channels, and its orbits by column. */
interface Band {
  readonly text: string;
  readonly orbits: readonly number[];
}

/** Columns of whole steps; each step takes some columns where there are few. */
interface Columns {
  readonly bands: readonly Band[];
  readonly columnWidth: number;
  /** The first column with a step, and the one behind the last. */
  readonly first: number;
  readonly end: number;
}

/**
 * Draws the orbits of each band against time, a shade a column: how many there are against the mean of the band. Rare
 * bands are above. Nothing in any band is a blank: a pause, or in one chamber a lost board.
 *
 * @param of.orbitFirst raw orbit at the left end
 * @param of.orbitNs length of an orbit where the ends are also in seconds of the counter
 */
export function drawOrbitBands(
  area: Area,
  {
    steps,
    orbitFirst,
    orbitNs,
  }: {
    readonly steps: ActiveView['steps'];
    readonly orbitFirst: number | null;
    readonly orbitNs?: number | undefined;
  },
  style: Style,
): void {
  const hasRuler = area.height >= 4;
  const height = area.height - (hasRuler ? 1 : 0);
  const room = Math.max(1, area.width - labelWidth);
  const { bands, columnWidth, first, end } = columnsOf(steps, { room, isFine: height >= activeBands.length });
  const shown = bands.slice(0, height);
  // Rows of a band, from the bottom on: those above have one more where they do not divide evenly.
  const endOf = (index: number): number => Math.floor((index * height) / shown.length);
  const labels = new Map(shown.map(({ text }, index) => [height - endOf(index) - 1, text]));
  drawScaleColumn(area.part({ x: 0, y: 0, width: labelWidth, height }), labels, style);
  const data = area.part({ x: labelWidth, y: 0, width: room, height });
  shown.forEach(({ orbits }, index) => {
    const usual = Math.max(usualMin, orbits.reduce((sum, count) => sum + count, 0) / Math.max(1, end - first));
    orbits.forEach((count, column) => {
      const { sign, ink } = shadeOf(count / usual, style, bandShades);
      if (!(count > 0)) return;
      for (let row = endOf(index); row < endOf(index + 1); row++) {
        data.put(column * columnWidth, height - 1 - row, sign.repeat(columnWidth), ink);
      }
    });
  });
  if (!hasRuler) return;
  const ruler = area.part({ x: labelWidth, y: height, width: room, height: 1 });
  drawOrbits(ruler, { orbitFirst, steps, from: first * columnWidth, to: end * columnWidth, orbitNs });
}

function columnsOf(steps: ActiveView['steps'], { room, isFine }: { room: number; isFine: boolean }): Columns {
  const merged = isFine ? 1 : 2;
  let stepsPerColumn = 1;
  const columnsLeft = (): number => room - Math.ceil(steps.length / stepsPerColumn);
  while (stepsPerColumn < steps.length && columnsLeft() < 2 * hopMin) stepsPerColumn++;
  const hop = Math.max(1, Math.min(hopMax, Math.floor(columnsLeft() / 2)));
  const columnsMost = Math.ceil(steps.length / stepsPerColumn) + 2 * hop;
  const columnOf = (at: number): number => Math.floor((steps.at(at)?.number ?? 0) / stepsPerColumn);
  const left = Math.floor(columnOf(0) / hop) * hop;
  const [first, end] = [columnOf(0) - left, columnOf(-1) - left + 1];
  const counts = new Array<number>(end).fill(0);
  const bands = Array.from({ length: activeBands.length / merged }, (_, index) => {
    const [lowest, highest] = [activeBands[index * merged], activeBands[(index + 1) * merged - 1]];
    const isLast = (index + 1) * merged === activeBands.length;
    const range = lowest.from === highest.to ? String(lowest.from) : `${lowest.from}-${highest.to}`;
    return { text: isLast ? `${lowest.from}+` : range, orbits: new Array<number>(end).fill(0) };
  });
  for (const { number, bands: orbits } of steps) {
    const column = Math.floor(number / stepsPerColumn) - left;
    counts[column]++;
    bands.forEach((band, index) => (band.orbits[column] += bandSum(orbits, index * merged, merged)));
  }
  // The oldest column and the newest one as if they were whole.
  for (const { orbits } of bands) {
    for (let column = first; column < end; column++) orbits[column] *= stepsPerColumn / Math.max(1, counts[column]);
  }
  return { bands, columnWidth: Math.max(1, Math.floor(room / columnsMost)), first, end };
}

function bandSum(bands: readonly number[], from: number, count: number): number {
  return bands.slice(from, from + count).reduce((sum, orbits) => sum + orbits, 0);
}

/** Raw orbits at both ends, the last one where there is room for one only. */
function drawOrbits(
  area: Area,
  of: {
    readonly orbitFirst: number | null;
    readonly steps: ActiveView['steps'];
    readonly from: number;
    readonly to: number;
    readonly orbitNs: number | undefined;
  },
): void {
  const { orbitFirst, steps, from, to, orbitNs } = of;
  const orbits = [orbitFirst, steps.at(-1)?.orbitLast ?? null];
  const textOf = (orbit: number | null): string => (orbit === null ? '' : formatCount(orbit));
  const withSeconds = (orbit: number | null): string =>
    orbit === null || orbitNs === undefined ? textOf(orbit) : `${textOf(orbit)} = ${secondsText(orbit * orbitNs)} s`;
  const long = orbits.map(withSeconds);
  const [first, last] = long.join('  ').length <= to - from ? long : orbits.map(textOf);
  const at = Math.max(0, to - last.length);
  area.put(at, 0, last);
  if (from + first.length < at) area.put(from, 0, first);
}

/** `222,808.7` */
function secondsText(ns: number): string {
  const tenths = Math.round(ns / 1e8);
  return `${formatCount(Math.floor(tenths / 10))}.${tenths % 10}`;
}
