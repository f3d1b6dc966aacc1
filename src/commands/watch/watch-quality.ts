import { DtstreamError } from '../../errors.js';
import type { Alarm, QualityEvent } from '../../quality/events.js';
import { objectText } from '../../quality/object-text.js';
import type { Quality } from '../../quality/quality.js';
import type { QualityReference } from '../../quality/quality-reference.js';
import type { ReadResult } from '../../results/incoming-message.js';
import { readWholeMessage } from '../../results/whole-message.js';
import type { ChamberState } from '../../results/state-trend.js';
import type { Transport } from '../../transport/transport.js';
import type { ScreenAction } from '../../tui/pages/screen-action.js';
import { alarmRows, chamberStatesOf } from '../../views/detector/verdict-view.js';
import type { Mark } from '../../views/detector/detector-view.js';
import type { AlarmRow, QualityPicture, Remark } from '../../views/detector/verdicts.js';
import type { Console } from '../console/console.js';
import { countOf } from '../console/plural.js';
import type { StartPlace } from '../flags/start-place.js';
import { type FoldPlaces, foldStart } from '../quality/fold-start.js';
import { GoneAlarms } from '../quality/gone-alarms.js';
import { KnownAlarms } from '../quality/known-alarms.js';
import type { LogbookEntry, NewEntry } from '../quality/logbook.js';
import { QualityFeed } from '../quality/quality-feed.js';
import type { QualitySetup } from '../quality/quality-setup.js';
import { SharedLogbook } from '../quality/shared-logbook.js';
import { stateFolder, type StateFlags } from '../quality/state-folder.js';
import { userName } from '../quality/user-name.js';
import type { FollowProgress, MessageSink, RecordArrival } from './follow.js';
import { numberMarks, RunMarks } from './run-marks.js';

/** How often it is looked for silent lanes and for news of the logbook. */
const tickMs = 1000;
/** How long a lane may send nothing until it is no longer waited for: that of `monitor` without flags. */
const idleMs = 10_000;

/** Where nothing tells where judging begins: all messages are of before the start until there are no more. */
const judgeAll: FoldPlaces = { start: new Map(), place: new Map() };

/** What keys ask of the tests and the logbook. */
type KeyAction = Extract<ScreenAction, { kind: 'acknowledge' | 'known' | 'mark' }>;

/** What happened to an alarm, in the order of what is shown. */
export interface AlarmNews {
  readonly what: 'raised' | 'cleared' | 'seen' | 'known';
  readonly alarm: Alarm;
  /** Of a raised one: that its object is known to be bad. */
  readonly remark: Remark | undefined;
}

export interface WatchQualityOptions {
  readonly console: Pick<Console, 'logLine' | 'env'>;
  readonly setup: QualitySetup;
  /** Whose logbook is shared. */
  readonly flags: StateFlags;
  /** Live seconds of the detector before the end that there is at the start; undefined = all are judged. */
  readonly foldS: number | undefined;
  /** That end. */
  readonly until: StartPlace;
  /** Told each change of an alarm, in order; the next message waits for it. */
  readonly onNews?: (news: AlarmNews) => void | Promise<void>;
  /** Something that is shown has changed without a message. */
  readonly onChange?: () => void;
  /** Told the state of each chamber after each message that is judged, also while the past is read. */
  readonly onJudged?: (states: readonly ChamberState[]) => void;
}

/**
 * The quality tests of what a screen shows, and the logbook that it shares with monitors and other screens. Nothing else
 * judges, and nothing is reported for others but what keys say.
 */
