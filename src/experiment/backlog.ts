import { slopeOf } from './line-fit.js';
import type { SeenMessage } from './seen-message.js';

/** A time span, ms since 1970. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A running number of rows at a time. */
export interface RowsAt {
  readonly ms: number;
  readonly rows: number;
}

/**
 * The backlog just after each message: the rows that had come in by then less those in visible messages. At that point it
 * is lowest, so that the rows of the batch under way do not blur the trend.
 *
 * @param rowsInAt rows that were due or written at a time
 */
export function backlogAfterMessages(
  messages: readonly SeenMessage[],
  rowsInAt: (ms: number) => number,
  window: Window,
): RowsAt[] {
  let read = 0;
  return messages
    .map(({ visibleMs, rowsRead }) => ({ ms: visibleMs, rows: rowsInAt(visibleMs) - (read += rowsRead) }))
    .filter(({ ms }) => ms >= window.fromMs && ms < window.toMs);
}

/** The backlog at a time, whether a message came just then or not. */
export function backlogAt(messages: readonly SeenMessage[], rowsInAt: (ms: number) => number, ms: number): number {
  const read = messages.reduce((sum, { visibleMs, rowsRead }) => (visibleMs <= ms ? sum + rowsRead : sum), 0);
  return rowsInAt(ms) - read;
}

/** Rows/s by which a number of rows grows; 0 when too few samples tell. */
export function rowsSlope(samples: readonly RowsAt[]): number {
  return slopeOf(samples.map(({ ms, rows }) => ({ x: ms / 1000, y: rows }))) ?? 0;
}

/** Rows at a time between samples of a running number, on a straight line; before and after them as at the ends. */
export function interpolateRows(samples: readonly RowsAt[], ms: number): number {
  const after = samples.findIndex((sample) => sample.ms >= ms);
  if (after === 0) return samples[0].rows;
  if (after < 0) return samples.at(-1)?.rows ?? 0;
  const [left, right] = [samples[after - 1], samples[after]];
  return left.rows + ((right.rows - left.rows) * (ms - left.ms)) / (right.ms - left.ms);
}

/**
 * Rows/s that went through in a window: of each lane, the rows between its first and its last message there. Counting
 * whole messages in a window of a few seconds would be off by one of them.
 */
export function processedRate(messages: readonly SeenMessage[], { fromMs, toMs }: Window): number {
  const inside = messages.filter(({ visibleMs }) => visibleMs >= fromMs && visibleMs < toMs);
  let rate = 0;
  for (const lane of new Set(inside.map((message) => message.lane))) {
    const own = inside.filter((message) => message.lane === lane);
    const seconds = ((own.at(-1)?.visibleMs ?? 0) - own[0].visibleMs) / 1000;
    const rows = (list: readonly SeenMessage[]): number => list.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
    // One message, or several at the same time: it is only known that they came within the window.
    rate += seconds > 0 ? rows(own.slice(1)) / seconds : rows(own) / ((toMs - fromMs) / 1000);
  }
  return rate;
}
