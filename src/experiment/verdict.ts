import type { Measurements, RunResult } from './run-result.js';

/**
 * A pace is kept when all but this fraction of the requested rows is produced, and a backlog is flat when it grows by less
 * than this fraction of the incoming rows. In a short window one late sample weighs more: then the bound is the number of
 * rows of this many seconds.
 */
const shareMax = 0.02;
const secondsMax = 0.1;

/** The fault of a producer that was too slow. */
export const producerFault = 'of the requested rows were produced';

/** The faults of a run, in words; empty for a run whose figures are valid. */
export function faultsOf({ measured, failure }: Pick<RunResult, 'measured' | 'failure'>): string[] {
  if (measured === null) return [`failed: ${failure ?? 'unknown'}`];
  const faults: string[] = [];
  const behind = paceFault(measured);
  if (behind !== undefined) faults.push(behind);
  const { result, detail } = measured.verify;
  if (result === 'different' || result === 'not comparable') faults.push(`NOT VERIFIED: ${detail}`);
  return faults;
}

function paceFault(measured: Measurements): string | undefined {
  const { askedRowsPerSecond: asked, producedRowsPerSecond: produced, backlogSlope, seconds } = measured;
  const tolerance = Math.max(shareMax, secondsMax / seconds);
  if (asked !== null && produced < (1 - tolerance) * asked) {
    return `did not keep up: ${percent(produced / asked)} ${producerFault}`;
  }
  const incoming = asked ?? produced;
  if (measured.messages === 0) return 'did not keep up: no message in the window';
  if (backlogSlope <= tolerance * incoming) return undefined;
  return `did not keep up: backlog grew by ${percent(backlogSlope / incoming)} of the rows`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
