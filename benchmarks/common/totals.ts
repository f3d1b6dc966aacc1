import { isDeepStrictEqual } from 'node:util';

/** What is compared between programs: the same keys as in the summary of `dtstream process`. */
const comparedKeys = ['tdc_counts_chamber', 'active_channels_chamber', 'orbits'] as const;

/** The totals that a program printed. */
export type Totals = Readonly<Record<(typeof comparedKeys)[number], unknown>> & {
  readonly ledger?: { readonly rows_read: number; readonly hits: number };
};

export function parseTotals(text: string): Totals {
  return JSON.parse(text) as Totals;
}

/** @throws Error with the first key in which the two differ */
export function assertSameTotals(
  name: string,
  ours: Totals,
  theirs: Totals,
  keys: readonly (typeof comparedKeys)[number][] = comparedKeys,
): void {
  for (const key of keys) {
    if (!isDeepStrictEqual(ours[key], theirs[key])) {
      throw new Error(
        `${name} must find what dtstream finds, but ${key} is\n${JSON.stringify(theirs[key])}\nand not\n${JSON.stringify(ours[key])}`,
      );
    }
  }
}
