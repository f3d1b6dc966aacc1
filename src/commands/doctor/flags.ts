import type { KafkaCommand } from '../../transport/kafka/rights/command-rights.js';
import type { GlobalFlags } from '../flags/common.js';
import type { LogFlags } from '../flags/log.js';
import type { InputFlags } from '../flags/input.js';

/** Flags of `dtstream doctor`. */
export interface DoctorFlags extends GlobalFlags, LogFlags, InputFlags {
  readonly topic: string;
  readonly group: string;
  /** Commands that must have all their rights in Kafka; undefined = any of them. */
  readonly for?: readonly KafkaCommand[];
  readonly json: boolean;
}
