import { type QualityEvent, qualityEventSchema } from '../../../src/quality/events.js';

export type Change = Exclude<QualityEvent, { event: 'warning' }>;

/** Changes on the lines of a monitor, each checked; a line that was cut by the end of its process is none. */
export function changesOf(stdout: string): Change[] {
  const lines = stdout.split('\n').slice(0, -1);
  const events = lines.map((line) => qualityEventSchema.parse(JSON.parse(line)));
  return events.filter((event) => event.event !== 'warning');
}
