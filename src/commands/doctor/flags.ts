import type { KafkaCommand } from '../../transport/kafka/rights/command-rights.js';
import type { GlobalFlags } from '../flags/common.js';
import type { LogFlags } from '../flags/log.js';
import type { S3Flags } from '../flags/s3.js';

/** Flags of `dtstream doctor`. */
export interface DoctorFlags extends GlobalFlags, LogFlags, S3Flags {
  readonly topic: string;
  readonly group: string;
  /** Commands that must have all their rights in Kafka; undefined = any of them. */
  readonly for?: readonly KafkaCommand[];
  readonly json: boolean;
}
