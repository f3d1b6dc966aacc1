import type { Area } from '../draw/canvas.js';
import type { OrbitPoint } from '../../results/orbit-points.js';
import { drawPlot, drawScale, drawTicks } from '../draw/plot.js';
import type { Style } from '../draw/style.js';

export interface OrbitScatter {
  readonly chamber: number;
  readonly points: readonly OrbitPoint[];
  /** Raw orbits at both ends of the axis, and the orbits between them. */
  readonly first: number;
  readonly last: number;
  readonly span: number;
  /** Most active channels that the scale shows; higher points are drawn at its top. */
  readonly activeMax: number;
}

/** Draws active channels of each recent orbit against the orbit number, a dot an orbit. */
export function drawOrbitScatter(area: Area, scatter: OrbitScatter, style: Style): void {
  const { chamber, points, first, last, activeMax } = scatter;
  const plot = drawPlot(area, {
    title: [`chamber ${chamber}  active channels against orbit`, `active channels / orbit`],
    note: [`newest ${points.length} orbits`, `${points.length} orbits`],
  });
  drawScale(
    plot,
    { top: points.some(({ active }) => active > activeMax) ? `${activeMax}+` : String(activeMax), bottom: '1' },
    style,
  );
  if (style.ascii) drawAsciiDots(plot.data, scatter);
  else drawBrailleDots(plot.data, scatter);
  const label = String(last);
  drawTicks(plot, [
    { column: 0, label: String(first) },
    { column: plot.data.width - label.length, label },
  ]);
}

/** Bits of the 2 x 4 dots of a braille cell, by column, then by row from the top. */
const brailleBits = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
];

function drawBrailleDots(area: Area, scatter: OrbitScatter): void {
  const cells = new Uint8Array(area.width * area.height);
  for (const { x, y } of dots(scatter, { width: area.width * 2, height: area.height * 4 })) {
    cells[(y >> 2) * area.width + (x >> 1)] |= brailleBits[x & 1][y & 3];
  }
  cells.forEach((bits, cell) => {
    if (bits === 0) return;
    area.put(cell % area.width, Math.floor(cell / area.width), String.fromCharCode(0x2800 + bits), 'data');
  });
}

function drawAsciiDots(area: Area, scatter: OrbitScatter): void {
  const counts = new Uint16Array(area.width * area.height);
  for (const { x, y } of dots(scatter, area)) counts[y * area.width + x]++;
  counts.forEach((count, cell) => {
    if (count === 0) return;
    const sign = count === 1 ? '.' : count < 4 ? 'o' : '@';
    area.put(cell % area.width, Math.floor(cell / area.width), sign, 'data');
  });
}

/** Points on a grid of dots, row 0 at the top. */
function dots(
  { points, span, activeMax }: OrbitScatter,
  { width, height }: { width: number; height: number },
): { x: number; y: number }[] {
  if (width === 0 || height === 0) return [];
  return points.map(({ distance, active }) => {
    const level = Math.min(1, Math.max(0, (active - 1) / Math.max(1, activeMax - 1)));
    return {
      x: span === 0 ? 0 : Math.round((distance / span) * (width - 1)),
      y: height - 1 - Math.round(level * (height - 1)),
    };
  });
}
