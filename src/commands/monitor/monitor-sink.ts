import type { BatchMessage } from '../../domain/batch-message.js';
import { countOf } from '../console/plural.js';
import type { Console } from '../console/console.js';
import type { RecordArrival } from '../watch/follow.js';
import { groupOf } from '../../results/producers.js';
import { readWholeMessage } from '../../results/whole-message.js';
import { objectText } from '../../quality/object-text.js';
import { type AlarmChange, objectIn } from '../quality/logbook-state.js';
import type { QualityFeed } from '../quality/quality-feed.js';
import type { Reporter } from './reporter.js';

export interface MonitorSinkOptions {
  readonly console: Console;
  readonly feed: QualityFeed;
  readonly reporter: Reporter;
  /** What is waited for, for messages. */
  readonly source: string;
  readonly quiet: boolean;
}

/** Changes that came while the last hour was folded, without having been reported. */
interface MissedChange {
  readonly at: string;
  readonly change: AlarmChange;
}

/** Takes messages one after the other: first those that are folded without a word, then those that are reported. */
export class MonitorSink {
  readonly #options: MonitorSinkOptions;
  /** First offset by partition that is reported; undefined = all are. */
  #place: ReadonlyMap<number, number> | undefined;
  #isFolding = true;
  readonly #missed: MissedChange[] = [];
  /** When the newest message was published. */
  #at = '';
  #unread = 0;
  #lost = 0;
  #isWaiting = false;
  #unreadable = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: MonitorSinkOptions) {
    this.#options = options;
  }

  /** Messages known to be in the log and not read yet. */
  get unread(): number {
    return this.#unread;
  }

  /** Messages before these offsets are folded. */
  foldUntil(place: ReadonlyMap<number, number>): void {
    this.#place = place;
  }

  /** @param isOurs whether a message of a group is taken */
  take(
    value: Uint8Array,
    { partition, offset }: Pick<RecordArrival, 'partition' | 'offset'>,
    isOurs: (group: string) => boolean,
  ): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isFolding && offset >= (this.#place?.get(partition) ?? 0)) await this.#endFold();
      const read = readWholeMessage(value);
      if ('unreadable' in read) this.#sayUnreadable(read.unreadable);
      else if (isOurs(groupOf(read.message.producer))) await this.#takeMessage(read.message);
    });
  }

  progress({ unread, lostRecords }: { readonly unread: number; readonly lostRecords: number }): void {
    const { console } = this.#options;
    this.#isWaiting = false;
    this.#unread = unread;
    if (lostRecords > this.#lost) {
      const lost = countOf(lostRecords - this.#lost, 'message was', 'messages were');
      console.logLine(`${lost} deleted by retention before being read; continuing`, 'warn');
    }
    this.#lost = lostRecords;
    if (unread === 0 && this.#isFolding) void this.#inTurn(() => this.#endFold());
  }

  waiting(): void {
    const { console, source, quiet } = this.#options;
    if (!this.#isWaiting && !quiet) console.logLine(`waiting for ${source}`);
    this.#isWaiting = true;
  }

  beginAnew(why: string): Promise<void> {
    return this.#inTurn(() => {
      const { console, feed } = this.#options;
      console.logLine(`${why}; starting over with the new messages`, 'warn');
      feed.beginAnew();
      this.#isFolding = false;
      this.#lost = 0;
      return Promise.resolve();
    });
  }

  /** Lets the time pass, and takes in what others have written to the logbook. */
  tick(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isFolding) return;
      const { feed, reporter } = this.#options;
      await reporter.readNews();
      await this.#reportAcknowledged();
      await reporter.report(feed.tick(performance.now()), this.#at, feed.group);
    });
  }

  /** No more messages come: what waits for other lanes is taken, too. */
  end(): Promise<void> {
    return this.#inTurn(async () => {
      const { feed, reporter, quiet, console } = this.#options;
      if (this.#isFolding) await this.#endFold();
      await reporter.report(feed.end(), this.#at, feed.group);
      if (quiet) return;
      const { alarms, detectors } = feed.quality;
      const stand = alarms.length === 1 ? '1 alarm stands' : `${alarms.length} alarms stand`;
      console.logLine(`${alarms.length === 0 ? 'no alarm stands' : stand}; ${countOf(detectors, 'test', 'tests')} run`);
    });
  }

  /** Resolves when all that was taken is done. */
  settled(): Promise<void> {
    return this.#turn;
  }

  async #takeMessage(message: BatchMessage): Promise<void> {
    const { feed, reporter } = this.#options;
    const events = feed.take(message, this.#isFolding ? undefined : performance.now());
    const at = message.batch.closed;
    if (at > this.#at) this.#at = at;
    if (!this.#isFolding) {
      await reporter.report(events, at, feed.group);
      return;
    }
    for (const event of events) {
      if (event.event !== 'warning' && reporter.state.isMissed(at, event)) this.#missed.push({ at, change: event });
    }
  }

  /** Reports what nobody has reported, of the time in which no monitor ran or from before the first one. */
  async #endFold(): Promise<void> {
    if (!this.#isFolding) return;
    const { feed, reporter } = this.#options;
    feed.goLive(performance.now());
    this.#isFolding = false;
    await reporter.begin(this.#at, feed.group);
    for (const { at, change } of this.#missed.splice(0)) await reporter.report([change], at, feed.group);
    const { alarms } = feed.quality;
    const { standing } = reporter.state;
    reporter.sayStanding(alarms.filter(({ id }) => standing.has(id)));
    const unsaid = alarms.filter(({ id }) => !standing.has(id));
    await reporter.report(unsaid.map((alarm) => ({ event: 'raised', ...alarm })), this.#at, feed.group); // prettier-ignore
    await this.#reportCleared();
    await this.#reportAcknowledged();
  }

  /** Alarms of the logbook that have ended longer ago than what was folded. */
  async #reportCleared(): Promise<void> {
    const { feed, reporter } = this.#options;
    const { alarms, parts, states } = feed.quality;
    const now = new Set([...alarms, ...parts].map(({ id }) => id));
    const ended = [...reporter.state.standing.values()].filter(
      (alarm) =>
        !now.has(alarm.id) &&
        states.some(
          ({ test, object, state }) =>
            state === 'OK' && test === alarm.test && objectText(object) === objectIn(alarm.id),
        ),
    );
    const events = ended.map((alarm) => ({ ...alarm, event: 'cleared' as const, state: 'OK' as const, parts: [] }));
    await reporter.report(events, this.#at, feed.group);
  }

  async #reportAcknowledged(): Promise<void> {
    const { feed, reporter } = this.#options;
    const { unreported } = reporter.state;
    if (unreported.size === 0) return;
    const alarms = feed.quality.alarms.filter(({ id }) => unreported.has(id));
    await reporter.report(alarms.map((alarm) => ({ event: 'acknowledged', ...alarm })), this.#at, feed.group); // prettier-ignore
    // Where there is no logbook they would come again.
    for (const { id } of alarms) unreported.delete(id);
  }

  #sayUnreadable(why: string): void {
    this.#unreadable++;
    if (this.#unreadable === 1) this.#options.console.logLine(`unreadable message: ${why} (said once)`, 'warn');
  }

  /** One thing after the other: messages, and what the clock brings. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
