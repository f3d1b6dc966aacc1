import type { Mark } from '../views/detector/detector-view.js';
import type { AlarmRow } from '../views/detector/verdicts.js';
import { paragraphHtml, sectionHtml, tableHtml } from './html.js';
import type { ReportClock, ShiftReport } from './shift-report.js';
import { clockText, countText, momentText } from './texts.js';

/** Rows of a table: more say no more. */
const rowsMax = 200;

/** Alarms, warnings and marks. */
export function alarmSections({ detector, clock, warnings, notJudged }: ShiftReport): string {
  const { alarms, marks } = detector;
  const when = clockText(clock);
  const table = tableHtml({
    caption: 'Alarms, the worst first',
    heads: ['State', 'Object', 'Fault', 'Observed', 'Expected', `From, ${when}`, `To, ${when}`, 'Note'],
    rows: alarms.slice(0, rowsMax).map((alarm) => alarmRow(alarm, clock)),
  });
  const none = notJudged.length > 0 ? 'The tests had no data.' : 'There was no alarm.';
  const content = [
    ...notJudged.map((text) => paragraphHtml(text, 'warn')),
    alarms.length === 0 ? paragraphHtml(none) : table,
    moreHtml(alarms.length),
  ];
  return [
    sectionHtml('Alarms', content.join('\n')),
    ...(warnings.length === 0 ? [] : [warningSection(warnings, clock)]),
    ...(marks.length === 0 ? [] : [markSection(marks, clock)]),
  ].join('\n');
}

function warningSection(warnings: ShiftReport['warnings'], clock: ReportClock): string {
  const table = tableHtml({
    caption: 'What happened beside the alarms',
    heads: [`From, ${clockText(clock)}`, 'What', 'At the end'],
    rows: warnings
      .slice(0, rowsMax)
      .map(({ atMs, text, isOver }) => [momentText(atMs, clock), text, isOver ? 'over' : 'stands']),
  });
  return sectionHtml('Warnings', table + moreHtml(warnings.length));
}

function markSection(marks: readonly Mark[], clock: ReportClock): string {
  const table = tableHtml({
    caption: 'Marks, the oldest first',
    heads: ['Mark', clockText(clock), 'Text', 'By'],
    rows: marks
      .slice(0, rowsMax)
      .map(({ number, atMs, text, by }) => [String(number), momentText(atMs, clock), text, by ?? '–']),
  });
  return sectionHtml('Marks', table + moreHtml(marks.length));
}

function alarmRow(alarm: AlarmRow, clock: ReportClock): string[] {
  const { state, objectText, fault, observed, expected, sinceMs, endedMs, remark, parts } = alarm;
  const explained = parts === 0 ? '' : `, explains ${countText(parts)} more`;
  const note = remark === undefined ? '–' : `${remark.note ?? 'seen'} (${remark.by})`;
  const to = endedMs === undefined ? 'stands' : momentText(endedMs, clock);
  return [state, objectText, `${fault}${explained}`, observed, expected, momentText(sinceMs, clock), to, note];
}

function moreHtml(count: number): string {
  return count > rowsMax ? paragraphHtml(`${countText(count - rowsMax)} more are not shown.`) : '';
}
