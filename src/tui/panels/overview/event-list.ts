import type { DetectorView } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatClock } from '../../draw/format.js';
import type { Ink } from '../../draw/ink.js';

/** Something that happened. */
interface Event {
  readonly atMs: number;
  readonly text: string;
  readonly ink: Ink;
}

/** Alarms and marks by time, the newest first. */
export function drawNewestEvents(area: Area, { alarms, marks }: Pick<DetectorView, 'alarms' | 'marks'>): void {
  const events: Event[] = [
    ...alarms.map(({ sinceMs, objectText, fault, state }): Event => {
      return { atMs: sinceMs, text: `${objectText} ${fault}, ${state}`, ink: state === 'NEW' ? 'bad' : 'plain' };
    }),
    ...alarms.flatMap(({ endedMs, objectText, fault }): Event[] =>
      endedMs === undefined ? [] : [{ atMs: endedMs, text: `${objectText} ${fault}, over`, ink: 'plain' }],
    ),
    ...marks.map(({ atMs, number, text }): Event => ({ atMs, text: `mark ${number}  ${text}`, ink: 'plain' })),
  ];
  area.put(0, 0, 'NEWEST', 'strong');
  if (events.length === 0) area.put(0, 1, 'no alarm and no mark');
  events.sort((one, other) => other.atMs - one.atMs);
  events.forEach(({ atMs, text, ink }, index) => {
    area.put(0, 1 + index, formatClock(atMs));
    area.put(9, 1 + index, text, ink);
  });
}
