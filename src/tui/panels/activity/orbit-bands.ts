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

/** A band of numbers of active channels, and its orbits by column. */
interface Band {
  readonly text: string;
  readonly orbits: readonly number[];
}

/** Columns of whole steps; each step takes some columns where there are few. */
interface Columns {
  readonly bands: readonly Band[];
  readonly columnWidth: number;
}

/**
 * Draws the orbits of each band against time, a shade a column: how many there are against the mean of the band. Rare
 * bands are above. Nothing in any band is a blank: a pause, or in one chamber a lost board.
 *
 * @param orbitFirst raw orbit at the left end
 */
export function drawOrbitBands(
  area: Area,
  { steps, orbitFirst }: { readonly steps: ActiveView['steps']; readonly orbitFirst: number | null },
  style: Style,
): void {
  const hasRuler = area.height >= 4;
  const height = area.height - (hasRuler ? 1 : 0);
  const room = Math.max(1, area.width - labelWidth);
  const { bands, columnWidth } = columnsOf(steps, { room, isFine: height >= activeBands.length });
  const shown = bands.slice(0, height);
  // Rows of a band, from the bottom on: those above have one more where they do not divide evenly.
  const endOf = (index: number): number => Math.floor((index * height) / shown.length);
  const labels = new Map(shown.map(({ text }, index) => [height - endOf(index) - 1, text]));
  drawScaleColumn(area.part({ x: 0, y: 0, width: labelWidth, height }), labels, style);
  const data = area.part({ x: labelWidth, y: 0, width: room, height });
  shown.forEach(({ orbits }, index) => {
    const usual = Math.max(usualMin, orbits.reduce((sum, count) => sum + count, 0) / Math.max(1, orbits.length));
    orbits.forEach((count, column) => {
      const { sign, ink } = shadeOf(count / usual, style, bandShades);
      if (!(count > 0)) return;
      for (let row = endOf(index); row < endOf(index + 1); row++) {
        data.put(column * columnWidth, height - 1 - row, sign.repeat(columnWidth), ink);
      }
    });
  });
  if (!hasRuler) return;
  const width = (shown.at(0)?.orbits.length ?? 0) * columnWidth;
  drawOrbits(area.part({ x: labelWidth, y: height, width: room, height: 1 }), { orbitFirst, steps, width });
}

function columnsOf(steps: ActiveView['steps'], { room, isFine }: { room: number; isFine: boolean }): Columns {
  const stepsPerColumn = Math.max(1, Math.ceil(steps.length / room));
  const columns = Math.ceil(steps.length / stepsPerColumn);
  const merged = isFine ? 1 : 2;
  const bands = Array.from({ length: activeBands.length / merged }, (_, index) => {
    const [first, last] = [activeBands[index * merged], activeBands[(index + 1) * merged - 1]];
    const isLast = (index + 1) * merged === activeBands.length;
    const text = isLast ? `${first.from}+` : first.from === last.to ? String(first.from) : `${first.from}-${last.to}`;
    const orbits = Array.from({ length: columns }, (_, column) => {
      // The newest column is whole, the oldest one as if it were.
      const end = steps.length - (columns - 1 - column) * stepsPerColumn;
      const part = steps.slice(Math.max(0, end - stepsPerColumn), end);
      const sum = part.reduce((total, step) => total + bandSum(step.bands, index * merged, merged), 0);
      return (sum * stepsPerColumn) / part.length;
    });
    return { text, orbits };
  });
  return { bands, columnWidth: Math.max(1, Math.floor(room / Math.max(1, columns))) };
}

function bandSum(bands: readonly number[], from: number, count: number): number {
  return bands.slice(from, from + count).reduce((sum, orbits) => sum + orbits, 0);
}

/** Raw orbits at both ends, the last one where there is room for one only. */
function drawOrbits(
  area: Area,
  { orbitFirst, steps, width }: { orbitFirst: number | null; steps: ActiveView['steps']; width: number },
): void {
  const orbitLast = steps.at(-1)?.orbitLast ?? null;
  const [first, last] = [orbitFirst, orbitLast].map((orbit) => (orbit === null ? '' : formatCount(orbit)));
  const at = Math.max(0, width - last.length);
  area.put(at, 0, last);
  if (first.length < at) area.put(0, 0, first);
}
