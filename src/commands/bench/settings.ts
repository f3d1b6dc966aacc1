import { tmpdir } from 'node:os';

/** What all runs of an experiment have in common. */
export interface RunSettings {
  /** Absent = a temporary embedded log for each run. */
  readonly brokers?: string;
  readonly brokerWait?: number;
  /** In front of the names of topics and groups in Kafka. */
  readonly prefix?: string;
  readonly config?: string;
  /** Where temporary logs are made. */
  readonly folder: string;
  /** Whether topics and folders of runs are left. */
  readonly keep: boolean;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** Of the simulated rows. */
  readonly seed: number;
  /** As of `process`. */
  readonly orbitDetail: 'auto' | 'full' | 'none';
  readonly verify: boolean;
  /** Where processor profiles of `process` go; absent = none are made. */
  readonly profileDir?: string;
}

/** Default folder of {@link RunSettings}. */
export const temporaryFolder = tmpdir();
