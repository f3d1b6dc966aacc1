import { headerNames, type LogWriter, type OutgoingBatch, type ResumePoint } from '../../transport/transport.js';
import type { ProduceMetrics } from '../metrics.js';
import { ContentMarks } from './content-marks.js';
import { OrbitPacer } from './orbit-pacer.js';
import { type Pacer, RatePacer } from './pacer.js';
import { type PackOptions, Packer } from './packer.js';
import { type ResumeState, encodeResumeState } from './resume-state.js';
import { RowFeed } from './row-feed.js';
import type { ProduceInput } from './row-source.js';

/** Time, from outside. */
export interface ProduceClock {
  /** A clock that never goes back, ms. */
  readonly now: () => number;
  /** Resolves after `ms`, or when the signal aborts; never before other events had their turn. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Time in which this process runs, ms: stands while the process is stopped. */
  readonly awakeNow: () => number;
}

/** Rows leave when their orbits have passed. */
interface DetectorPace {
  /** Length of an orbit, ns. */
  readonly orbitNs: number;
  /** How much faster than the detector, above 0. */
  readonly speed: number;
}

export interface ProduceOptions extends PackOptions {
  /** Rows per second, above 0; Infinity = as fast as possible. Or the speed of the detector, by the orbits of the rows. */
  readonly pace: number | DetectorPace;
  /** Rows of the input to write, those written before a resume included. */
  readonly rowsMax: number;
  readonly loop: boolean;
  readonly resume: ResumeState | undefined;
  /** A unique id, where the input begins a new run whatever its orbits; counts only without a resume. */
  readonly newRun?: string | undefined;
  /** How long rows that are due wait to be appended together, at most. */
  readonly lingerMs: number;
  /** Bytes of an append, about. */
  readonly appendBytes: number;
  readonly clock: ProduceClock;
  readonly metrics?: ProduceMetrics;
  /** Ends the run: what was read and is due is still written. */
  readonly signal: AbortSignal;
}

/** How far a run is. */
export interface ProduceStatus {
  /** Rows written by this run. */
  readonly rows: number;
  /** When the first row was due, on the clock of the run; undefined before. */
  readonly startMs: number | undefined;
  /** Since the first row was due. */
  readonly elapsedMs: number;
  /** Delay behind the schedule. */
  readonly behindMs: number;
  /** Time in which this process runs and the log has not taken what it was given; 0 = it has. */
  readonly appendingMs: number;
  /** For how long no row of the input has come that is due; 0 = there are some. */
  readonly inputIdleMs: number;
  /** Time of the schedule given up in long stops, and time it was moved for a live input. */
  readonly debtGivenUpMs: number;
  readonly inputWaitMs: number;
  /** Of a run at the speed of the detector: how much of its time the rows taken are, and gaps that were not waited for. */
  readonly detector: { readonly ms: number; readonly gaps: number } | undefined;
  /** Messages that a full topic has lost to this run and that no group has read. */
  readonly deletedUnread: number;
  readonly progress: { readonly sources: number; readonly bytesDone: number };
}

/** Timers and signals get a turn at least so often, also when nothing that is waited for takes any time. */
const turnMs = 20;
/** A live input that runs empty may be caught up with by this much. */
const liveDebtMs = 100;

/**
 * Writes the rows of an input to a log, each when it is due.
 *
 * ```
 *  sources ─► readRows (one chunk ahead) ─► RowFeed: rows, orbits of the pass ─► Packer: messages by partition
 *                                              ▲ as many as Pacer says                │ every linger, or when full
 *                                              └───────── resume state ──────► LogWriter.append (one under way)
 * ```
 */
export class ProduceRun {
  readonly #writer: LogWriter;
  readonly #input: ProduceInput;
  readonly #options: ProduceOptions;
  readonly #feed: RowFeed;
  readonly #pacer: Pacer;
  readonly #isPaced: boolean;
  /** Messages are made in one while the other one's are being appended. */
  #packer: Packer;
  #otherPacker: Packer;
  /** Mark of the run that the input began, and the partitions whose first records of this process have it. */
  readonly #mark: string | undefined;
  readonly #marked = new Set<number>();
  /** Undefined = the input has no name, or it is replayed: that one file comes several times is then meant. */
  readonly #marks: ContentMarks | undefined;
  #appending: Promise<void> | undefined;
  /** On the clock that stands while the process does: the log is not asked then. */
  #appendingSinceMs = 0;
  #rowsTaken: number;
  #rowsWritten = 0;
  #startMs: number | undefined;
  #lastMs = 0;
  /** When the oldest row in the packer was taken, and when the append before began. */
  #oldestMs = 0;
  #flushedMs = -Infinity;
  #turnedMs = -Infinity;
  /** Since when rows of the input are waited for. */
  #inputIdleSinceMs: number | undefined;

