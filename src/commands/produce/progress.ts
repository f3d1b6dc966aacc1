import type { ProduceOptions, ProduceStatus } from '../../pipeline/produce/produce.js';
import type { InputFile } from '../../sources/input-file.js';
import { gapMsMin } from '../../pipeline/produce/orbit-pacer.js';
import { countOf } from '../console/plural.js';
import type { Console } from '../console/console.js';

/** How much of a run is done, in [0, 1], where that is known. */
export type ShareOf = (rows: number, progress: ProduceStatus['progress']) => number | undefined;

export interface ProgressOptions {
  readonly topic: string;
  readonly pace: ProduceOptions['pace'];
  /** Kafka, where that takes the rows. */
  readonly brokers: string | undefined;
  /** How long an end waits for Kafka, ms. */
  readonly stopWaitMs: number;
  /** Rows that were written before a resume. */
  readonly rowsBefore: number;
  readonly quiet: boolean;
  readonly share: ShareOf;
}

const lookMs = 250;
const lineMs = 5000;
const idleLineMsMax = 3_600_000;
/** Time for which messages are deleted unread before their number is logged. */
const deletedSaidMs = 5000;
/** When a stalled schedule or log is reported: not at once, and not again for a while. */
const stallMsMin = 1000;
const stallSaidMs = 10_000;

/** When a line of a log is due: every 5 s, and while nothing comes each time twice as late, up to an hour. */
export class LinePace {
  #saidMs: number;
  #dueMs = lineMs;

  constructor(nowMs: number) {
    this.#saidMs = nowMs;
  }

  /** Whether to write a line now, which is then taken as written. */
  isDue(nowMs: number, isIdle: boolean): boolean {
    if (!isIdle) this.#dueMs = lineMs;
    if (nowMs - this.#saidMs < this.#dueMs) return false;
    this.#saidMs = nowMs;
    if (isIdle) this.#dueMs = Math.min(2 * this.#dueMs, idleLineMsMax);
    return true;
  }
}

/** Progress of a run on stderr: one line that is redrawn on a terminal, one every 5 s in a log. */
export class ProduceProgress {
  readonly #console: Console;
  readonly #options: ProgressOptions;
  readonly #isTerminal: boolean;
  #timer: NodeJS.Timeout | undefined;
  #isDrawn = false;
  #stopSeenMs: number | undefined;
  #hasSaidStop = false;
  readonly #pace = new LinePace(performance.now());
  #countedMs = -Infinity;
  #stallSaidMs = -Infinity;
  #deletedSeenMs: number | undefined;
  #hasSaidDeleted = false;
  #hasSaidGap = false;
  #before = { rows: 0, elapsedMs: 0 };

  constructor(console: Console, options: ProgressOptions) {
    this.#console = console;
    this.#isTerminal = console.canRedraw();
    this.#options = options;
  }

