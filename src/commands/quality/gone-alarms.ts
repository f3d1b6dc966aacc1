import type { Alarm } from '../../quality/events.js';

/** How long an alarm that is over waits to be seen, in ms, and how many of them at most. */
const keptMs = 24 * 3_600_000;
const keptMax = 100;

interface GoneAlarm {
  readonly alarm: Alarm;
  /** By the clock that stamps messages, ms since 1970. */
  readonly endedMs: number;
}

/** Alarms that are over, by id; those that nobody has acknowledged are shown for a day. */
export class GoneAlarms {
  readonly #gone = new Map<string, GoneAlarm>();

  ended(alarm: Alarm, endedMs: number): void {
    this.#gone.delete(alarm.id);
    this.#gone.set(alarm.id, { alarm, endedMs });
    const [oldest] = this.#gone.keys();
    if (this.#gone.size > keptMax) this.#gone.delete(oldest);
  }

  /** It stands again. */
  stands(id: string): void {
    this.#gone.delete(id);
  }

  clear(): void {
    this.#gone.clear();
  }

  /** Newest first. @param isLeftOut those that somebody has seen, or that stand */
  list(nowMs: number, isLeftOut: (id: string) => boolean): GoneAlarm[] {
    return [...this.#gone.values()]
      .filter(({ alarm, endedMs }) => nowMs - endedMs <= keptMs && !isLeftOut(alarm.id))
      .sort((one, other) => other.endedMs - one.endedMs);
  }
}
