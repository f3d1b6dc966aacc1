import type { BatchMessage } from '../../domain/batch-message.js';
import { addLedger, emptyLedger } from '../../domain/summary.js';
import { rejectedRows } from '../../domain/rejected-rows.js';
import type { HeldProgress } from '../../pipeline/consume/session-options.js';
import type { TakenLane } from '../../pipeline/consume/taken-lane.js';
import type { TopicState } from '../../transport/transport.js';
import { countOf } from '../console/plural.js';
import type { Console } from '../console/console.js';
import { Progress } from '../console/progress.js';

/** How often the status line is redrawn and the end of the topic is looked up. */
const redrawMs = 1000;
const lookMs = 2000;
/** The lanes of a group are taken one after the other: the first line waits this long for the others. */
const takenMs = 500;

/** Parts of a message that are reported. */
export type ReportedMessage = Pick<BatchMessage, 'ledger' | 'late_hits' | 'input'>;

export interface GroupReportOptions {
  readonly group: string;
  readonly topic: string;
  readonly quiet: boolean;
  /** ms; undefined = open orbits stay open. */
  readonly flushAfter?: number | undefined;
}

/** What `process` on a log says of itself: where it continues, how far it is, what stays open, and the totals. */
export class GroupReport {
  readonly #console: Console;
  readonly #options: GroupReportOptions;
  readonly #look: () => Promise<TopicState | undefined>;
  readonly #progress: Progress;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #startMs = performance.now();
  readonly #sum = emptyLedger();
  #lateHits = 0;
  /** Open hits and scintillator rows of each lane, and those lanes that nothing new comes for. */
  readonly #open = new Map<number, number>();
  readonly #idle = new Set<number>();
  #isIdleSaid = false;
  /** Rows by lane that are read and not published before the end (`--lateness all`). */
  readonly #held = new Map<number, number>();
  /** Next unread offset by partition, and the ends of the topic at the last look. */
  readonly #read = new Map<number, number>();
  #ends: ReadonlyMap<number, number> = new Map();
  #taken: TakenLane[] = [];

  /** @param look reads the current ends of the topic */
  constructor(console: Console, options: GroupReportOptions, look: () => Promise<TopicState | undefined>) {
    this.#console = console;
    this.#options = options;
    this.#look = look;
    this.#progress = new Progress(console, options.quiet);
    if (options.quiet) return;
    this.#every(lookMs, () => void this.#lookAtEnds());
    if (console.canRedraw()) this.#every(redrawMs, () => this.#show());
  }