  constructor(input: ProduceInput, writer: LogWriter, options: ProduceOptions) {
    const packPlace = { partition: (options.resume?.partition ?? 0) % options.partitions };
    this.#writer = writer;
    this.#input = input;
    this.#options = options;
    const { pace } = options;
    this.#pacer = typeof pace === 'number' ? new RatePacer(pace) : new OrbitPacer(pace.orbitNs, pace.speed);
    this.#isPaced = pace !== Infinity;
    this.#packer = new Packer(options, packPlace);
    this.#otherPacker = new Packer(options, packPlace);
    this.#mark = options.resume === undefined ? options.newRun : options.resume.newRun;
    const isMarked = input.identity !== undefined && !options.loop;
    this.#marks = isMarked ? new ContentMarks(input.identity, input.isLive) : undefined;
    this.#rowsTaken = options.resume?.rows ?? 0;
    this.#feed = new RowFeed(input, { ...options, packPlace }, options.signal);
  }

  status(): ProduceStatus {
    const nowMs = this.#options.clock.now();
    const pacer = this.#pacer;
    return {
      rows: this.#rowsWritten,
      startMs: this.#startMs,
      elapsedMs: this.#startMs === undefined ? 0 : Math.max(nowMs, this.#lastMs) - this.#startMs,
      behindMs: this.#inputIdleSinceMs === undefined ? this.#pacer.behindMs(nowMs) : 0,
      appendingMs: this.#appending === undefined ? 0 : this.#options.clock.awakeNow() - this.#appendingSinceMs,
      inputIdleMs: this.#inputIdleSinceMs === undefined ? 0 : nowMs - this.#inputIdleSinceMs,
      debtGivenUpMs: this.#pacer.debtGivenUpMs,
      inputWaitMs: this.#pacer.inputWaitMs,
      detector: pacer instanceof OrbitPacer ? { ms: pacer.detectorMs, gaps: pacer.gaps } : undefined,
      deletedUnread: this.#writer.deletedUnread ?? 0,
      progress: this.#feed.progress,
    };
  }

  /**
   * Runs to the end of the input, to `rowsMax` or to the signal; the rows before a failure of the input are written
   * before it is thrown.
   *
   * @throws DtstreamError `input` of the input, and what the log throws
   */
  async run(): Promise<ProduceStatus> {
    try {
      await this.#writeAll();
      const status = this.status();
      return { ...status, elapsedMs: this.#lastMs - (this.#startMs ?? this.#lastMs) };
    } finally {
      await this.#feed.close();
    }
  }

  async #writeAll(): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    for (let isLast = false; !isLast;) {
      // Checked before rows are taken: the rows due at that moment are still written.
      isLast = this.#options.signal.aborted;
      try {
        this.#takeDue();
      } catch (error) {
        failure = { error };
        isLast = true;
      }
      isLast ||= this.#feed.ended || this.#rowsLeft === 0;
      if (this.#packer.rows > 0 && (isLast || this.#isFlushTime())) await this.#flush();
      else if (!isLast) await this.#wait();
      await this.#giveTurn();
    }
    await this.#appending;
    if (failure !== undefined) throw failure.error;
  }

  get #rowsLeft(): number {
    return Math.max(0, this.#options.rowsMax - this.#rowsTaken);
  }

