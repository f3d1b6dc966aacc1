/** A scale from values to [0, 1]. */
export interface Axis {
  readonly isLogarithmic: boolean;
  readonly place: (value: number) => number;
  /** Round values inside the range, ascending. */
  readonly ticks: readonly number[];
}

/** Above this ratio between largest and smallest a linear scale would hide the small ones. */
const linearRatioMax = 20;
const ticksWanted = 6;

/** A scale that holds all values: linear from 0, or logarithmic where they differ much. */
export function axisOf(values: readonly number[]): Axis {
  const max = Math.max(...values, 0);
  const positive = values.filter((value) => value > 0);
  const min = positive.length > 0 ? Math.min(...positive) : max;
  if (max <= 0) return { isLogarithmic: false, place: () => 0, ticks: [0] };
  return max / min > linearRatioMax ? logarithmic(min, max) : linear(max);
}

function linear(max: number): Axis {
  const step = roundStep(max / ticksWanted);
  const end = Math.ceil(max / step) * step;
  const count = Math.round(end / step);
  const ticks = Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
  return { isLogarithmic: false, place: (value) => value / end, ticks };
}

function logarithmic(min: number, max: number): Axis {
  const [low, high] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  const place = (value: number): number =>
    value <= 10 ** low ? 0 : Math.min(1, (Math.log10(value) - low) / (high - low));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => Number((10 ** (low + i)).toPrecision(12)));
  return { isLogarithmic: true, place, ticks };
}

/** 1, 2 or 5 times a power of ten, at least as large as requested. */
function roundStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ([1, 2, 5].find((factor) => factor * power >= wanted) ?? 10);
}

/** `1,500`, `0.01`. */
export function tickText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
