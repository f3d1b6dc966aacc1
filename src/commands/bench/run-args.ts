import type { Configuration } from '../../experiment/runs/configuration.js';
import type { RunSettings } from './settings.js';

/** Arguments of an instance of `process`. */
export function processArgs(
  { threads, shards, instances, physics, batchIntervalMs }: Configuration,
  group: string,
  { brokers, orbitDetail }: Pick<RunSettings, 'brokers' | 'orbitDetail'>,
): (string | number)[] {
  const compute = ['--threads', threads, '--shards', shards, '--batch-interval', `${batchIntervalMs}ms`];
  // In Kafka the group assigns lanes; in the embedded log the first process takes free ones.
  const lanes = ['--lanes', instances, ...(brokers === undefined ? ['--own-lanes', 1] : [])];
  return ['process', '--group', group, ...compute, ...lanes, '--orbit-detail', orbitDetail, '--physics', physics];
}

/** Arguments of `produce` with simulated rows. */
export function produceArgs(
  configuration: Pick<Configuration, 'rate' | 'partitions' | 'rowsPerMessage' | 'encoding'>,
  { seed }: Pick<RunSettings, 'seed'>,
): (string | number)[] {
  return ['produce', ...formArgs(configuration), '--sim', `seed=${seed}`];
}

/** Arguments of `produce` with whatever rows: how fast, and in which form. */
export function formArgs({
  rate,
  partitions,
  rowsPerMessage,
  encoding,
}: Pick<Configuration, 'rate' | 'partitions' | 'rowsPerMessage' | 'encoding'>): (string | number)[] {
  const form = ['--partitions', partitions, '--rows-per-message', rowsPerMessage, '--encoding', encoding];
  return ['--summary', '--rate', rate, ...form];
}
