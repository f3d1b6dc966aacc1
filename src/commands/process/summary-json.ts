import type { Summary } from '../../domain/batch-message.js';

/** A summary as JSON for people: indented, but a list of numbers on one line. */
export function summaryJson(summary: Summary): string {
  return JSON.stringify(summary, null, 2).replace(/\[[\d\s,]+\]/g, (list) =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
}
