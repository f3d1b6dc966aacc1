import type { ProduceSummary } from '../../src/commands/produce/summary.js';
import { type Spread, spreadOf } from '../common/spread.js';
import { onStore } from './throughput.js';

/**
 * How far produce was from its schedule over a whole run, in percent of it: the last of n rows is due `(n - 1) / rate`
 * after the first, and was written when the run ended. The time in which the last rows are written together and flushed
 * counts as an error, so that a longer run has less of it, and so does time of the schedule that was given up.
 */
export function pacingErrorPercent({ rows, elapsed_ms, rate }: ProduceSummary): number {
  if (typeof rate !== 'number' || rows < 2)
    throw new Error(`pacing must be of a rate and two rows at least, got ${rows} rows`);
  const dueMs = ((rows - 1) / rate) * 1000;
  return (Math.abs(elapsed_ms - dueMs) / dueMs) * 100;
}

/** Measures the error at each rate, all rates at the same time, each on a log of its own. */
export async function measurePacing(rates: readonly number[], seconds: number, rounds: number): Promise<Spread[]> {
  const errors = rates.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    await Promise.all(rates.map(async (rate, i) => errors[i].push(await errorOnce(rate, seconds))));
    process.stderr.write('.');
  }
  return errors.map(spreadOf);
}

function errorOnce(rate: number, seconds: number): Promise<number> {
  return onStore(async (dtstream) => {
    const flags = ['--rate', String(rate), '--limit', String(Math.round(rate * seconds))];
    return pacingErrorPercent((await dtstream.produce(undefined, 'data_raw', ...flags)).summary);
  });
}