export class WatchQuality {
  readonly #options: WatchQualityOptions;
  readonly #feed: QualityFeed;
  readonly #logbook: SharedLogbook;
  readonly #known = new KnownAlarms();
  readonly #gone = new GoneAlarms();
  readonly #runs = new RunMarks();
  /** Acknowledged alarms that have ended, until the logbook is told: by a screen, not by a reader of the past. */
  readonly #over: string[] = [];
  /** Alarms that were told as raised. */
  readonly #raised = new Map<string, Alarm>();
  /** First offset by partition that is judged, and from which on messages are new; undefined = not found yet. */
  #places: FoldPlaces | undefined;
  #begun: Promise<void> | undefined;
  #isLive = false;
  /** When the newest message was published, ms since 1970. */
  #atMs = -Infinity;
  /** Of the tests, at the last look that was taken in. */
  #version = 0;
  #picture: { readonly quality: Quality; readonly version: number; readonly picture: QualityPicture } | undefined;
  #states: { readonly of: unknown; readonly states: readonly ChamberState[] } | undefined;
  /** Why a message that could be summed could not be judged. */
  #unreadable: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: WatchQualityOptions) {
    const { console, setup, flags } = options;
    this.#options = options;
    this.#logbook = new SharedLogbook(console, flags.group);
    const makeQuality = () => setup.makeQuality((test, object) => this.#logbook.state.idOf(test, object));
    this.#feed = new QualityFeed({ console, makeQuality, geometryHash: setup.geometryHash, idleMs });
  }

  /** Passes messages on, and judges those of the end. */
  sink(sink: MessageSink): MessageSink {
    return {
      take: async (value, arrival, read) => {
        await sink.take(value, arrival, read);
        await this.#take(value, arrival, read);
      },
      progress: async (state) => {
        this.#progress(state);
        await sink.progress(state);
        await this.#begun;
      },
      waiting: (why) => sink.waiting(why),
      beginAnew: (why) => {
        this.#beginAnew();
        return sink.beginAnew(why);
      },
    };
  }

  /** What is shown now; undefined while messages of before the start are read. */
  picture(): QualityPicture | undefined {
    return this.#isLive ? this.#pictureThen() : undefined;
  }