  /** @param stop aborts when the run is told to end */
  start(look: () => ProduceStatus, stop: AbortSignal): void {
    this.#timer = setInterval(() => {
      const status = look();
      if (stop.aborted) this.#showStop(status);
      else this.#show(status);
    }, lookMs);
  }

  /** Logs the result of the run. */
  end(status: ProduceStatus, isStopped: boolean): void {
    this.close();
    this.#sayGap(status);
    this.#sayDeleted(status, 0);
    if (status.rows + this.#options.rowsBefore === 0 && !isStopped)
      this.#console.logLine('no row in the input', 'warn');
    if (!this.#options.quiet) this.#console.logLine(finalText(status, this.#options, isStopped));
  }

  /** Ends the display; idempotent. */
  close(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #showStop({ appendingMs }: ProduceStatus): void {
    this.#stopSeenMs ??= performance.now();
    if (this.#hasSaidStop || Math.min(appendingMs, performance.now() - this.#stopSeenMs) < stallMsMin) return;
    this.#hasSaidStop = true;
    this.#clear();
    const { brokers, stopWaitMs } = this.#options;
    this.#console.logLine(stopText(brokers, stopWaitMs), 'warn');
  }

  #show(status: ProduceStatus): void {
    const nowMs = performance.now();
    const stall = stallText(status, this.#options);
    if (stall !== undefined && nowMs - this.#stallSaidMs >= stallSaidMs) {
      this.#stallSaidMs = nowMs;
      this.#clear();
      this.#console.logLine(stall, 'warn');
    }
    this.#sayDeleted(status, deletedSaidMs);
    this.#sayGap(status);
    if (this.#options.quiet) return;
    const { rows, elapsedMs } = status;
    const isIdle = status.inputIdleMs >= stallMsMin;
    const text = produceProgressText(status, this.#before, this.#options);
    const isDue = this.#isTerminal || this.#pace.isDue(nowMs, isIdle);
    // The rate of rows that come again is not that of the time without any.
    if (isIdle || (isDue && nowMs - this.#countedMs >= 1000)) {
      this.#before = { rows, elapsedMs };
      this.#countedMs = nowMs;
    }
    if (!isDue) return;
    if (!this.#isTerminal) {
      this.#console.logLine(text);
      return;
    }
    this.#console.drawLine(text);
    this.#isDrawn = true;
  }

  /** Reports, once, that unread messages were deleted, if that lasts this long. */
  #sayDeleted({ deletedUnread }: ProduceStatus, afterMs: number): void {
    if (deletedUnread === 0 || this.#hasSaidDeleted) return;
    this.#deletedSeenMs ??= performance.now();
    if (performance.now() - this.#deletedSeenMs < afterMs) return;
    this.#hasSaidDeleted = true;
    this.#clear();
    this.#console.logLine(deletedText(deletedUnread, this.#options.topic), 'warn');
  }

  /** Reports the first gap; the last line has how many there were. */
  #sayGap({ detector }: ProduceStatus): void {
    if (detector === undefined || detector.gaps === 0 || this.#hasSaidGap || this.#options.quiet) return;
    this.#hasSaidGap = true;
    this.#clear();
    this.#console.logLine(gapText);
  }

  #clear(): void {
    if (this.#isDrawn) this.#console.eraseLine();
    this.#isDrawn = false;
  }
}

/** What stopping waits for, and how long at most. */
export function stopText(brokers: string | undefined, stopWaitMs: number): string {
  const log = brokers === undefined ? 'the log' : `Kafka ${brokers}`;
  const limit = brokers === undefined ? '' : `, at most ${stopWaitMs / 1000} s`;
  return `stopping once ${log} has accepted the rows already read${limit}; a second signal quits immediately`;
}

/** Why no rows are written, or too few: `cannot keep up: 2.3 s behind, 812 of 1,000 rows/s requested`. */
export function stallText(
  status: ProduceStatus,
  { pace, brokers }: Pick<ProgressOptions, 'pace' | 'brokers'>,
): string | undefined {
  const { appendingMs, behindMs, rows, elapsedMs } = status;
  if (appendingMs >= stallMsMin) {
    const [log, question] = brokers === undefined ? ['the log', 'full'] : [`Kafka ${brokers}`, 'down'];
    return `${log} has accepted no rows for ${seconds(appendingMs)}; is it ${question}?`;
  }
  if (behindMs < stallMsMin) return undefined;
  const achieved =
    typeof pace === 'number'
      ? `${perSecond(rows, elapsedMs)} of ${count(pace)} rows/s requested`
      : speedText(status, pace.speed);
  return `cannot keep up: ${seconds(behindMs)} behind, ${achieved}`;
}

/** What is said of the first gap or new run. */
const gapText =
  `the orbit counter went back or forward by more than ${gapMsMin / 1000} s of detector time: ` +
  'a new run or a gap, which --rate detector does not wait for';

/** How many messages a full topic deleted before any group read them. */
export function deletedText(messages: number, topic: string): string {
  const what = countOf(messages, `message of ${topic}`, `messages of ${topic}`);
  return `${what} deleted: the topic is full and no group reads it; start process first, or create it with a larger --retention`;
}

/** `12,345 rows, 1,000 rows/s, 45 %, 12 s left`; at the speed of the detector, with how much of its time that is. */
export function produceProgressText(
  status: ProduceStatus,
  before: { readonly rows: number; readonly elapsedMs: number },
  options: Pick<ProgressOptions, 'rowsBefore' | 'share'>,
): string {
  const { rows, elapsedMs, inputIdleMs, progress } = status;
  const parts = [countOf(rows, 'row')];
  if (inputIdleMs >= stallMsMin) parts.push('waiting for input');
  else parts.push(`${perSecond(rows - before.rows, elapsedMs - before.elapsedMs)} rows/s`);
  if (status.detector !== undefined) parts.push(`${seconds(status.detector.ms)} of detector time`);
  const share = options.share(options.rowsBefore + rows, progress);
  if (share !== undefined && share > 0 && rows > 0) {
    const shareBefore = (share * options.rowsBefore) / (options.rowsBefore + rows);
    const leftMs = (elapsedMs * (1 - share)) / (share - shareBefore);
    parts.push(`${Math.floor(share * 100)} %`, `${Math.max(1, Math.round(leftMs / 1000))} s left`);
  }
  return parts.join(', ');
}

/** `10,000 rows in 10.0 s: achieved 999.9 of 1,000 rows/s requested (99.99 %)`. */
export function finalText(
  status: ProduceStatus,
  { pace, rowsBefore }: Pick<ProgressOptions, 'pace' | 'rowsBefore'>,
  isStopped: boolean,
): string {
  const { rows, elapsedMs, debtGivenUpMs, inputWaitMs, deletedUnread, detector } = status;
  const parts = [`${isStopped ? 'stopped after ' : ''}${countOf(rows, 'row')} in ${seconds(elapsedMs)}`];
  if (rows > 1) {
    parts[0] += `: achieved ${typeof pace === 'number' ? rateText(status, pace) : speedText(status, pace.speed)}`;
  }
  if (detector !== undefined) parts.push(`${seconds(detector.ms)} of detector time`);
  if (detector !== undefined && detector.gaps > 0)
    parts.push(`${countOf(detector.gaps, 'gap or new run', 'gaps or new runs')} not waited for`);
  if (rowsBefore > 0) parts.push(`${countOf(rowsBefore, 'row was', 'rows were')} written before`);
  if (deletedUnread > 0) parts.push(`${countOf(deletedUnread, 'message')} deleted unread`);
  if (inputWaitMs >= stallMsMin) parts.push(`${seconds(inputWaitMs)} without input`);
  if (debtGivenUpMs > 0) parts.push(`${seconds(debtGivenUpMs)} of the schedule skipped after long stops`);
  return parts.join(', ');
}

/** By rows with a limit, else by bytes on disk if all sizes are known; unknown for endless inputs. */
export function shareOf(
  flags: { readonly limit?: number; readonly loop: boolean; readonly follow: boolean },
  files: readonly InputFile[],
): ShareOf {
  const { limit } = flags;
  if (limit !== undefined) return (rows) => rows / limit;
  const sizes = files.map(({ bytesTotal }) => bytesTotal ?? Number.NaN);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (flags.loop || flags.follow || !(total > 0)) return () => undefined;
  return (_, { sources, bytesDone }) =>
    (sizes.slice(0, sources).reduce((sum, size) => sum + size, 0) + bytesDone) / total;
}

function rateText({ rows, elapsedMs }: ProduceStatus, rate: number): string {
  if (rate === Infinity) return `${perSecond(rows, elapsedMs)} rows/s`;
  // The first row is due at once: n rows take n - 1 times the time between two.
  const achieved = elapsedMs > 0 ? ((rows - 1) / elapsedMs) * 1000 : Infinity;
  return `${count(achieved)} of ${count(rate)} rows/s requested (${((achieved / rate) * 100).toFixed(2)} %)`;
}

function speedText({ detector, elapsedMs }: ProduceStatus, speed: number): string {
  const achieved = elapsedMs > 0 ? (detector?.ms ?? 0) / elapsedMs : 0;
  return `${count(achieved)} of ${count(speed)} times the speed of the detector`;
}

function perSecond(rows: number, ms: number): string {
  return ms > 0 ? count((rows / ms) * 1000) : '0';
}

/** Four digits at least, and no more decimals than they need. */
function count(value: number): string {
  return value.toLocaleString('en-US', {
    maximumFractionDigits: value < 10 ? 3 : value < 10_000 && !Number.isInteger(value) ? 1 : 0,
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 100_000 ? 1 : 0)} s`;
}
