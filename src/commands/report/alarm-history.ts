import type { Alarm, QualityEvent, Warning } from '../../quality/events.js';
import { objectText } from '../../quality/object-text.js';
import type { Quality } from '../../quality/quality.js';
import type { AlarmChange, LogbookState } from '../quality/logbook-state.js';
import type { QualityPicture } from '../../views/detector/verdicts.js';

/** Alarms that are over, and warnings, of which the newest are kept. */
const goneMax = 1000;
const warningsMax = 1000;

/** A warning from its beginning to its end, if it has one. */
interface PastWarning {
  readonly warning: Warning;
  isOver: boolean;
}

/** All alarms and warnings of a part of the messages. */
export class AlarmHistory {
  /** As they were raised or changed last: what is observed when one is cleared says nothing of it. */
  readonly #standing = new Map<string, Alarm>();
  readonly #gone = new Map<string, { readonly alarm: Alarm; readonly endedMs: number }>();
  readonly #warnings: PastWarning[] = [];

  /** @param atMs when the message was published with which they come */
  add(events: readonly QualityEvent[], atMs: number): void {
    for (const event of events) {
      if (event.event === 'warning') this.#addWarning(event);
      else if (event.event === 'cleared') this.#end(event, atMs);
      else {
        this.#standing.set(event.id, event);
        this.#gone.delete(event.id);
      }
    }
  }

  /** What was over before this moment does not count. */
  forgetPast(): void {
    this.#gone.clear();
    this.#warnings.length = 0;
  }

  get warnings(): readonly Readonly<PastWarning>[] {
    return this.#warnings;
  }

  /** What the tests and the logbook say at the end, with all alarms that are over by then. */
  picture(
    { alarms, parts, states }: Pick<Quality, 'alarms' | 'parts' | 'states'>,
    { acknowledged, known }: Pick<LogbookState, 'acknowledged' | 'known'>,
  ): QualityPicture {
    return { alarms, parts, states, gone: [...this.#gone.values()].reverse(), acknowledged, known };
  }

  #end(event: AlarmChange, endedMs: number): void {
    this.#gone.set(event.id, { alarm: this.#standing.get(event.id) ?? event, endedMs });
    this.#standing.delete(event.id);
    const [oldest] = this.#gone.keys();
    if (this.#gone.size > goneMax) this.#gone.delete(oldest);
  }

  #addWarning(warning: Warning): void {
    if (warning.state === 'WARNING') {
      this.#warnings.push({ warning, isOver: false });
      if (this.#warnings.length > warningsMax) this.#warnings.shift();
      return;
    }
    const begun = this.#warnings.findLast((one) => keyOf(one.warning) === keyOf(warning));
    if (begun !== undefined) begun.isOver = true;
  }
}

function keyOf(warning: Warning): string {
  return `${warning.test} ${objectText(warning)}`;
}
