import { formatShort } from './format.js';

/** Height of a single one above the foot of a logarithmic scale, in decades: it must not vanish. */
const footDecades = 0.3;

/** A logarithmic scale of counts from 1 to a power of ten. */
export interface LogScale {
  readonly decades: number;
}

export function logScaleOf(max: number): LogScale {
  return { decades: Math.max(1, Math.ceil(Math.log10(Math.max(1, max)) - 1e-9)) };
}

/** How much of the scale a bar takes, 0 … 1; less than a single one takes nothing. */
export function logShare(count: number, { decades }: LogScale): number {
  return count < 1 ? 0 : (Math.log10(count) + footDecades) / (decades + footDecades);
}

/** Labels of the decades by row; those at both ends first, then the higher ones, as far as each has a row of its own. */
export function decadeLabels(height: number, scale: LogScale): Map<number, string> {
  const inner = Array.from({ length: scale.decades - 1 }, (_, index) => scale.decades - 1 - index);
  const labels = new Map<number, string>();
  for (const decade of [scale.decades, 0, ...inner]) {
    const row = height - Math.max(1, Math.ceil(logShare(10 ** decade, scale) * height - 1e-9));
    if (!labels.has(row)) labels.set(row, shortDecade(decade));
  }
  return labels;
}

/** `1`, `100`, `10k`, `1M`. */
function shortDecade(decade: number): string {
  return formatShort(10 ** decade).replace(/\.0+/, '');
}
