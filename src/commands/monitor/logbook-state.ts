import type { Alarm, QualityEvent, TestName } from '../../quality/events.js';
import type { LogbookEntry } from './logbook.js';

/** A change of an alarm. */
export type AlarmChange = Extract<QualityEvent, { id: string }>;
/** An alarm that somebody has acknowledged, or an object that is known to be bad. */
export interface Remark {
  readonly by: string;
  readonly note?: string | undefined;
}

/** What a logbook says, of one group. */
export class LogbookState {
  /** Alarms that were reported and not cleared since, by id. */
  readonly standing = new Map<string, Alarm>();
  readonly acknowledged = new Map<string, Remark>();
  /** Acknowledgements that no monitor has reported. */
  readonly unreported = new Set<string>();
  /** Objects that are known to be bad. */
  readonly known = new Map<string, Remark>();
  readonly #reported = new Set<string>();
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
        return;
      case 'known':
        this.known.set(entry.object, entry);
        return;
      case 'unknown':
        this.known.delete(entry.object);
        return;
      case 'mark':
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

  /** Id of an alarm that was reported and stands, of a test on an object. */
  idOf(test: TestName, object: string): string | undefined {
    return [...this.standing.keys()].findLast((id) => id.startsWith(`${test}@${object}@`));
  }

  #report(at: string, change: AlarmChange): void {
    this.#reported.add(keyOf(at, change));
    const { event, ...alarm } = change;
    if (event === 'acknowledged') this.unreported.delete(change.id);
    else if (event === 'cleared') this.standing.delete(change.id);
    else this.standing.set(change.id, alarm);
  }
}

/** The object in the id of an alarm. */
export function objectIn(id: string): string {
  return id.split('@')[1] ?? '';
}

function keyOf(at: string, { event, id }: AlarmChange): string {
  return `${at} ${event} ${id}`;
}
