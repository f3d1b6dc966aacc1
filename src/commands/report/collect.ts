import { physicsOf } from '../../domain/physics-of.js';
import type { BatchMessage, Timing } from '../../domain/batch-message.js';
import { orbitNsOf } from '../../domain/geometry.js';
import { emptySpan, noteTime, type TimeSpan, timingOf } from '../../domain/time-span.js';
import { DtstreamError } from '../../errors.js';
import { objectText } from '../../quality/object-text.js';
import type { ReportClock, ShiftReport } from '../../report/shift-report.js';
import { MessageSum, type MessageSums, type SummedMessage } from '../../results/message-sums.js';
import { carriedRows, forgetGroup, groupOf, noteMessage, type Producers } from '../../results/producers.js';
import { TrendColumns } from '../../results/trend-columns.js';
import type { Mark } from '../../views/detector/detector-view.js';
import { makeDetectorView } from '../../views/detector/make-detector-view.js';
import type { AlarmRow } from '../../views/detector/verdicts.js';
import type { Console } from '../console/console.js';
import type { LogbookState } from '../quality/logbook-state.js';
import { QualityFeed } from '../quality/quality-feed.js';
import type { QualitySetup } from '../quality/quality-setup.js';
import { RunMarks } from '../watch/run-marks.js';
import { AlarmHistory } from './alarm-history.js';
import { InputOffsets } from './input-offsets.js';
import { processesOf } from './processes.js';

export interface CollectOptions {
  readonly console: Console;
  readonly setup: QualitySetup;
  readonly logbook: LogbookState;
}

/** What is collected beside the report itself, for its facts. */
export interface Collected {
  readonly sums: MessageSums;
  readonly timing: Timing;
  readonly group: string | undefined;
  /** Undefined where they are not known. */
  readonly offsets: InputOffsets | undefined;
}

/** Pace from which on the times of messages are those of processing, not of the detector: rows came from files. */
const livePace = 1.5;

/** Collects the messages of a report: those of one group, each once, from its newest history. */
export class ShiftCollector {
  readonly #options: CollectOptions;
  readonly #feed: QualityFeed;
  readonly #producers: Producers = new Map();
  #sum = new MessageSum();
  #span: TimeSpan = emptySpan();
  #offsets = new InputOffsets();
  #alarms = new AlarmHistory();
  /** Rates by the time of the messages, and by live time. */
  #trends = { utc: new TrendColumns(), live: new TrendColumns() };
  /** When messages were published, and the live time of the detector by then, both in ms. */
  readonly #times: { readonly closedMs: number; readonly liveMs: number }[] = [];
  readonly #runs = new RunMarks();
  #isFolding = false;
  #duplicates = 0;
  #unreadable = 0;

