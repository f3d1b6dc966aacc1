import type { DetectorView } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatClock, formatSpan } from '../../draw/format.js';
import type { Ink } from '../../draw/ink.js';
import type { Style } from '../../draw/style.js';
import type { FrozenView } from '../../pages/view.js';

/** From the oldest moment that the screen can show to now: alarms, marks, and where the screen stands. */
export function drawTimeLine(
  area: Area,
  { frozen, detector }: { readonly frozen: FrozenView; readonly detector: DetectorView },
  { ascii }: Style,
): void {
  const { atMs, oldestMs, liveMs } = frozen;
  const from = ` ${formatClock(oldestMs)} `;
  const to = ` now  -${formatSpan(liveMs - atMs)} `;
  const width = area.width - from.length - to.length;
  area.put(0, 0, from);
  area.put(area.width - to.length, 0, to);
  if (width <= 0) return;
  const line = area.part({ x: from.length, y: 0, width, height: 1 });
  line.put(0, 0, (ascii ? '-' : '─').repeat(width), 'grid');
  const columnOf = (ms: number): number =>
    Math.min(width - 1, Math.floor((width * (ms - oldestMs)) / Math.max(1, liveMs - oldestMs)));
  const put = (ms: number, text: string, ink: Ink): void => {
    const column = columnOf(ms);
    if (column >= 0) line.put(column, 0, text, ink);
  };
  for (const { atMs: markMs, number } of detector.marks) put(markMs, `${ascii ? '|' : '┴'}${number}`, 'plain');
  for (const { sinceMs, state } of detector.alarms) put(sinceMs, 'x', state === 'NEW' ? 'bad' : 'warn');
  put(atMs, ascii ? 'V' : '▼', 'strong');
}
