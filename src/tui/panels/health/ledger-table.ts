import type { Ledger } from '../../../domain/batch-message.js';
import type { DashboardState } from '../../../results/dashboard-state.js';
import { ledgerOf } from '../../../results/dashboard-state.js';
import type { MessageSums } from '../../../results/message-sums.js';
import { missingMessages } from '../../../results/producers.js';
import type { Area } from '../../draw/canvas.js';
import { formatCount } from '../../draw/format.js';
import type { Ink } from '../../draw/ink.js';

interface LedgerLine {
  readonly name: string;
  readonly of: (ledger: Ledger) => number;
  /** Sum of the lines below it that a low area leaves out. */
  readonly isPart?: boolean;
  readonly ink?: Ink;
}

const { fields, number, range } = {
  fields: ({ rejected }: Ledger) => rejected.fields,
  number: ({ rejected }: Ledger) => rejected.number,
  range: ({ rejected }: Ledger) => rejected.range,
};
const lines: readonly LedgerLine[] = [
  { name: 'rows read', of: ({ rows_read: rows }) => rows },
  { name: 'hits', of: ({ hits }) => hits },
  { name: 'scintillator', of: ({ scintillator }) => scintillator },
  { name: 'dropped  head', of: ({ dropped }) => dropped.head },
  { name: '         channel', of: ({ dropped }) => dropped.channel },
  { name: 'rejected', of: (ledger) => fields(ledger) + number(ledger) + range(ledger), ink: 'warn' },
  { name: '         fields', of: fields, isPart: true },
  { name: '         number', of: number, isPart: true },
  { name: '         range', of: range, isPart: true },
];

/** Rows that the ledger takes, with its heading: all of it, and without the kinds of rejected rows. */
export const ledgerHeights = {
  whole: 1 + lines.length,
  short: 1 + lines.filter(({ isPart }) => isPart !== true).length,
};

const sinceStart = 'since start';
const nameWidth = 17;
const columnWidth = 13;
const shareWidth = 8;
/** Width from which what was lost has a column for the window. */
const lostWidthWithWindow = 44;

/** Where every row went: in the window, since the start, and as a share of the rows since the start. */
export function drawLedgerTable(
  area: Area,
  { window, title, state }: { readonly window: MessageSums; readonly title: string; readonly state: DashboardState },
): void {
  const since = ledgerOf(state);
  const shown = lines.filter(({ isPart }) => isPart !== true || area.height >= ledgerHeights.whole);
  area.put(0, 0, 'LEDGER', 'strong');
  const [first, second, third] = [nameWidth, nameWidth + columnWidth, nameWidth + 2 * columnWidth];
  area.put(first, 0, title.slice(0, columnWidth - 1).padStart(columnWidth));
  area.put(second, 0, sinceStart.padStart(columnWidth));
  area.put(third, 0, 'share'.padStart(shareWidth));
  shown.forEach(({ name, of, ink = 'plain' }, y) => {
    const [now, all] = [of(window.totals.ledger), of(since)];
    area.put(0, y + 1, name);
    area.put(first, y + 1, formatCount(now).padStart(columnWidth), now > 0 ? ink : 'plain');
    area.put(second, y + 1, formatCount(all).padStart(columnWidth), all > 0 ? ink : 'plain');
    const share = since.rows_read === 0 ? '–' : shareText(all / since.rows_read);
    area.put(third, y + 1, share.padStart(shareWidth));
  });
}

/** `89.3 %`, `0.08 %`, empty for none. */
function shareText(share: number): string {
  if (share === 0) return '';
  const percent = 100 * share;
  return `${percent >= 99.95 ? '100' : percent >= 1 ? percent.toFixed(1) : Number(percent.toPrecision(1))} %`;
}

/** Name, number in the window where messages say it, number since the start. */
type LostRow = readonly [name: string, window: number | undefined, all: number, ink: Ink];

/** What the sums lack or what came late, in the window where messages say it, and since the start. */
export function drawLostTable(
  area: Area,
  {
    window,
    state,
    hasOrbits,
  }: { readonly window: MessageSums; readonly state: DashboardState; readonly hasOrbits: boolean },
): void {
  const { totals, producers } = state;
  const open = ledgerOf(state);
  const lateOrbits: LostRow = ['late orbits', window.totals.lateOrbits, totals.lateOrbits, 'warn'];
  const rows: readonly LostRow[] = [
    ['late hits', window.totals.lateHits, totals.lateHits, 'warn'],
    ...(hasOrbits ? [lateOrbits] : []),
    ['messages missing', undefined, missingMessages(producers), 'bad'],
    ['duplicates', undefined, state.duplicates, 'plain'],
    ['unreadable', undefined, state.unreadable, 'warn'],
    ['deleted unread', window.totals.lost, state.lostRecords + totals.lost, 'bad'],
    ['open rows lost', window.totals.ledger.carried_lost ?? 0, open.carried_lost ?? 0, 'bad'],
    ['open rows', undefined, open.carried_out, 'plain'],
  ];
  const hasWindow = area.width >= lostWidthWithWindow;
  const end = area.width;
  area.put(0, 0, 'LOST OR LATE', 'strong');
  area.put(end - sinceStart.length, 0, sinceStart);
  if (hasWindow) area.put(end - 2 * columnWidth, 0, 'window'.padStart(columnWidth));
  rows.forEach(([what, now, all, ink], y) => {
    area.put(0, y + 1, what);
    const text = formatCount(all);
    area.put(end - text.length, y + 1, text, all > 0 ? ink : 'plain');
    if (!hasWindow || now === undefined) return;
    area.put(end - 2 * columnWidth, y + 1, formatCount(now).padStart(columnWidth), now > 0 ? ink : 'plain');
  });
}
