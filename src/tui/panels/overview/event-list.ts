import type { DetectorView } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { cut, formatClock } from '../../draw/format.js';
import type { Ink } from '../../draw/ink.js';

/** Something that happened. */
interface Event {
  readonly atMs: number;
  /** In several lengths, the longest first. */
  readonly texts: readonly string[];
  readonly ink: Ink;
}

/** Columns of the time. */
const clockWidth = 9;

/** Alarms and marks by time, the newest first. */
export function drawNewestEvents(area: Area, { alarms, marks }: Pick<DetectorView, 'alarms' | 'marks'>): void {
  const events: Event[] = [
    ...alarms.map(({ sinceMs, objectText, fault, state }): Event => {
      const what = `${objectText} ${fault}`;
      return {
        atMs: sinceMs,
        texts: [`${what}, ${state}`, `${what} ${state}`, what],
        ink: state === 'NEW' ? 'bad' : 'plain',
      };
    }),
    ...alarms.flatMap(({ endedMs, objectText, fault }): Event[] =>
      endedMs === undefined
        ? []
        : [{ atMs: endedMs, texts: [`${objectText} ${fault}, over`, `${objectText} over`], ink: 'plain' }],
    ),
    ...marks.map(({ atMs, number, text }): Event => ({ atMs, texts: [`mark ${number}  ${text}`], ink: 'plain' })),
  ];
  area.put(0, 0, 'NEWEST', 'strong');
  if (events.length === 0) area.put(0, 1, 'no alarm and no mark');
  events.sort((one, other) => other.atMs - one.atMs);
  events.forEach(({ atMs, texts, ink }, index) => {
    area.put(0, 1 + index, formatClock(atMs));
    const room = area.width - clockWidth;
    area.put(clockWidth, 1 + index, texts.find((text) => text.length <= room) ?? cut(texts.at(-1) ?? '', room), ink);
  });
}
