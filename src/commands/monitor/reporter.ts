import { type Alarm, type QualityEvent } from '../../quality/events.js';
import type { Console } from '../console/console.js';
import type { ExecQueue } from './exec-queue.js';
import type { Logbook, LogbookEntry, NewEntry } from '../quality/logbook.js';
import { type AlarmChange, LogbookState, objectIn } from '../quality/logbook-state.js';
import { alarmWords, eventWords } from '../quality/words.js';

export interface ReporterOptions {
  readonly console: Console;
  readonly quiet: boolean;
  readonly exec?: ExecQueue | undefined;
  /** A reader of the past notes nothing in the logbook; one that is silent says nothing either. */
  readonly mode: 'live' | 'past' | 'silent';
}

/**
 * Says what changes: a line of JSON on standard output, one in words on standard error, the command of `--exec`, and the
 * logbook, in this order: what was cut by the end of the process is said again by the next one.
 */
export class Reporter {
  readonly #options: ReporterOptions;
  #logbook: Logbook | undefined;
  #state = new LogbookState();
  #hasFailed = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** What the logbook says. */
  get state(): LogbookState {
    return this.#state;
  }

  /** Keeps a logbook from here on, and reads what is in it. */
  async openLogbook(logbook: Logbook): Promise<void> {
    this.#logbook = logbook;
    this.#state = new LogbookState();
    await this.readNews();
  }

  /** Takes in what others have written to the logbook. */
  async readNews(): Promise<readonly LogbookEntry[]> {
    const news = (await this.#try((logbook) => logbook.news())) ?? [];
    for (const entry of news) this.#state.add(entry);
    return news;
  }

  /** Notes that changes after this time are reported, for whoever comes after. */
  async begin(after: string, group: string | undefined): Promise<void> {
    if (this.#state.hasBegun || this.#options.mode !== 'live') return;
    await this.#append([{ entry: 'began', after, ...(group !== undefined && { group }) }]);
  }

  /** @param at when the message was published with which they come */
  async report(events: readonly QualityEvent[], at: string, group: string | undefined): Promise<void> {
    const { console, quiet, exec, mode } = this.#options;
    if (mode === 'silent') return;
    for (const event of events) {
      await console.writeJson(event);
      const remark = this.#remarkOf(event);
      const isGood = isAllWell(event);
      if (!isGood || !quiet) console.logLine(eventWords(event, remark), isGood ? 'info' : 'warn');
      if (event.event !== 'warning' && !this.#isKnown(event)) exec?.push(JSON.stringify(event));
    }
    if (mode !== 'live') return;
    const isNew = (event: QualityEvent): event is AlarmChange =>
      event.event !== 'warning' && !this.#state.isReported(at, event);
    const changes = events.filter(isNew);
    const entries = changes.map((change) => ({ entry: 'reported' as const, at, change }));
    await this.#append(entries.map((entry) => ({ ...entry, ...(group !== undefined && { group }) })));
  }

  /** Says which alarms stand that were reported before. */
  sayStanding(alarms: readonly Alarm[]): void {
    if (this.#options.quiet || this.#options.mode === 'silent') return;
    for (const alarm of alarms) this.#options.console.logLine(`stands: ${alarmWords(alarm)}`);
  }

  #remarkOf(event: QualityEvent) {
    if (event.event === 'warning') return undefined;
    if (event.event === 'acknowledged') return this.#state.acknowledged.get(event.id);
    return this.#state.known.get(objectIn(event.id));
  }

  #isKnown(event: AlarmChange): boolean {
    return this.#state.known.has(objectIn(event.id));
  }

  async #append(entries: readonly NewEntry[]): Promise<void> {
    await this.#try((logbook) => logbook.append(entries));
    await this.readNews();
  }

  /** A logbook that cannot be used is said once, and on it goes. */
  async #try<T>(work: (logbook: Logbook) => Promise<T>): Promise<T | undefined> {
    if (this.#logbook === undefined) return undefined;
    try {
      return await work(this.#logbook);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!this.#hasFailed) this.#options.console.logLine(`${error.message}; going on without (said once)`, 'warn');
      this.#hasFailed = true;
      return undefined;
    }
  }
}

function isAllWell(event: QualityEvent): boolean {
  return event.event === 'cleared' || event.event === 'acknowledged' || event.state === 'ENDED';
}
