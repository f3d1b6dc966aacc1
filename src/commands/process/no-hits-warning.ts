import type { BatchMessage, Ledger } from '../../domain/batch-message.js';
import { explainRejectedRecordRow } from '../../domain/explain-rejected-row.js';
import { hitHead } from '../../domain/hit.js';
import { addLedger, emptyLedger } from '../../domain/summary.js';
import { rejectedRows } from '../../domain/rejected-rows.js';
import type { OutgoingBatch } from '../../transport/transport.js';
import { areManyLate, lateShareText, manyLateCauses } from '../console/late-hits.js';
import { countOf } from '../console/plural.js';
import type { Console } from '../console/console.js';

/** Rows after which a run without a hit is a wrong one. */
const rowsWithoutHit = 1000;

/** Share of rejected rows that is worth a warning, of so many rows at least. */
const rejectedShare = 0.01;
const rejectedOfMin = 1000;

/** The part of a message that is watched. */
export type WatchedMessage = Pick<BatchMessage, 'ledger' | 'late_hits' | 'late_orbits'>;

/** Hits below which their share of late ones says little. */
const hitsMin = 1000;

/**
 * Watches what becomes of rows, and warns when hits come late, whose orbits are then counted in part, when many rows are
 * rejected, and at the end when nothing was a hit: a wrong input looks like an empty one.
 */
export class HitWatch {
  readonly #sum = emptyLedger();
  readonly #console: Console;
  readonly #lateness: number;
  #lateHits = 0;
  #lateOrbits = 0;
  readonly #source: 'topic' | 'input';
  readonly #isFlushed: boolean;
  /** Late hits at the last warning, and whether that said that they are many. */
  #saidHits = 0;
  #isManySaid = false;
  #isNoHitSaid = false;
  #isRejectedSaid = false;
  #firstRejected = '';

  /** @param how.lateness of the run, in orbits; `isFlushed` where open orbits are published after a pause */
  constructor(
    console: Console,
    how: { readonly lateness: number; readonly source: 'topic' | 'input'; readonly isFlushed?: boolean },
  ) {
    const { lateness, source, isFlushed = false } = how;
    this.#isFlushed = isFlushed;
    this.#console = console;
    this.#lateness = lateness;
    this.#source = source;
  }

  /** What became of all rows so far. */
  get ledger(): Ledger {
    return this.#sum;
  }

