import { type Spread, spreadOf as spreadIfAny } from '../../src/experiment/runs/spread.js';

export type { Spread };

/** @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  const spread = spreadIfAny(values);
  if (spread === undefined) throw new Error('a spread must be over one value at least, got none');
  return spread;
}

/** `1.23 (1.20 – 1.31)`, or `1.23` where there is nothing between the least and the most. */
export function formatSpread({ median, min, max }: Spread, digits: number): string {
  const text = (value: number): string => value.toLocaleString('en-US', fixed(digits));
  return min === max ? text(median) : `${text(median)} (${text(min)} – ${text(max)})`;
}

/** The same values in another unit: each divided by it. */
export function inUnit({ median, min, max, count }: Spread, unit: number): Spread {
  return { median: median / unit, min: min / unit, max: max / unit, count };
}

function fixed(digits: number): Intl.NumberFormatOptions {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}
