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
  const gauge = (name: string, help: string, value: (state: PartitionState, read: number) => number): void => {
    new Gauge({
      ...{ name, help, labelNames, registers: [registry] },
      // Metrics are collected side by side: each waits for the answer itself.
      async collect() {
        await orTimeout(lookOnce());
        this.reset();
        const taken = read();
        for (const state of states) {
          const { partition, first } = state;
          if (!taken.has(partition) && !owns(partition)) continue;
          this.set({ topic, partition }, value(state, taken.get(partition) ?? first));
        }
      },
    });
  };
  gauge(
    'dtstream_lag_messages',
    'Unread messages of a partition, for the lanes that this process owns.',
    ({ end, undecided = 0 }, next) => Math.max(0, end + undecided - next),
  );
  gauge(
    'dtstream_undecided_messages',
    'Messages of dtstream_lag_messages that wait for an open transaction.',
    ({ undecided = 0 }) => undecided,
  );
}

async function orTimeout(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitMs)));
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