  #takeDue(): void {
    if (!this.#fill()) return;
    const nowMs = this.#options.clock.now();
    if (this.#inputIdleSinceMs !== undefined && this.#input.isLive) this.#pacer.forgive(nowMs, liveDebtMs);
    this.#inputIdleSinceMs = undefined;
    this.#startMs ??= nowMs;
    while (this.#packer.size < this.#options.appendBytes && this.#fill()) {
      const rows = Math.min(this.#pacer.due(nowMs), this.#rowsLeft, this.#feed.available);
      if (rows === 0) return;
      if (this.#packer.rows === 0) this.#oldestMs = nowMs;
      this.#feed.take(this.#packer, rows);
      this.#pacer.take(rows);
      this.#rowsTaken += rows;
    }
  }

  /** Makes rows available, if there are some, and known to the schedule. */
  #fill(): boolean {
    if (!this.#feed.fill()) return false;
    const { table, next } = this.#feed.ahead;
    this.#pacer.look(table, next);
    return true;
  }

  /** A paced run appends the rows due; a run without a pace fills its appends, but waits at most one linger. */
  #isFlushTime(): boolean {
    if (this.#isPaced || this.#packer.size >= this.#options.appendBytes) return true;
    return this.#options.clock.now() - this.#oldestMs >= this.#options.lingerMs;
  }

  async #flush(): Promise<void> {
    const packer = this.#packer;
    const batches = packer.batches().map((batch) => this.#withMark(batch));
    const { rows } = packer;
    const points = await this.#resumePoints();
    await this.#appending;
    this.#flushedMs = this.#options.clock.now();
    this.#appendingSinceMs = this.#options.clock.awakeNow();
    this.#appending = this.#writer.append(batches, ...points).then(() => {
      packer.clear();
      this.#appending = undefined;
      this.#rowsWritten += rows;
      this.#lastMs = this.#options.clock.now();
      this.#options.metrics?.appended({ rows, ms: this.#lastMs - this.#flushedMs });
    });
    // The waiter sees the failure; until then it must not count as unhandled.
    this.#appending.catch(() => undefined);
    this.#packer = this.#otherPacker;
    this.#otherPacker = packer;
  }

  /** How far the rows taken go, and the marks of their files. */
  async #resumePoints(): Promise<readonly ResumePoint[]> {
    const state = this.#feed.state();
    const begun = this.#feed.takeBegun();
    const { identity } = this.#input;
    if (identity === undefined || state === undefined) return [];
    const marks = (await this.#marks?.next(begun)) ?? [];
    const text = encodeResumeState({ ...state, content: this.#marks?.name, newRun: this.#mark });
    return [{ input: identity, state: text }, ...marks];
  }

  /** A partition without rows so far may still be in the run before: so its first ones have the mark, also after a resume. */
  #withMark(batch: OutgoingBatch): OutgoingBatch {
    const mark = this.#mark;
    if (mark === undefined || this.#marked.has(batch.partition)) return batch;
    this.#marked.add(batch.partition);
    return { ...batch, headers: { ...batch.headers, [headerNames.run]: mark } };
  }

  async #giveTurn(): Promise<void> {
    const { clock, signal } = this.#options;
    if (clock.now() - this.#turnedMs < turnMs) return;
    await clock.sleep(0, signal);
    this.#turnedMs = clock.now();
  }

  async #wait(): Promise<void> {
    const { clock, signal, lingerMs } = this.#options;
    const nowMs = clock.now();
    if (this.#feed.available > 0) {
      // Rows are there and not due: the next append is a linger after the last one, but the last row is on time.
      const lastDueMs = this.#pacer.dueAtMs(this.#rowsLeft - 1);
      const wakeMs = Math.max(this.#pacer.dueAtMs(), Math.min(this.#flushedMs + lingerMs, lastDueMs));
      await this.#orFailure(clock.sleep(wakeMs - nowMs, signal));
      return;
    }
    const arrival = this.#feed.arrival();
    if (this.#packer.rows > 0) {
      const leftMs = this.#oldestMs + lingerMs - nowMs;
      await this.#orFailure(this.#untilTimeout(arrival, leftMs));
      return;
    }
    this.#inputIdleSinceMs ??= nowMs;
    await this.#orFailure(arrival);
  }

  /** Waits, but no longer than until the append under way fails. */
  async #orFailure(wait: Promise<void>): Promise<void> {
    if (this.#appending === undefined) return wait;
    await Promise.race([wait, this.#appending.then(() => wait)]);
  }

  async #untilTimeout(wait: Promise<void>, ms: number): Promise<void> {
    const stop = new AbortController();
    try {
      await Promise.race([wait, this.#options.clock.sleep(ms, stop.signal)]);
    } finally {
      stop.abort();
    }
  }
}
