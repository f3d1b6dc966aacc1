import type { GlobalFlags } from '../flags/common.js';
import type { InputFlags } from '../flags/input.js';
import type { LogFlags } from '../flags/log.js';
import type { MetricsFlags } from '../metrics/flags.js';
import type { RecreateFlags } from '../topics/recreate-topics.js';
import type { Encoding, Partitioning } from '../../pipeline/produce/packer.js';
import type { Compression } from '../../transport/kafka/writing/compression.js';

/** Flags of `dtstream produce`. */
export interface ProduceFlags extends GlobalFlags, LogFlags, InputFlags, MetricsFlags, RecreateFlags {
  /** Rows/s; Infinity = as fast as possible; or by the orbits of the rows. */
  readonly rate: number | 'detector';
  /** With `rate: 'detector'`: how much faster than the detector; absent = 1. */
  readonly speed?: number;
  readonly limit?: number;
  readonly loop: boolean;
  readonly follow: boolean;
  readonly resume: boolean;
  readonly again: boolean;
  readonly newRun: boolean;
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor?: number;
  readonly rowsPerMessage: number;
  readonly encoding: Encoding;
  readonly partitionBy: Partitioning;
  readonly acks: 'all' | '1' | '0';
  readonly compression: Compression;
  readonly linger: number;
  readonly retention?: number;
  readonly retentionPolicy: 'hold' | 'delete';
  readonly summary: boolean;
  /** Faults of the simulated rows as they are asked for, and the file that says what they did. */
  readonly fault?: string;
  readonly truth?: string;
  readonly force: boolean;
  /** Options of the simulator that were given. */
  readonly simulator: Readonly<Record<string, unknown>>;
}