  /** A lane begins or continues. */
  taken(taken: TakenLane): void {
    for (const [partition, offset] of taken.read) this.#read.set(partition, offset);
    this.#open.set(taken.lane, taken.open);
    if (this.#options.quiet || taken.lastMessageId === undefined) return;
    this.#taken.push(taken);
    if (this.#taken.length === 1) this.#timers.push(setTimeout(() => this.#sayTaken(), takenMs).unref());
  }

  /** A lane has read rows that it holds until the end. */
  held({ lane, rows, open, read }: HeldProgress): void {
    this.#held.set(lane, rows);
    this.#open.set(lane, open);
    for (const [partition, offset] of read) this.#read.set(partition, offset);
  }

  /** A lane has another owner now. */
  left(lane: number): void {
    this.#open.delete(lane);
    this.#held.delete(lane);
    this.#idle.delete(lane);
  }

  published(lane: number, messages: readonly ReportedMessage[]): void {
    this.#sayTaken();
    this.#held.delete(lane);
    for (const { ledger, late_hits, input } of messages) {
      addLedger(this.#sum, ledger);
      this.#lateHits += late_hits;
      this.#open.set(lane, ledger.carried_out);
      for (const [partition, [, to]] of Object.entries(input)) this.#read.set(Number(partition), to);
      if (ledger.rows_read === 0) continue;
      this.#idle.delete(lane);
      this.#isIdleSaid = false;
    }
    this.#show();
  }

  /** Nothing new comes for a lane. Says, once until that changes, what is open when none of the lanes has anything to do. */
  idle(lane: number): void {
    this.#idle.add(lane);
    this.#sayTaken();
    // With --flush-after it is published in a moment.
    if (this.#options.flushAfter !== undefined) return;
    if (this.#isIdleSaid || [...this.#open].some(([other, rows]) => rows > 0 && !this.#idle.has(other))) return;
    this.#isIdleSaid = true;
    this.#sayOpen();
  }

  /** Takes the progress line away: from here on only {@link end} is called. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#progress.end();
  }

  /** The totals, and what stays open. */
  end(isStopped: boolean): void {
    this.#sayTaken();
    if (this.#options.quiet) return;
    const seconds = (performance.now() - this.#startMs) / 1000;
    this.#console.logLine(`${isStopped ? 'stopped: ' : ''}${totalsText(this.#counts(), seconds)}`);
    if (this.#heldRows > 0) this.#console.logLine(heldText(this.#heldRows));
    else this.#sayOpen();
  }

  #sayOpen(): void {
    const text = openText(this.#openRows);
    if (text !== undefined && !this.#options.quiet) this.#console.logLine(text);
  }

  #sayTaken(): void {
    const text = resumingText(this.#options, this.#taken);
    this.#taken = [];
    if (text !== undefined) this.#console.logLine(text);
  }

  #show(): void {
    const { hits } = this.#sum;
    const rows = this.#sum.rows_read + this.#heldRows;
    if (rows === 0) return;
    const counts = [countOf(hits, 'hit'), `${this.#openRows.toLocaleString('en-US')} open`];
    if (this.#lateHits > 0) counts.push(`${this.#lateHits.toLocaleString('en-US')} late`);
    if (this.#ends.size > 0) counts.push(`lag ${countOf(this.#lag, 'message')}`);
    this.#progress.show({ rows, share: undefined, counts });
  }

  #counts(): TotalCounts {
    const { rows_read: rows, hits, scintillator, dropped, rejected } = this.#sum;
    return {
      ...{ rows, hits, scintillator, late: this.#lateHits, open: this.#openRows },
      dropped: dropped.head + dropped.channel,
      rejected: rejectedRows(rejected),
    };
  }

  get #heldRows(): number {
    return [...this.#held.values()].reduce((sum, rows) => sum + rows, 0);
  }

  get #openRows(): number {
    return [...this.#open.values()].reduce((sum, rows) => sum + rows, 0);
  }

  get #lag(): number {
    return [...this.#read].reduce((sum, [partition, read]) => {
      return sum + Math.max(0, (this.#ends.get(partition) ?? read) - read);
    }, 0);
  }

  /** Never rejects: an unreachable log is reported by the parts that need it. */
  async #lookAtEnds(): Promise<void> {
    const state = await this.#look().catch(() => undefined);
    if (state !== undefined) this.#ends = new Map(state.partitions.map(({ partition, end }) => [partition, end]));
  }

  #every(ms: number, act: () => void): void {
    this.#timers.push(setInterval(act, ms).unref());
  }
}

/** What all messages of a process add up to; `open` is what its lanes have not published at its end. */
interface TotalCounts {
  readonly rows: number;
  readonly hits: number;
  readonly scintillator: number;
  readonly dropped: number;
  readonly rejected: number;
  readonly late: number;
  readonly open: number;
}

/** `12,635 rows in 14.2 s: 11,002 hits (0 late), 312 trigger rows, 987 dropped, 0 rejected; 334 open`. */
function totalsText(counts: TotalCounts, seconds: number): string {
  const { rows, hits, scintillator, dropped, rejected, late, open } = counts;
  const number = (value: number): string => value.toLocaleString('en-US');
  const fates = [
    `${countOf(hits, 'hit')} (${number(late)} late)`,
    countOf(scintillator, 'trigger row'),
    `${number(dropped)} dropped`,
    `${number(rejected)} rejected`,
  ];
  return `${countOf(rows, 'row')} in ${seconds.toFixed(1)} s: ${fates.join(', ')}; ${number(open)} open`;
}

/** What was read and is published at the end only. */
function heldText(rows: number): string {
  return `${countOf(rows, 'row is', 'rows are')} read and not published: with --lateness all, the next start reads all again`;
}

/** What is open and what publishes it; undefined when nothing is open. */
function openText(rows: number): string | undefined {
  if (rows === 0) return undefined;
  return `${openRowsText(rows)} in open orbits; later rows or "process --until-end" publish them`;
}

/** The ledger does not tell open hits from open trigger rows. */
function openRowsText(rows: number): string {
  return countOf(rows, 'hit or trigger row is', 'hits and trigger rows are');
}

/** Where a group continues; undefined when it has published nothing before. */
function resumingText({ group, topic }: GroupReportOptions, lanes: readonly TakenLane[]): string | undefined {
  if (lanes.length === 0) return undefined;
  const sum = (of: (lane: TakenLane) => number): number => lanes.reduce((total, lane) => total + of(lane), 0);
  const [{ lastMessageId = 0 }] = lanes;
  const place = lanes.length === 1 ? `after message ${lastMessageId.toLocaleString('en-US')}` : `${lanes.length} lanes`;
  const open = sum((lane) => lane.open);
  if (open === 0) return `resuming group ${group} ${place}: no orbit is open`;
  const messages = countOf(
    sum((lane) => lane.messagesAgain),
    `message of ${topic}`,
    `messages of ${topic}`,
  );
  const what = `${openRowsText(open)} read again`;
  return `resuming group ${group} ${place}: ${what} (${messages})`;
}