  add({ ledger, late_hits, late_orbits }: WatchedMessage): void {
    addLedger(this.#sum, ledger);
    this.#lateHits += late_hits;
    this.#lateOrbits += late_orbits;
  }

  /** Takes the rejected rows of a batch, as records: the first of all is named in the warning. */
  addRejected(records: readonly OutgoingBatch[]): void {
    if (this.#firstRejected !== '' || records.length === 0) return;
    const [{ headers, values, valueEnds }] = records;
    const place = `partition ${headers.partition}, offset ${headers.offset}, line ${headers.line}`;
    this.#firstRejected = `; the first rejected row (${place}): ${explainRejectedRecordRow(values.subarray(0, valueEnds[0]))}`;
  }

  /** For a run that has no end in sight: warns the first time that hits are late, that many are, and that none is a hit. */
  sayOnce(): void {
    if (!this.#isManySaid && (this.#saidHits === 0 || this.#areMany)) this.sayLate();
    // A row without a fate waits in an open orbit, and may be a hit.
    if (this.#sum.rows_read >= rowsWithoutHit && fatesOf(this.#sum) === this.#sum.rows_read && !this.#isNoHitSaid) {
      this.#isNoHitSaid = true;
      this.sayNoHit();
    }
  }

  /** Warns, once, that many rows are rejected; where none is a hit, {@link sayNoHit} says that. */
  sayRejected(): void {
    const { rows_read: rows, hits, rejected } = this.#sum;
    const count = rejectedRows(rejected);
    if (this.#isRejectedSaid || hits === 0 || rows < rejectedOfMin || count <= rejectedShare * rows) return;
    this.#isRejectedSaid = true;
    this.#console.logLine(`${rejectedText(rejected, rows)}${this.#moreRejected}`, 'warn');
  }

  /** Warns of all hits that were late so far, unless that is said. */
  sayLate(): void {
    if (this.#lateHits === this.#saidHits) return;
    const counts = { hits: this.#sum.hits, lateHits: this.#lateHits, lateOrbits: this.#lateOrbits };
    this.#console.logLine(`${lateHitsText(counts, this.#lateness)}; ${this.#advice}`, 'warn');
    this.#saidHits = this.#lateHits;
    this.#isManySaid = this.#areMany;
  }

  get #advice(): string {
    if (this.#isFlushed) return 'are they of orbits that --flush-after had published? Then give it more time';
    if (this.#source === 'input') return 'sort the rows by ORBIT_CNT, raise --lateness, or use --lateness all';
    return this.#areMany ? manyLateCauses : 'sort the rows by ORBIT_CNT, or raise --lateness';
  }

  get #areMany(): boolean {
    const { hits } = this.#sum;
    return hits >= hitsMin && areManyLate({ hits, lateHits: this.#lateHits });
  }

  /** Everything is read and published: warns when there were rows, and none was a hit. */
  sayNoHit(): void {
    const text = noHitsText(this.#sum);
    if (text === undefined) return;
    this.#console.logLine(`${text}${this.#moreRejected}`, 'warn');
  }

  get #moreRejected(): string {
    return this.#firstRejected === '' ? '' : `${this.#firstRejected}; dtstream rejected lists more`;
  }
}

/**
 * What became of rows of which none is a hit; undefined when one is, or when there is no row.
 *
 * @param head that the rows had to have
 */
export function noHitsText(
  ledger: Pick<Ledger, 'rows_read' | 'hits' | 'scintillator' | 'dropped' | 'rejected'>,
  head = hitHead,
): string | undefined {
  const { rows_read, hits, scintillator, dropped, rejected } = ledger;
  if (rows_read === 0 || hits > 0) return undefined;
  const fates = fatesText([
    [dropped.head, `dropped (HEAD is not ${head})`],
    [dropped.channel, 'dropped (channel of no chamber)'],
    [scintillator, 'of a trigger channel'],
    [rejected.fields, 'rejected (not six fields)'],
    [rejected.number, 'rejected (a field is not a number)'],
    [rejected.range, 'rejected (value out of range)'],
  ]);
  return `read ${countOf(rows_read, 'row')} and no hit: ${fates}`;
}

/** `31 of 1,200 rows rejected (31 not six fields)`. */
export function rejectedText(rejected: Ledger['rejected'], rows: number): string {
  const { fields, number, range } = rejected;
  const reasons = fatesText([
    [fields, 'not six fields'],
    [number, 'a field is not a number'],
    [range, 'value out of range'],
  ]);
  return `${rejectedRows(rejected).toLocaleString('en-US')} of ${countOf(rows, 'row')} rejected (${reasons})`;
}

/** Rows that were dropped, rejected or of a trigger: all that cannot become a hit. */
function fatesOf({ scintillator, dropped, rejected }: Ledger): number {
  return scintillator + dropped.head + dropped.channel + rejectedRows(rejected);
}

/** `3 not six fields, 1 value out of range`; fates of no row are left out. */
function fatesText(fates: readonly (readonly [rows: number, fate: string])[]): string {
  const found = fates.filter(([rows]) => rows > 0);
  return found.map(([rows, fate]) => `${rows.toLocaleString('en-US')} ${fate}`).join(', ');
}

/** What late hits did to the results. */
function lateHitsText(
  counts: { readonly hits: number; readonly lateHits: number; readonly lateOrbits: number },
  lateness: number,
): string {
  const orbits = countOf(counts.lateOrbits, 'orbit is counted in part', 'orbits are counted in part');
  return `${lateShareText(counts)}, out of order by more than --lateness ${lateness} orbits: ${orbits}`;
}
