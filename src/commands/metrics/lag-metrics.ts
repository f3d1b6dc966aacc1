import { Gauge, type Registry } from 'prom-client';
import type { PartitionState } from '../../transport/transport.js';

/** A log that takes longer than this to answer does not keep whoever asks for metrics. */
const waitMs = 500;

/**
 * Messages of each partition that are there and not read, as of the last answer of the log.
 *
 * @param read next unread offset by partition, of the lanes that are owned
 * @param look the partitions now
 */
export function addLagMetrics(
  registry: Registry,
  topic: string,
  read: () => ReadonlyMap<number, number>,
  look: () => Promise<readonly PartitionState[]>,
): void {
  let ends: ReadonlyMap<number, number> = new Map();
  let looking: Promise<void> | undefined;
  const lookOnce = (): Promise<void> => {
    looking ??= look()
      .then((partitions) => {
        ends = new Map(partitions.map(({ partition, end }) => [partition, end]));
      })
      .catch(() => undefined)
      .finally(() => (looking = undefined));
    return looking;
  };
  new Gauge({
    name: 'dtstream_lag_messages',
    help: 'Messages of a partition that are in the log and not read, of the lanes that this process works on.',
    labelNames: ['topic', 'partition'],
    registers: [registry],
    async collect() {
      await orTimeout(lookOnce());
      this.reset();
      for (const [partition, offset] of read()) {
        const end = ends.get(partition);
        if (end !== undefined) this.set({ topic, partition }, Math.max(0, end - offset));
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
