import { plainText } from '../../domain/plain-text.js';
import { hourSteps } from '../../views/detector/channel-hours.js';
import type { DetectorView, Mark } from '../../views/detector/detector-view.js';
import type { Area } from '../draw/canvas.js';
import { formatClock } from '../draw/format.js';
import { drawAlarmTable } from '../panels/health/alarm-table.js';
import { drawLag } from '../panels/health/lag-lines.js';
import { drawLedgerTable, drawLostTable, ledgerHeights } from '../panels/health/ledger-table.js';
import { drawLostHours, lostHoursRows, lostHoursWidth } from '../panels/health/lost-hours.js';
import { drawProcessTable } from '../panels/health/process-table.js';
import { drawRejectedTable, rejectedWidth } from '../panels/health/rejected-table.js';
import type { PageInput } from './page.js';

/** Heights from which there is room for the lag and the ledger, and for a chart and all of the ledger. */
const heightWithLedger = 19;
const heightWithCharts = 32;
/** Height from which alarms are at most so many, and the chart has what is left. */
const heightTall = 50;
const alarmsTall = 20;
/** Width from which what was lost stands beside the ledger. */
const widthWithLost = 72;
const ledgerWidth = 51;
const lostWidth = 52;
const gap = 4;
/** What processes get at most of the rows that they share with alarms. */
const processShare = 0.4;

/** Alarms, processes, the lag, where all rows went, and marks. Returns the chambers: none of them lacks room here. */
export function drawHealthPage(area: Area, { detector, state, view, style }: PageInput): number {
  const { width, height } = area;
  const hasLedger = height >= heightWithLedger;
  const hasCharts = height >= heightWithCharts;
  const ledgerRows = hasLedger ? (hasCharts ? ledgerHeights.whole : ledgerHeights.short) : 0;
  const lagLeast = hasLedger ? (hasCharts ? 6 : 2) : 0;
  const markRows = hasCharts ? 2 : 0;
  const fixed = [ledgerRows, lagLeast, markRows].reduce((sum, rows) => (rows === 0 ? sum : sum + rows + 1), 0);
  const left = height - fixed - 1;
  const lanes = Math.max(1, state.producers.size);
  const processRows = Math.min(1 + lanes, Math.max(2, Math.floor(processShare * left)));
  const isTall = height >= heightTall;
  const alarmRows = Math.min(left - processRows, isTall ? 1 + alarmsTall : Infinity);
  const { channelHours } = detector;
  const hasHours = isTall && channelHours !== undefined && width > lostHoursWidth(hourSteps);
  const spare = left - processRows - alarmRows;
  const hoursRows = hasHours && spare > lostHoursRows ? lostHoursRows : 0;
  const lagRows = lagLeast + spare - (hoursRows > 0 ? hoursRows + 1 : 0);
  let y = 0;
  const part = (rows: number): Area => {
    const box = area.part({ x: 1, y, width: width - 1, height: rows });
    y += rows + 1;
    return box;
  };
  drawAlarmTable(part(alarmRows), {
    ...{ alarms: detector.alarms, selected: view.choices.alarm, none: noneText(detector), nowMs: detector.nowMs },
  });
  drawProcessTable(part(processRows), state, detector.nowMs);
  if (hasLedger) {
    drawLag(part(lagRows), state, detector.trends, style);
    if (hoursRows > 0 && channelHours !== undefined) drawLostHours(part(hoursRows), channelHours, style);
    const ledger = part(ledgerRows);
    const { sums, title } = detector.window;
    const ledgerArea = ledger.part({ x: 0, y: 0, width: Math.min(ledgerWidth, ledger.width), height: ledgerRows });
    drawLedgerTable(ledgerArea, { window: sums, title, state });
    const x = ledgerWidth + gap;
    const lost = ledger.part({ x, y: 0, width: Math.min(lostWidth, ledger.width - x), height: ledgerRows });
    if (width >= widthWithLost) drawLostTable(lost, { window: sums, state, hasOrbits: isTall });
    const end = x + lostWidth + gap;
    const rejected = ledger.part({ x: end, y: 0, width: rejectedWidth, height: ledgerRows });
    if (isTall && rejected.width === rejectedWidth) drawRejectedTable(rejected, { window: sums, title, state });
  }
  if (hasCharts) drawMarks(part(markRows), detector.marks);
  return detector.chambers.length;
}

/** Why there is no alarm. */
function noneText({ unjudged, isCurrent, chambers }: DetectorView): string {
  if (unjudged !== undefined) return `no verdicts: ${unjudged}`;
  if (!isCurrent) return 'no verdicts: no message is of now';
  if (chambers.every(({ verdict }) => verdict.state === 'unknown')) return 'no verdicts yet';
  return 'no alarm';
}

/** The newest marks that fit, the newest first. */
function drawMarks(area: Area, marks: readonly Mark[]): void {
  area.put(0, 0, 'MARKS', 'strong');
  let [x, y] = [8, 0];
  for (const { number, atMs, text, by } of [...marks].reverse()) {
    const mark = plainText(
      `${number} ${formatClock(atMs)} ${text}${by === undefined ? '' : `, ${by}`}`,
      area.width - 8,
    );
    if (x > 8 && x + mark.length > area.width) [x, y] = [8, y + 1];
    if (y >= area.height) return;
    area.put(x, y, mark);
    x += mark.length + gap;
  }
}
