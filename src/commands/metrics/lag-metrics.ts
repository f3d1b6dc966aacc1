import { Gauge, type Registry } from 'prom-client';
import type { PartitionState } from '../../transport/transport.js';

/** A log that takes longer than this to answer does not delay the metrics. */
const waitMs = 500;

/** How far the lanes are that this process works on. */
export interface LanesRead {
  /** Next unread offset by partition. */
  readonly read: () => ReadonlyMap<number, number>;
  /** Whether a partition belongs to them, also one that they have not taken in yet. */
  readonly owns: (partition: number) => boolean;
}

/**
 * Unread messages of each partition, and those among them that wait for a transaction, according to the last answer of
 * the log.
 *
 * @param look returns the current partitions
 */
export function addLagMetrics(
  registry: Registry,
  topic: string,
  { read, owns }: LanesRead,
  look: () => Promise<readonly PartitionState[]>,
): void {
  let states: readonly PartitionState[] = [];
  let looking: Promise<void> | undefined;
  const lookOnce = (): Promise<void> => {
    looking ??= look()
      .then((partitions) => {
        states = partitions;
      })
      .catch(() => undefined)
      .finally(() => (looking = undefined));
    return looking;
  };
  const labelNames = ['topic', 'partition'] as const;
  const undecidedGauge = new Gauge({
    name: 'dtstream_undecided_messages',
    help: 'Messages of dtstream_lag_messages that wait for an open transaction.',
    labelNames,
    registers: [registry],
  });
  new Gauge({
    name: 'dtstream_lag_messages',
    help: 'Unread messages of a partition, for the lanes that this process owns.',
    labelNames,
    registers: [registry],
    async collect() {
      await orTimeout(lookOnce());
      this.reset();
      undecidedGauge.reset();
      const taken = read();
      for (const { partition, first, end, undecided = 0 } of states) {
        if (!taken.has(partition) && !owns(partition)) continue;
        this.set({ topic, partition }, Math.max(0, end + undecided - (taken.get(partition) ?? first)));
        undecidedGauge.set({ topic, partition }, undecided);
      }
    },
  });
}

async function orTimeout(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitMs)));
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
