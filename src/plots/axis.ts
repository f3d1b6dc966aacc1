/** A scale from values to [0, 1]. */
export interface Axis {
  readonly kind: 'linear' | 'logarithmic' | 'doubling';
  readonly place: (value: number) => number;
  /** Values that get a mark and a number, ascending. */
  readonly ticks: readonly number[];
}

/** Above this ratio between largest and smallest a linear scale would hide the small ones. */
const linearRatioMax = 20;
const ticksWanted = 5;
/** Room on both sides of the settings, so that no point stands on the frame. */
const marginShare = 0.1;

/** A scale for measured values: linear from 0, or logarithmic where they differ much. */
export function measuredAxis(values: readonly number[]): Axis {
  const max = Math.max(...values, 0);
  const positive = values.filter((value) => value > 0);
  const min = positive.length > 0 ? Math.min(...positive) : max;
  if (max <= 0) return { kind: 'linear', place: () => 0, ticks: [0] };
  return max / min > linearRatioMax ? logarithmicAxis(min, max) : linearAxis(max);
}

/** A scale for the values of a setting, each with its tick: logarithmic where they double or span much. */
export function settingAxis(values: readonly number[]): Axis {
  const ticks = [...new Set(values)].sort((a, b) => a - b);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  if (low === high) return { kind: 'linear', place: () => 0.5, ticks };
  // Two values are on every scale.
  const isDoubling = ticks.length > 2 && low > 0 && ticks.every((value, i) => i === 0 || value === 2 * ticks[i - 1]);
  const isWide = ticks.length > 2 && low > 0 && high / low >= 10;
  const scale = isDoubling || isWide ? Math.log2 : (value: number): number => value;
  const place = (value: number): number =>
    marginShare + ((scale(value) - scale(low)) / (scale(high) - scale(low))) * (1 - 2 * marginShare);
  return { kind: isDoubling ? 'doubling' : isWide ? 'logarithmic' : 'linear', place, ticks };
}

/** A linear scale from 0 to the first tick that is not below a value above 0. */
export function linearAxis(max: number): Axis {
  const step = roundStep(max / ticksWanted);
  const end = Math.ceil(max / step - 1e-9) * step;
  const count = Math.round(end / step);
  const ticks = Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
  return { kind: 'linear', place: (value) => value / end, ticks };
}

/** A logarithmic scale over whole decades; what is below them stands at 0. */
export function logarithmicAxis(min: number, max: number): Axis {
  const [low, high] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  const place = (value: number): number =>
    value <= 10 ** low ? 0 : Math.min(1, (Math.log10(value) - low) / (high - low));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => Number((10 ** (low + i)).toPrecision(12)));
  return { kind: 'logarithmic', place, ticks };
}

/** 1, 2 or 5 times a power of ten, at least as large as requested. */
function roundStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ([1, 2, 5].find((factor) => factor * power >= wanted * (1 - 1e-9)) ?? 10);
}

/** `1,500`, `0.01`, `20k` where there is little room. */
export function tickText(value: number): string {
  if (value >= 10_000 && value % 1000 === 0) {
    const [unit, name] = value % 1e6 === 0 ? [1e6, 'M'] : [1e3, 'k'];
    return `${(value / unit).toLocaleString('en-US')}${name}`;
  }
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
