import { type Command, Option } from 'commander';
import { DtstreamError } from '../errors.js';
import type { Transport } from '../transport/transport.js';

/** Flags that say which log is used. */
export interface LogFlags {
  readonly brokers?: string;
  readonly store: string;
}

export function addLogFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--brokers <host:port,…>', 'Apache Kafka instead of the embedded log').env('DTSTREAM_BROKERS'),
    )
    .option('--store <dir>', 'folder of the embedded log, which needs no server', '.dtstream');
}

/** What the flags name, in words, also where it cannot be opened yet. */
export function logName({ brokers, store }: LogFlags): string {
  return brokers === undefined ? `embedded log ${store}` : `Kafka ${brokers}`;
}

/**
 * Opens the log that the flags name.
 *
 * @throws DtstreamError `store` or `transport` when it cannot be opened
 */
export async function openLog(
  flags: LogFlags,
  options: { readonly create?: boolean; readonly retentionPolicy?: 'hold' | 'delete' } = {},
): Promise<Transport> {
  if (flags.brokers !== undefined) {
    throw new DtstreamError('usage', `--brokers needs a build with Kafka, which this is not yet, got ${flags.brokers}`);
  }
  const { openEmbeddedLog } = await import('../transport/embedded/embedded-log.js');
  return openEmbeddedLog({ dir: flags.store, ...options });
}
