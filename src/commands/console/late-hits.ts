import { countOf } from './plural.js';

/** Hits, and those of them that came after their orbit was published. */
export interface LateCounts {
  readonly hits: number;
  readonly lateHits: number;
}

/** Fraction of late hits above which results are not what was measured: a disordered stream has less. */
const lateShareMax = 0.01;

/** Whether so many hits are late that something is wrong with the rows, or with `--lateness`. */
export function areManyLate({ hits, lateHits }: LateCounts): boolean {
  return lateHits > lateShareMax * hits;
}

/** `17 hits of 3,400 (0.5 %) came late`. */
export function lateShareText({ hits, lateHits }: LateCounts): string {
  return `${countOf(lateHits, 'hit')} of ${hits.toLocaleString('en-US')} (${shareText(lateHits / hits)}) came late`;
}

/** What makes many hits of a topic late. */
export const manyLateCauses =
  'has the orbit counter restarted (produce --new-run), are rows in the topic twice, or is --lateness too small?';

/** `47 %`, `0.3 %`, `below 0.1 %`. */
function shareText(share: number): string {
  if (share < 0.001) return 'below 0.1 %';
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
