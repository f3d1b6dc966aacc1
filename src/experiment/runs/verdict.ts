import type { Measurements, RunResult } from './run-result.js';

/** With fewer batches in the window a trend of the backlog cannot be told from its scatter. */
export const batchesMin = 10;

/**
 * A pace is kept when all but this fraction of the requested rows is produced, and a backlog is flat when it grows by less
 * than this fraction of the incoming rows; growth within the scatter of the samples does not count. In a short window one
 * late sample weighs more: then the bound is the number of rows of this many seconds.
 */
const shareMax = 0.02;
const secondsMax = 0.1;

/** Less than this share of the requested rows is too few, even where a short window has too few samples for a trend. */
const shareMin = 0.5;

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
  const { askedRowsPerSecond: asked, producedRowsPerSecond: produced, backlogSlope, seconds, trends } = measured;
  const tolerance = Math.max(shareMax, secondsMax / seconds);
  const isBehind = trends.produce === 'rises' && produced < (1 - tolerance) * (asked ?? 0);
  if (asked !== null && (isBehind || produced < shareMin * asked)) {
    return `did not keep up: ${percent(produced / asked)} ${producerFault}`;
  }
  if (trends.backlog === 'unknown') {
    return `window too short to tell: ${measured.messages} ${measured.messages === 1 ? 'batch' : 'batches'}, at least ${batchesMin} needed`;
  }
  const incoming = asked ?? produced;
  if (trends.backlog === 'flat' || backlogSlope <= tolerance * incoming) return undefined;
  if (measured.messages === 0) return 'did not keep up: no message in the window';
  return `did not keep up: backlog grew by ${percent(backlogSlope / incoming)} of the rows`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
