import type { TestContext } from 'node:test';
import { openEmbeddedLog } from '../../src/transport/embedded/embedded-log.js';
import type { LaneLease, Transport } from '../../src/transport/transport.js';
import { batchOf } from '../transport/records.js';

const names = { topic: 'data_raw', results: 'data_clean', rejected: 'data_rejected' } as const;

/** A store that a group publishes to, as process does, but with any values. */
export interface Results {
  readonly log: Transport;
  /** Publishes values in one transaction; what is no text becomes JSON. */
  readonly publish: (...values: readonly unknown[]) => Promise<void>;
}

/**
 * Makes the store and joins the group, until the test ends.
 *
 * @param retentionBytes what `data_clean` keeps
 */
export async function openResults(context: TestContext, dir: string, retentionBytes?: number): Promise<Results> {
  const log = await openEmbeddedLog({ dir });
  context.after(() => log.close());
  const keeps = retentionBytes === undefined ? {} : { retentionBytes };
  await log.createTopics([
    { topic: names.topic, partitions: 2, replicationFactor: 1 },
    { topic: names.results, partitions: 1, replicationFactor: 1, writer: 'group', ...keeps },
  ]);
  const member = await log.joinGroup({ ...names, group: 'dtstream', lanes: 1, reset: false });
  const lane = await member.nextLane(AbortSignal.timeout(30_000));
  if (lane === undefined) throw new Error('no lane in time');
  return { log, publish: (...values) => publish(lane, values) };
}

function publish(lane: LaneLease, values: readonly unknown[]): Promise<void> {
  const texts = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return lane.commit({ results: [batchOf(0, texts)], rejected: [], offsets: new Map() });
}
