import { plainText } from '../../../domain/plain-text.js';
import { utcText } from '../../../domain/utc-text.js';
import { type AlarmRow, type AlarmState, alarmStates } from '../../../views/detector/verdicts.js';
import type { Area } from '../../draw/canvas.js';
import { cut, formatClock, formatSpan } from '../../draw/format.js';
import type { Ink } from '../../draw/ink.js';

export interface AlarmTable {
  readonly alarms: readonly AlarmRow[];
  /** Id of the one that keys act on. */
  readonly selected: string | undefined;
  /** What to say where there is none. */
  readonly none: string;
  readonly nowMs: number;
}

/** How the state of an alarm is written. */
export const stateInks: Readonly<Record<AlarmState, Ink>> = { NEW: 'bad', SEEN: 'warn', KNOWN: 'plain', GONE: 'warn' };
const stateWidth = 6;
const dayMs = 86_400_000;

/** Columns of numbers, from the right end to the left, and the widths of the table from which they have room. */
const columns = [
  { head: 'for', width: 7, of: forText, tableMin: 58 },
  { head: 'since', width: 8, of: sinceText, tableMin: 50 },
  { head: 'expected', width: 10, of: ({ expected }: AlarmRow) => expected, tableMin: 72 },
  { head: 'observed', width: 10, of: ({ observed }: AlarmRow) => observed, tableMin: 0 },
] as const;
const gap = 2;
/** Width from which who said what has a column. */
const remarkWidthMin = 110;
const remarkWidth = 32;
/** Most columns of a row without its remark: the eye follows a row no farther. */
const rowWidthMax = 96;

/** The alarms, a row each, as many as fit with the selected one among them, below a line that counts them. */
export function drawAlarmTable(area: Area, { alarms, selected, none, nowMs }: AlarmTable): void {
  const hasRemarks = area.width >= remarkWidthMin;
  const right = hasRemarks ? Math.min(rowWidthMax, area.width - remarkWidth) : area.width;
  const shown = columns.filter(({ tableMin }) => area.width >= tableMin);
  const left = right - shown.reduce((sum, { width }) => sum + width + gap, 0);
  const room = area.height - 1;
  const at = Math.max(
    0,
    alarms.findIndex(({ id }) => id === selected),
  );
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), alarms.length - room));
  const hidden = alarms.length - room;
  const part = hidden > 0 ? `  ${first + 1}-${first + room} of ${alarms.length}` : '';
  const heads = [`ALARM  ${countsText(alarms)}${part}`, `ALARM  ${countsText(alarms)}`, 'ALARM'];
  area.put(0, 0, heads.find((head) => head.length <= left + gap) ?? '', 'strong');
  if (alarms.length === 0) {
    area.put(1, 1, none);
    return;
  }
  let x = right;
  for (const { head, width, of } of shown) {
    x -= width;
    area.put(x, 0, head.padStart(width));
    alarms.slice(first, first + room).forEach((row, y) => area.put(x, y + 1, of(row, nowMs).padStart(width)));
    x -= gap;
  }
  if (hasRemarks) area.put(right + gap, 0, 'who, note');
  alarms.slice(first, first + room).forEach((row, y) => {
    const line = area.part({ x: 0, y: y + 1, width: left, height: 1 });
    line.put(0, 0, row.id === selected ? '>' : ' ', 'strong');
    line.put(1, 0, row.state, stateInks[row.state]);
    const remark = remarkText(row);
    const what = `${nameText(row, hasRemarks)} ${row.fault}`;
    const whole = row.parts > 0 ? `${what} +${row.parts}` : what;
    const room = left - 1 - stateWidth;
    const remarked = hasRemarks || remark === '' ? whole : `${whole}  ${remark}`;
    line.put(1 + stateWidth, 0, cut(whole.length <= room ? remarked : what, room));
    if (hasRemarks) area.put(right + gap, y + 1, remark);
  });
}

/** `2 new  1 known  1 gone`; `none`. */
function countsText(alarms: readonly AlarmRow[]): string {
  const counts = alarmStates.flatMap((state) => {
    const count = alarms.filter((row) => row.state === state).length;
    return count === 0 ? [] : [`${count} ${state.toLowerCase()}`];
  });
  return counts.length === 0 ? 'none' : counts.join('  ');
}

function nameText({ object, objectText }: AlarmRow, isLong: boolean): string {
  return isLong && object.channel !== undefined ? `channel ${objectText}` : objectText;
}

/** `anna: HV board 3` */
function remarkText({ remark }: AlarmRow): string {
  if (remark === undefined) return '';
  return plainText(remark.note === undefined ? remark.by : `${remark.by}: ${remark.note}`, remarkWidth - gap);
}

/** The time of day, or the day where that is long ago. */
function sinceText({ sinceMs }: AlarmRow, nowMs: number): string {
  return nowMs - sinceMs >= dayMs ? utcText(sinceMs).slice(5, 10) : formatClock(sinceMs);
}

function forText({ sinceMs, endedMs }: AlarmRow, nowMs: number): string {
  const spanMs = (endedMs ?? nowMs) - sinceMs;
  return Number.isNaN(spanMs) ? '?' : formatSpan(spanMs);
}
