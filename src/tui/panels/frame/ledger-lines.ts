import type { Ledger } from '../../../domain/batch-message.js';
import { rejectedRows } from '../../../domain/rejected-rows.js';
import type { Area } from '../../draw/canvas.js';
import { formatCount, formatShort } from '../../draw/format.js';
import type { Ink } from '../../draw/ink.js';

/** What a ledger view shows beside the ledger itself. */
export interface LedgerView {
  readonly ledger: Ledger;
  readonly lateHits: number;
  readonly lateOrbits: number;
  /** Closed orbits with a hit. */
  readonly orbits: number;
  /** Messages of the topic that were gone before they were read. */
  readonly lost: number;
}

/** Rows that {@link drawLedger} needs. */
export const ledgerRows = 5;

/** The ledger as a small table: what was read, and where every row went. */
export function drawLedger(area: Area, { ledger, lateHits, lateOrbits, orbits, lost }: LedgerView): void {
  const { dropped, rejected } = ledger;
  const rejectedCount = rejectedRows(rejected);
  const carried = ledger.carried_in === 0 ? '' : `, carried in ${formatCount(ledger.carried_in)}`;
  const { carried_lost: carriedLost = 0 } = ledger;
  const isWhole = lost + carriedLost === 0;
  const gone = isWhole ? '' : `, lost ${formatCount(lost)} messages, ${formatCount(carriedLost)} open rows`;
  const rows: [string, number, string, Ink][] = [
    [
      'rows read',
      ledger.rows_read,
      `${formatCount(orbits)} orbits with hits${carried}${gone}`,
      isWhole ? 'plain' : 'warn',
    ],
    [
      'hits',
      ledger.hits,
      `scintillator ${formatCount(ledger.scintillator)}, open ${formatCount(ledger.carried_out)}`,
      'plain',
    ],
    [
      'dropped',
      dropped.head + dropped.channel,
      `head ${formatCount(dropped.head)}, channel ${formatCount(dropped.channel)}`,
      'plain',
    ],
    [
      'rejected',
      rejectedCount,
      `fields ${formatCount(rejected.fields)}, number ${formatCount(rejected.number)}, range ${formatCount(rejected.range)}`,
      rejectedCount > 0 ? 'warn' : 'plain',
    ],
    [
      'late',
      lateHits,
      `hits after their orbit was published, ${formatCount(lateOrbits)} orbits`,
      lateHits > 0 ? 'warn' : 'plain',
    ],
  ];
  const width = Math.max(...rows.map(([, count]) => formatCount(count).length));
  rows.forEach(([name, count, detail, ink], y) => {
    area.put(0, y, name.padEnd(10));
    area.put(10, y, formatCount(count).padStart(width), ink);
    area.put(10 + width + 2, y, detail);
  });
}

/** The ledger in one line, in several lengths, longest first. */
export function ledgerTexts(ledger: Ledger): string[] {
  const { dropped, rejected } = ledger;
  const terms: [string, string, number][] = [
    ['hits', 'hits', ledger.hits],
    ['scintillator', 'scint', ledger.scintillator],
    ['dropped', 'drop', dropped.head + dropped.channel],
    ['rejected', 'rej', rejectedRows(rejected)],
    ['open', 'open', ledger.carried_out],
  ];
  if (ledger.carried_lost !== undefined) terms.push(['lost', 'lost', ledger.carried_lost]);
  const text = (format: (count: number) => string, terms: readonly string[]): string => {
    const carried = ledger.carried_in === 0 ? '' : ` + carried ${format(ledger.carried_in)}`;
    return `rows ${format(ledger.rows_read)}${carried} = ${terms.join(' + ')}`;
  };
  return [
    text(
      formatCount,
      terms.map(([name, , count]) => `${name} ${formatCount(count)}`),
    ),
    text(
      formatCount,
      terms.map(([, short, count]) => `${short} ${formatCount(count)}`),
    ),
    text(
      formatShort,
      terms.map(([, short, count]) => `${short} ${formatShort(count)}`),
    ),
    `${formatShort(ledger.rows_read)} = ${terms.map(([, short, count]) => `${short} ${formatShort(count)}`).join(' ')}`,
  ];
}
