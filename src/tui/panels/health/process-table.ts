import { plainText } from '../../../domain/plain-text.js';
import type { DashboardState } from '../../../results/dashboard-state.js';
import { type ProducerRow, producerRows } from '../../../results/producers.js';
import type { Area } from '../../draw/canvas.js';
import { formatCount, formatShort, formatSpan } from '../../draw/format.js';
import type { Ink } from '../../draw/ink.js';
import { overdueMsOf } from '../frame/feed.js';

/** Columns after the name, the most needed first: as many as there is room for. */
const columns = [
  {
    head: 'state',
    width: 6,
    of: (row: ProducerRow, state: DashboardState, nowMs: number) => stateOf(row, state, nowMs).word,
  },
  { head: 'last', width: 6, of: (row: ProducerRow, _: DashboardState, nowMs: number) => ageText(row, nowMs) },
  { head: 'messages', width: 10, of: ({ messages }: ProducerRow) => formatCount(messages) },
  { head: 'rows/s', width: 7, of: ratesText },
  { head: 'missing', width: 7, of: ({ missing }: ProducerRow) => formatShort(missing) },
  { head: 'batch', width: 6, of: ({ intervalMs }: ProducerRow) => spanText(intervalMs) },
  { head: 'compute', width: 7, of: ({ computeMs }: ProducerRow) => msText(computeMs) },
  { head: 'run', width: 3, of: ({ run }: ProducerRow) => (run === undefined ? '–' : String(run)) },
] as const;
const gap = 2;
const nameWidth = 14;

/** A row a producer, `<group>/<lane>`, as many as fit, below the names of the columns. */
export function drawProcessTable(area: Area, state: DashboardState, nowMs: number): void {
  const rows = producerRows(state.producers);
  const room = area.height - 1;
  const shown = rows.slice(0, rows.length > room ? room - 1 : room);
  area.put(0, 0, 'PROCESS', 'strong');
  let x = nameWidth;
  for (const { head, width, of } of columns) {
    if (x + gap + width > area.width) break;
    x += gap;
    const isState = head === 'state';
    area.put(x, 0, isState ? head : head.padStart(width));
    shown.forEach((row, y) => {
      const text = of(row, state, nowMs);
      area.put(
        x,
        y + 1,
        isState ? text : text.padStart(width),
        isState ? stateOf(row, state, nowMs).ink : inkOf(head, row),
      );
    });
    x += width;
  }
  shown.forEach(({ name }, y) => area.put(1, y + 1, plainText(name, nameWidth - 1)));
  if (shown.length < rows.length) area.put(1, room, `and ${formatCount(rows.length - shown.length)} more`);
  if (rows.length === 0) area.put(1, 1, 'none has sent a message that names it');
}

/** Whether a producer sends; what is over is not silent. */
function stateOf(
  { closedMs, intervalMs }: ProducerRow,
  state: DashboardState,
  nowMs: number,
): { word: string; ink: Ink } {
  if (state.ended) return { word: 'ended', ink: 'plain' };
  if (closedMs === undefined) return { word: '?', ink: 'plain' };
  if (nowMs - closedMs <= overdueMsOf(intervalMs)) return { word: 'alive', ink: 'plain' };
  return state.lag.at(-1)?.alive === true ? { word: 'idle', ink: 'plain' } : { word: 'SILENT', ink: 'bad' };
}

function inkOf(head: string, { missing }: ProducerRow): Ink {
  return head === 'missing' && missing > 0 ? 'warn' : 'plain';
}

function ageText({ closedMs }: ProducerRow, nowMs: number): string {
  return closedMs === undefined ? '–' : formatSpan(nowMs - closedMs);
}

function ratesText({ rowsPerS, closedMs, intervalMs }: ProducerRow, state: DashboardState, nowMs: number): string {
  const isOver = !state.ended && closedMs !== undefined && nowMs - closedMs > overdueMsOf(intervalMs);
  return rowsPerS === undefined || isOver ? '–' : formatShort(rowsPerS);
}

function spanText(ms: number | undefined): string {
  return ms === undefined ? '–' : formatSpan(ms);
}

function msText(ms: number | undefined): string {
  return ms === undefined ? '–' : `${formatShort(ms)} ms`;
}
