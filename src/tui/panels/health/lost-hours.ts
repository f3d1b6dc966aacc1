import { channelStepS, type StepHits } from '../../../results/channel-steps.js';
import type { ChannelHours } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatClock, formatCount, formatPeriod } from '../../draw/format.js';
import { drawHours } from '../../draw/hours-axis.js';
import { drawTitle } from '../../draw/line.js';
import { drawSeries } from '../../draw/series.js';
import type { Style } from '../../draw/style.js';

const rows: readonly (readonly [string, (step: StepHits) => number])[] = [
  ['rejected rows', ({ rejected }) => rejected],
  ['late hits', ({ lateHits }) => lateHits],
];
const nameWidth = 15;
/** Of `most 1,234 at 14:35:00`. */
const mostWidth = 28;
/** Rows with title and hours. */
export const lostHoursRows = rows.length + 2;

export function lostHoursWidth(steps: number): number {
  return nameWidth + steps + mostWidth;
}

/** Rejected rows and late hits over 8 hours, each in bars of which the highest is full, and when that was. */
export function drawLostHours(area: Area, { endMs, steps }: ChannelHours, style: Style): void {
  const columnS = channelStepS;
  drawTitle(area, [
    { text: `REJECTED AND LATE OVER ${formatPeriod(steps.length * columnS)}`, ink: 'strong' },
    { text: `${formatPeriod(columnS)} a column, blank: no message` },
  ]);
  rows.forEach(([name, of], index) => {
    const y = 1 + index;
    const values = steps.map((step) => step && of(step));
    const most = Math.max(0, ...values.map((value) => value ?? 0));
    area.put(1, y, name);
    drawSeries(
      area.part({ x: nameWidth, y, width: steps.length, height: 1 }),
      values,
      { top: Math.max(1, most) },
      style,
    );
    if (most === 0) return;
    const atMs = endMs - (steps.length - values.lastIndexOf(most)) * 1000 * columnS;
    area.put(nameWidth + steps.length + 2, y, `most ${formatCount(most)} at ${formatClock(atMs).slice(0, 5)}`);
  });
  const axis = area.part({ x: nameWidth, y: 1 + rows.length, width: steps.length, height: 1 });
  drawHours(axis, { columnS, endMs });
}
