import type { Alarm, QualityEvent, TestName } from '../../quality/events.js';
import type { LogbookEntry } from './logbook.js';

/** A change of an alarm. */
export type AlarmChange = Extract<QualityEvent, { id: string }>;
/** An alarm that somebody has acknowledged, or an object that is known to be bad. */
export interface Remark {
  readonly by: string;
  readonly note?: string | undefined;
}

/** Why an object is known to be bad. */
export interface KnownRemark extends Remark {
  readonly time: string;
  /** Tests in alarm when it was said; undefined = not told. */
  readonly tests?: readonly string[] | undefined;
}
/** A line of somebody's own. */
export interface MarkRemark extends Pick<Remark, 'by'> {
  readonly time: string;
  readonly text: string;
  /** What it is a mark of, where that is not when it was written. */
  readonly moment?: string | undefined;
}

/** Newest marks that are kept. */
const marksMax = 1000;

/** What a logbook says, of one group. */
export class LogbookState {
  /** Alarms that were reported and not cleared since, by id. */
  readonly standing = new Map<string, Alarm>();
  readonly acknowledged = new Map<string, Remark>();
  /** Acknowledgements that no monitor has reported. */
  readonly unreported = new Set<string>();
  /** Objects that are known to be bad. */
  readonly known = new Map<string, KnownRemark>();
  /** Oldest first. */
  readonly marks: MarkRemark[] = [];
  readonly #reported = new Set<string>();
  /** Acknowledged alarms that nobody has called over. */
  readonly #seen = new Set<string>();
  #after: string | undefined;

  /** @param group entries of others are passed over; undefined = takes all */
  constructor(private readonly group?: string) {}

  add(entry: LogbookEntry): void {
    if (this.group !== undefined && entry.group !== undefined && entry.group !== this.group) return;
    switch (entry.entry) {
      case 'began':
        this.#after ??= entry.after;
        return;
      case 'reported':
        this.#report(entry.at, entry.change);
        return;
      case 'acknowledged':
        this.acknowledged.set(entry.id, entry);
        this.unreported.add(entry.id);
        this.#seen.add(entry.id);
        return;
      case 'over':
        this.#seen.delete(entry.id);
        return;
      case 'known':
        this.known.set(entry.object, entry);
        return;
      case 'unknown':
        this.known.delete(entry.object);
        return;
      case 'mark':
        this.marks.push(entry);
        if (this.marks.length > marksMax) this.marks.shift();
        return;
      default:
        entry satisfies never;
    }
  }

  /** Whether a monitor has begun to report. */
  get hasBegun(): boolean {
    return this.#after !== undefined;
  }

  /** Whether a change that comes with a message of this time was there to be reported, and was not. */
  isMissed(at: string, change: AlarmChange): boolean {
    return this.#after !== undefined && at > this.#after && !this.isReported(at, change);
  }

  isReported(at: string, change: AlarmChange): boolean {
    return this.#reported.has(keyOf(at, change));
  }

  /** Id of an alarm that was reported or acknowledged and stands, of a test on an object. */
  idOf(test: TestName, object: string): string | undefined {
    const isOf = (id: string): boolean => id.startsWith(`${test}@${object}@`);
    return [...this.standing.keys()].findLast(isOf) ?? [...this.#seen].findLast(isOf);
  }

  /** Whether an alarm is acknowledged and, as far as the logbook says, not over. */
  isSeen(id: string): boolean {
    return this.#seen.has(id);
  }

  #report(at: string, change: AlarmChange): void {
    this.#reported.add(keyOf(at, change));
    const { event, ...alarm } = change;
    if (event === 'acknowledged') this.unreported.delete(change.id);
    else if (event === 'cleared') {
      this.standing.delete(change.id);
      this.#seen.delete(change.id);
    } else this.standing.set(change.id, alarm);
  }
}

/** The object in the id of an alarm. */
export function objectIn(id: string): string {
  return id.split('@')[1] ?? '';
}

function keyOf(at: string, { event, id }: AlarmChange): string {
  return `${at} ${event} ${id}`;
}
