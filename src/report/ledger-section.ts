import { definitionsHtml, sectionHtml, tableHtml } from './html.js';
import type { ShiftReport } from './shift-report.js';
import { countText, numberText, percentText } from './texts.js';

/** Where every row went, and what is missing. */
export function ledgerSection({ accounts, detector }: ShiftReport): string {
  const { ledger, producers, duplicates, unreadable, lost } = accounts;
  const { seconds, secondsAre } = detector.window;
  const { rejected, dropped } = ledger;
  const all = ledger.rows_read + ledger.carried_in;
  const rows: [string, number][] = [
    ['hits', ledger.hits],
    ['trigger rows', ledger.scintillator],
    ['dropped: HEAD is not 2', dropped.head],
    ['dropped: channel of no chamber', dropped.channel],
    ['rejected: number of fields', rejected.fields],
    ['rejected: no number', rejected.number],
    ['rejected: out of range', rejected.range],
    ['open: left to later messages', ledger.carried_out],
    ['open rows that were deleted', ledger.carried_lost ?? 0],
  ];
  const sum = rows.reduce((total, [, count]) => total + count, 0);
  const hours = seconds === undefined || seconds === 0 ? undefined : seconds / 3600;
  const row = (name: string, count: number): string[] => [
    ...[name, countText(count), percentText(count, all)],
    hours === undefined ? '–' : numberText(count / hours, 0),
  ];
  const table = tableHtml({
    caption: 'Rows',
    heads: ['Rows', 'Count', 'Share', secondsAre === 'live' ? 'Per live hour' : 'Per hour'],
    rows: [
      row('read', ledger.rows_read),
      row('open: left by earlier messages', ledger.carried_in),
      ...rows.map(([name, count]) => row(name, count)),
    ],
    numbersFrom: 1,
  });
  const balance =
    sum === all
      ? 'yes: read and earlier rows are the sum of all others'
      : `no: ${countText(all)} rows came, ${countText(sum)} are accounted for`;
  const facts: [string, string][] = [
    ['Balanced', balance],
    ['Late hits', `${countText(accounts.lateHits)} in ${countText(accounts.lateOrbits)} orbits, published before`],
    ['Orbits with a hit', countText(accounts.orbits)],
    ['Records deleted unread', countText(lost)],
    ['Messages left out', `${countText(duplicates)} that came again, ${countText(unreadable)} unreadable`],
  ];
  const processes = tableHtml({
    caption: 'Messages by process',
    heads: ['Process', 'Messages', 'Missing', 'First', 'Last'],
    rows: producers.map(({ name, messages, missing, firstId, lastId }) => [
      name,
      ...[messages, missing, firstId, lastId].map(countText),
    ]),
    numbersFrom: 1,
  });
  return sectionHtml('Ledger', `${definitionsHtml(facts)}\n<div class="pair">${table}\n${processes}</div>`);
}