  /** At the newest message, also while the past is read. */
  #pictureThen(): QualityPicture {
    const { quality } = this.#feed;
    const { version } = quality;
    if (this.#picture?.quality !== quality || this.#picture.version !== version) {
      this.#picture = { quality, version, picture: this.#makePicture(quality) };
    }
    return this.#picture.picture;
  }

  /** What is compared with; undefined without one, or until it is learned. */
  get reference(): QualityReference | undefined {
    return this.#feed.quality.reference;
  }

  /** Lines of the logbook and runs that began, oldest first. */
  marks(): readonly Mark[] {
    return numberMarks(this.#logbook.state.marks, this.#runs.list);
  }

  /** Does what a key asks for. @returns what to say of it */
  async act(action: KeyAction): Promise<string> {
    const done = this.#saidOf(action);
    const trouble = await this.#logbook.write(this.#entriesOf(action));
    await this.#readNews();
    this.#refresh();
    return trouble === undefined ? done : `${done}, on this screen only: ${trouble}`;
  }

  /** No more messages come: what waits for other lanes is judged, too. */
  async end(): Promise<void> {
    await this.#begun;
    await this.#takeEvents(this.#feed.end());
    this.#tellStates();
    this.#goLive();
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  async #take(value: Uint8Array, { partition, offset }: RecordArrival, read?: ReadResult): Promise<void> {
    if (read !== undefined && 'message' in read) this.#runs.note(read.message);
    if (this.#places === undefined) await this.#begun;
    const { start, place } = this.#places ?? judgeAll;
    if (offset < (start.get(partition) ?? 0)) return;
    if (offset >= (place.get(partition) ?? Infinity)) this.#goLive();
    const whole = readWholeMessage(value, read);
    if ('unreadable' in whole) {
      this.#unreadable ??= `messages are not those of process (${whole.unreadable}): tests have no data`;
      return;
    }
    const { message } = whole;
    const events = this.#feed.take(message, this.#isLive ? performance.now() : undefined);
    const closedMs = Date.parse(message.batch.closed);
    if (closedMs > this.#atMs) this.#atMs = closedMs;
    await this.#takeEvents(events);
    this.#tellStates();
  }

  #tellStates(): void {
    const { onJudged, setup } = this.#options;
    if (onJudged === undefined || this.#atMs === -Infinity) return;
    const { alarms, parts, states } = this.#feed.quality;
    // Without an alarm, the state of a chamber follows from those of its tests.
    const of = alarms.length + parts.length === 0 ? states : this.#pictureThen();
    if (this.#states?.of !== of) {
      const boards = setup.chambers.map(({ fpga }) => fpga);
      this.#states = { of, states: chamberStatesOf(this.#pictureThen(), boards) };
    }
    onJudged(this.#states.states);
  }

  #progress({ unread, log }: FollowProgress): void {
    this.#begun ??= this.#begin(log);
    if (unread === 0 && this.#places !== undefined) this.#goLive();
  }

  /** Finds where judging begins, and what the logbook says. */
  async #begin(log: Transport): Promise<void> {
    const { console, flags, foldS, until } = this.#options;
    const { topic, group } = flags;
    let places: FoldPlaces = judgeAll;
    try {
      const folder = await stateFolder(log, flags, console.env);
      if (folder !== undefined) this.#noteGone(await this.#logbook.open(folder));
      if (foldS !== undefined) places = await foldStart(log, { topic, from: until, foldS, group });
    } catch (error) {
      if (!(error instanceof DtstreamError)) throw error;
      if (this.#isClosed) return;
      console.logLine(`${error.message}: every message is judged`, 'warn');
    }
    this.#places = places;
    if (this.#isClosed) return;
    this.#timer = setInterval(() => void this.#tick(), tickMs);
    this.#timer.unref();
  }

  #goLive(): void {
    if (this.#isLive) return;
    this.#isLive = true;
    this.#feed.goLive(performance.now());
    this.#refresh();
  }

  /** What comes is of another log or topic, read from its beginning. */
  #beginAnew(): void {
    this.#feed.beginAnew();
    this.#runs.clear();
    this.#gone.clear();
    this.#raised.clear();
    this.#isLive = false;
    if (this.#places !== undefined) this.#places = judgeAll;
    this.#refresh();
  }

  async #tick(): Promise<void> {
    if (!this.#isLive) return;
    const events = this.#feed.tick(performance.now());
    await this.#takeEvents(events);
    if (events.length > 0) this.#tellStates();
    const over = this.#over.splice(0);
    await this.#logbook.write(over.map((id) => ({ entry: 'over', id, ...this.#group })));
    if (await this.#readNews()) this.#options.onChange?.();
  }

  async #takeEvents(events: readonly QualityEvent[]): Promise<void> {
    if (events.length === 0 && this.#feed.quality.version === this.#version) return;
    this.#version = this.#feed.quality.version;
    const cleared: AlarmNews[] = [];
    const raised: Alarm[] = [];
    for (const event of events) {
      if (event.event === 'warning') continue;
      const { event: kind, ...alarm } = event;
      if (kind === 'cleared') {
        cleared.push({ what: kind, alarm, remark: this.#known.remarkOf(alarm) });
        this.#noteCleared(alarm);
        continue;
      }
      this.#gone.stands(alarm.id);
      if (!this.#raised.has(alarm.id)) raised.push(alarm);
      this.#raised.set(alarm.id, alarm);
    }
    this.#updateKnown();
    const news = raised.map((alarm) => ({ what: 'raised' as const, alarm, remark: this.#known.remarkOf(alarm) }));
    for (const one of [...cleared, ...news]) await this.#options.onNews?.(one);
  }

  #noteCleared(alarm: Alarm): void {
    this.#raised.delete(alarm.id);
    // What was expected ends without a word.
    if (this.#known.remarkOf(alarm) === undefined) this.#gone.ended(alarm, this.#atMs);
    if (this.#logbook.state.isSeen(alarm.id)) this.#over.push(alarm.id);
  }

  /** Of monitors: an alarm that has ended while this screen was not open. */
  #noteGone(entries: readonly LogbookEntry[]): void {
    for (const entry of entries) {
      if (entry.entry !== 'reported' || !this.#isOurs(entry)) continue;
      const { event, ...alarm } = entry.change;
      if (event === 'cleared') this.#gone.ended(alarm, Date.parse(entry.at));
      else this.#gone.stands(alarm.id);
    }
  }

  /** @returns whether there are any */
  async #readNews(): Promise<boolean> {
    const entries = (await this.#logbook.news()).filter((entry) => this.#isOurs(entry));
    if (entries.length === 0) return false;
    this.#noteGone(entries.filter(({ entry }) => entry === 'reported'));
    this.#refresh();
    const { state } = this.#logbook;
    for (const entry of entries) {
      if (entry.entry !== 'acknowledged' && entry.entry !== 'known') continue;
      const isMeant = (alarm: Alarm): boolean =>
        entry.entry === 'known' ? objectText(alarm) === entry.object : alarm.id === entry.id;
      const remark = entry.entry === 'known' ? state.known.get(entry.object) : state.acknowledged.get(entry.id);
      const what = entry.entry === 'known' ? 'known' : 'seen';
      for (const alarm of this.#feed.quality.alarms.filter(isMeant))
        await this.#options.onNews?.({ what, alarm, remark });
    }
    return true;
  }

  #isOurs({ group }: Pick<LogbookEntry, 'group'>): boolean {
    const wanted = this.#options.flags.group ?? this.#feed.group;
    return wanted === undefined || group === undefined || group === wanted;
  }

  /** Something that the picture rests on has changed beside the tests. */
  #refresh(): void {
    this.#picture = undefined;
    this.#updateKnown();
  }

  #updateKnown(): void {
    if (this.#atMs === -Infinity) return;
    const { alarms, parts } = this.#feed.quality;
    const said = [...this.#logbook.state.known].filter(
      // While the past is read, only what had been said by then.
      ([, { time }]) => this.#isLive || Date.parse(time) <= this.#atMs,
    );
    this.#known.update([...alarms, ...parts], new Map(said), this.#atMs);
  }

  #makePicture(quality: Quality): QualityPicture {
    const { alarms, parts, states } = quality;
    const { acknowledged } = this.#logbook.state;
    const { known, worse } = this.#known;
    const standing = new Set([...alarms, ...parts].map(({ id }) => id));
    const gone = this.#gone.list(this.#atMs, (id) => standing.has(id) || acknowledged.has(id));
    return { alarms, parts, states, gone, acknowledged, known, worse, unjudged: this.#feed.misfit ?? this.#unreadable };
  }

  #entriesOf(action: KeyAction): NewEntry[] {
    const said = { by: userName(), ...this.#group };
    switch (action.kind) {
      case 'acknowledge': {
        const standing = new Set(this.#feed.quality.alarms.map(({ id }) => id));
        return action.ids.flatMap((id): NewEntry[] => [
          { entry: 'acknowledged', id, ...said },
          // The next alarm of its object is another one, and not seen.
          ...(standing.has(id) ? [] : [{ entry: 'over' as const, id, ...this.#group }]),
        ]);
      }
      case 'known': {
        const { object, note } = action;
        const { alarms, parts } = this.#feed.quality;
        const tests = [...alarms, ...parts].filter((alarm) => objectText(alarm) === object).map(({ test }) => test);
        return [{ entry: 'known', object, tests, ...said, ...(note !== '' && { note }) }];
      }
      case 'mark':
        return [{ entry: 'mark', text: action.text, moment: new Date(action.atMs).toISOString(), ...said }];
      default:
        return action satisfies never;
    }
  }

  #saidOf(action: KeyAction): string {
    switch (action.kind) {
      case 'acknowledge': {
        const { ids } = action;
        const row = this.#rows().find(({ id }) => id === ids.at(0));
        if (row?.ids.length === ids.length) return `acknowledged: ${row.objectText} ${row.fault}`;
        return `acknowledged: ${countOf(ids.length, 'alarm', 'alarms')}`;
      }
      case 'known':
        return `${action.object} is known to be bad`;
      case 'mark':
        return `marked: ${action.text}`;
      default:
        return action satisfies never;
    }
  }

  #rows(): AlarmRow[] {
    const picture = this.picture();
    return picture === undefined ? [] : alarmRows(picture);
  }

  get #group(): { readonly group?: string } {
    const { group } = this.#feed;
    return group === undefined ? {} : { group };
  }
}
