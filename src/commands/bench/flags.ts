import type { ConfigurationLists, Rate } from '../../experiment/runs/configuration.js';
import type { GlobalFlags } from '../flags/common.js';

/** How the outcome is printed. */
export const formats = ['table', 'markdown', 'csv', 'json'] as const;

/** Flags of `dtstream bench`. */
export interface BenchFlags extends GlobalFlags {
  readonly instances: readonly number[];
  readonly threads: readonly number[];
  readonly partitions: readonly number[];
  readonly shards?: readonly number[];
  readonly rowsPerMessage: readonly number[];
  readonly encoding: ConfigurationLists['encoding'];
  readonly physics: ConfigurationLists['physics'];
  readonly rate: readonly Rate[];
  readonly batchInterval: readonly number[];
  /** Rows of a topic that is filled before the runs; absent = live runs. */
  readonly drain?: number;
  readonly input?: readonly string[];
  readonly fill: boolean;
  readonly warmUp: number;
  readonly duration: number;
  readonly repeat: number;
  readonly seed: number;
  readonly timeLimit?: number;
  readonly resume?: string;
  readonly orbitDetail: 'auto' | 'full' | 'none';
  readonly verify: boolean;
  readonly brokers?: string;
  readonly brokerWait: number;
  readonly prefix?: string;
  readonly folder?: string;
  readonly keep: boolean;
  readonly format: (typeof formats)[number];
  readonly plot?: string;
  readonly force: boolean;
  readonly compare?: string;
  readonly findLimit: boolean;
  readonly objective?: number;
  readonly tolerance: number;
  readonly detectorRate: number;
}
