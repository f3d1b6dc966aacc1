import type { Ledger } from '../domain/batch-message.js';
import { addLedger, emptyLedger } from '../domain/summary.js';
import { countOf } from './count-of.js';
import { say } from './stdio.js';

/**
 * Watches whether anything that was read is a hit, and warns at the end when nothing was: a wrong input looks like an
 * empty one.
 */
export class HitWatch {
  readonly #sum = emptyLedger();

  add({ ledger }: { readonly ledger: Ledger }): void {
    addLedger(this.#sum, ledger);
  }

  /** Everything is read and published. */
  end(): void {
    const text = noHitsText(this.#sum);
    if (text !== undefined) say(text, 'warn');
  }
}

/** What became of rows of which none is a hit; undefined when one is, or when there is no row. */
function noHitsText({ rows_read, hits, scintillator, dropped, rejected }: Ledger): string | undefined {
  if (rows_read === 0 || hits > 0) return undefined;
  const fates: readonly (readonly [rows: number, fate: string])[] = [
    [dropped.head, 'dropped (HEAD is not 2)'],
    [dropped.channel, 'dropped (a channel of no chamber)'],
    [scintillator, 'of a trigger channel'],
    [rejected.fields, 'rejected (not six fields)'],
    [rejected.number, 'rejected (a field is no number)'],
    [rejected.range, 'rejected (a number that its field cannot have)'],
  ];
  const found = fates.filter(([rows]) => rows > 0).map(([rows, fate]) => `${rows.toLocaleString('en-US')} ${fate}`);
  return `read ${countOf(rows_read, 'row')} and no hit: ${found.join(', ')}`;
}