  constructor(options: CollectOptions) {
    const { console, setup, logbook } = options;
    this.#options = options;
    this.#feed = new QualityFeed({
      ...{ console, geometryHash: setup.geometryHash, idleMs: Infinity },
      makeQuality: () => setup.makeQuality((test, object) => logbook.idOf(test, object)),
    });
  }

  /** Runs that began, those of the time before the part as well. */
  get runs(): RunMarks {
    return this.#runs;
  }

  /** Messages are of the time before the part, for the tests alone, until {@link endFold}. */
  beginFold(): void {
    this.#isFolding = true;
  }

  endFold(): void {
    if (this.#isFolding) this.#alarms.forgetPast();
    this.#isFolding = false;
  }

  /** @param whole the same with all that tests need; undefined where it has not */
  add(message: SummedMessage, whole: BatchMessage | undefined): void {
    const closedMs = Date.parse(message.batch?.closed ?? '');
    this.#runs.note(message);
    if (whole !== undefined) this.#alarms.add(this.#feed.take(whole), closedMs);
    if (this.#isFolding) return;
    const novelty = noteMessage(this.#producers, message);
    if (novelty === 'duplicate') {
      this.#duplicates++;
      return;
    }
    if (novelty === 'anew') {
      this.#beginAnew(message.producer ?? '');
      noteMessage(this.#producers, message);
    }
    this.#sum.add(message);
    noteTime(this.#span, message);
    this.#offsets.add(message);
    this.#addTime(message, closedMs);
  }

  addUnreadable(): void {
    if (!this.#isFolding) this.#unreadable++;
  }

  get collected(): Collected {
    const timing = timingOf(this.#span, orbitNsOf(this.#options.setup.geometry.clock));
    return { sums: this.#sum.sums, timing, group: this.#feed.group, offsets: this.#offsets };
  }

  /**
   * What is known when no more messages come.
   *
   * @param marks on the clock of the messages
   * @throws DtstreamError `input` where there was no message
   */
  report({
    marks,
    nowMs,
  }: {
    readonly marks: readonly Mark[];
    readonly nowMs: number;
  }): Omit<ShiftReport, 'title' | 'facts'> {
    const { setup, logbook } = this.#options;
    const { geometry, reference } = setup;
    const { sums } = this.collected;
    if (sums.messages === 0) throw new DtstreamError('input', 'cannot make a report: there is no message');
    this.#alarms.add(this.#feed.end(), sums.toMs ?? nowMs);
    const notJudged = this.#notJudged();
    const picture = this.#alarms.picture(this.#feed.quality, logbook);
    const clock = this.#clock;
    const { columnS, endMs, all, chambers, triggers } = this.#trends[clock].rates;
    const count = sums.totals.chambers.length;
    const detector = makeDetectorView({
      ...{ nowMs, isCurrent: true, geometry, reference, showReference: 'overlay' },
      window: {
        kind: 'part',
        title: 'the report',
        sums: notJudged.length > 0 ? withoutForeignPhysics(sums, this.#options) : sums,
      },
      sinceStart: sums,
      quality: notJudged.length > 0 ? undefined : picture,
      marks: marks.map((mark) => ({ ...mark, atMs: this.#onClock(mark.atMs, clock) })),
      trends: { columnS, endMs, all, chambers, trigger: triggers, lag: all.map(() => undefined), marks: [] },
      activeSteps: () => [],
      boxTrends: new Array<[]>(count).fill([]),
    });
    return {
      detector: { ...detector, alarms: detector.alarms.map((row) => this.#rowOnClock(row, clock)) },
      ...{ notJudged, clock, accounts: this.#accounts(sums) },
      warnings: this.#alarms.warnings.map(({ warning: { since, text }, isOver }) => ({
        ...{ text, isOver, atMs: this.#onClock(Date.parse(since), clock) },
      })),
    };
  }

  #addTime(message: SummedMessage, closedMs: number): void {
    const { lanes = 1, hit_count: hits, hit_count_chamber: chambers } = message;
    const physics = physicsOf(message);
    const liveS = physics === undefined ? undefined : physics.live_s / lanes;
    const liveMs = (this.#times.at(-1)?.liveMs ?? 0) + 1000 * (liveS ?? 0);
    if (Number.isNaN(closedMs)) return;
    this.#times.push({ closedMs, liveMs });
    const of = { hits: [hits, ...chambers], triggers: physics?.trigger.orbits, liveS };
    // A message belongs to the column that it ends in, one that ends with a column to that.
    this.#trends.utc.add(closedMs - 1, of);
    this.#trends.live.add(Math.max(0, liveMs - 1), of);
  }

  get #clock(): ReportClock {
    const { fromMs, toMs, liveS } = this.#sum.sums;
    if (fromMs === undefined || toMs === undefined || liveS === undefined) return 'utc';
    return liveS > livePace * ((toMs - fromMs) / 1000) ? 'live' : 'utc';
  }

  #rowOnClock(row: AlarmRow, clock: ReportClock): AlarmRow {
    const { logbook } = this.#options;
    return {
      ...row,
      sinceMs: this.#onClock(row.sinceMs, clock),
      endedMs: row.endedMs === undefined ? undefined : this.#onClock(row.endedMs, clock),
      remark: row.remark ?? logbook.acknowledged.get(row.id) ?? logbook.known.get(objectText(row.object)),
    };
  }

  /** Ms since 1970 on the clock of the report. */
  #onClock(ms: number, clock: ReportClock): number {
    if (clock === 'utc') return ms;
    return this.#times.findLast(({ closedMs }) => closedMs <= ms)?.liveMs ?? 0;
  }

  /** Why the tests had no data. */
  #notJudged(): string[] {
    const { physics } = this.#sum.sums;
    const { geometryHash } = this.#options.setup;
    if (physics === undefined) return ['The messages have no physics (process --physics off, or an older version).'];
    if (physics === null)
      return ['The messages say no physics: lanes share slots, as of rows that are not keyed by orbit.'];
    if (physics.geometry === geometryHash) return [];
    return [
      `The messages are of configuration ${physics.geometry}, this report of ${geometryHash}: give that of process with --config.`,
    ];
  }

  #accounts({ totals }: MessageSums): ShiftReport['accounts'] {
    const { carriedIn, carriedOut } = carriedRows(this.#producers);
    const { ledger, lateHits, lateOrbits, orbits, lost } = totals;
    return {
      ledger: { ...ledger, carried_in: carriedIn, carried_out: carriedOut },
      ...{ lateHits, lateOrbits, orbits, lost, duplicates: this.#duplicates, unreadable: this.#unreadable },
      producers: processesOf(this.#producers),
    };
  }

  #beginAnew(producer: string): void {
    this.#options.console.logLine(`group ${groupOf(producer)} was reset: its earlier messages are left out`, 'warn');
    forgetGroup(this.#producers, producer);
    [this.#sum, this.#span, this.#offsets, this.#alarms] = [
      new MessageSum(),
      emptySpan(),
      new InputOffsets(),
      new AlarmHistory(),
    ];
    this.#trends = { utc: new TrendColumns(), live: new TrendColumns() };
    this.#times.length = 0;
  }
}

/** Physics of another geometry would be drawn wrong. */
function withoutForeignPhysics(sums: MessageSums, { setup }: CollectOptions): MessageSums {
  return sums.physics?.geometry === setup.geometryHash ? sums : { ...sums, physics: undefined };
}
