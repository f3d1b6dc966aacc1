import type { BatchMessage } from '../../src/domain/batch-message.js';
import { type Split, stepsOf } from './arbitraries.js';
import type { Row } from './classify.js';
import type { StreamLine } from './line-arbitrary.js';
import { type LaneOptions, ModelLane, type ModelMessage } from './model.js';

/**
 * All messages of a lane that reads the lines as the split has it and is flushed at their end. A row is a record, with one
 * counter of offsets for all partitions.
 */
export function laneMessages(
  lines: readonly StreamLine[],
  split: Split,
  options: Omit<LaneOptions, 'partitions'>,
): ModelMessage[] {
  const partitions = Array.from({ length: split.partitions }, (_, partition) => partition);
  const lane = new ModelLane({ ...options, partitions });
  const messages: ModelMessage[] = [];
  let offset = 0;
  for (const step of stepsOf(lines, split)) {
    if (step.kind === 'read') {
      const rows = rowsOf(step.lines);
      lane.read(step.partition, rows, step.mark);
      offset += rows.length;
    } else if (step.kind === 'hole') {
      messages.push(...lane.lose(step.partition, offset, offset + step.offsets));
      offset += step.offsets;
    } else if (step.kind === 'idle') lane.idle(step.partition, true);
    else messages.push(...lane.cut());
  }
  return [...messages, ...lane.flush()];
}

/**
 * All messages of direct mode: one partition, a batch for every `batchRows` rows, the end flushed in a last one. Rows
 * that fill no batch belong to that last one.
 */
export function directMessages(
  rows: readonly Row[],
  options: Omit<LaneOptions, 'partitions'> & { readonly batchRows: number },
): ModelMessage[] {
  const lane = new ModelLane({ ...options, partitions: [0] });
  const messages: ModelMessage[] = [];
  for (let first = 0; first < rows.length; first += options.batchRows) {
    const batch = rows.slice(first, first + options.batchRows);
    lane.read(0, batch);
    if (batch.length === options.batchRows) messages.push(...lane.cut());
  }
  return [...messages, ...lane.flush()];
}

/** The rows among lines, with the mark of each. */
export function rowsOf(lines: readonly StreamLine[]): (Row & { readonly mark?: string | undefined })[] {
  return lines.flatMap(({ fate, mark }) => (fate.kind === 'none' ? [] : { ...fate, mark }));
}

/** The part of a real message that the model speaks of, to be compared with what it says. */
export function modelViewOf(message: BatchMessage): ModelMessage {
  return {
    msg_ID: message.msg_ID,
    run: message.run,
    hit_count: message.hit_count,
    hit_count_chamber: message.hit_count_chamber,
    tdc_counts_chamber: message.tdc_counts_chamber,
    active_tdc_chamber: message.active_tdc_chamber,
    active_channels_chamber: message.active_channels_chamber,
    ledger: message.ledger,
    late_hits: message.late_hits,
    late_orbits: message.late_orbits,
    orbits: message.orbits,
    orbit_first: message.batch.orbit_first,
    orbit_last: message.batch.orbit_last,
    ...(message.lost !== undefined && { lost: message.lost }),
  };
}
