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

/** Rows at a time between samples of a running number, on a straight line; before and after them as at the ends. */
export function interpolateRows(samples: readonly RowsAt[], ms: number): number {
  const after = samples.findIndex((sample) => sample.ms >= ms);
  if (after === 0) return samples[0].rows;
  if (after < 0) return samples.at(-1)?.rows ?? 0;
  const [left, right] = [samples[after - 1], samples[after]];
  return left.rows + ((right.rows - left.rows) * (ms - left.ms)) / (right.ms - left.ms);
}

/** Rows/s of a running number over a window, between its values at both ends. */
export function rateOver(samples: readonly RowsAt[], { fromMs, toMs }: Window): number {
  return ((interpolateRows(samples, toMs) - interpolateRows(samples, fromMs)) / (toMs - fromMs)) * 1000;
}

/**
 * Rows/s that went through in a window: of each lane, the rows of its messages, each spread over the time since the message
 * before. Whole messages in a window of a few seconds would be off by one of them.
 */
export function processedRate(messages: readonly SeenMessage[], window: Window): number {
  return [...new Set(messages.map(({ lane }) => lane))].reduce((rate, lane) => {
    const own = messages.filter((message) => message.lane === lane);
    let rows = 0;
    const running = own.map(({ visibleMs, rowsRead }) => ({ ms: visibleMs, rows: (rows += rowsRead) }));
    return rate + rateOver([{ ms: own[0].openedMs, rows: 0 }, ...running], window);
  }, 0);
}
