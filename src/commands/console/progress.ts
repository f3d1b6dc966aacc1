import { countOf } from './plural.js';
import type { Console } from './console.js';

/** How far a long operation is. */
export interface ProgressState {
  readonly rows: number;
  /** Part of the whole in [0, 1], where it is known. */
  readonly share: number | undefined;
  /** Further counts to show, in words. */
  readonly counts?: readonly string[];
}

const quietMs = 1000;
const terminalMs = 100;
const lineMs = 5000;

/** The rate of the last seconds. */
export class RecentRate {
  #from = { rows: 0, ms: 0 };
  #next = { rows: 0, ms: 0 };

  /**
   * Rows per second over the last 5 to 10 s, or since the last call if that is longer.
   *
   * @param ms since the start; rises from call to call
   */
  at(rows: number, ms: number): number {
    const rate = ms > this.#from.ms ? ((rows - this.#from.rows) / (ms - this.#from.ms)) * 1000 : 0;
    if (ms - this.#next.ms >= lineMs) {
      this.#from = this.#next;
      this.#next = { rows, ms };
    }
    return rate;
  }
}

/** Progress on stderr after the first second: one line that is redrawn, or one every 5 s in a log. */
export class Progress {
  readonly #startMs = performance.now();
  readonly #console: Console;
  readonly #isTerminal: boolean;
  readonly #quiet: boolean;
  readonly #rate = new RecentRate();
  #saidMs = -Infinity;
  #isDrawn = false;

  constructor(console: Console, quiet: boolean) {
    this.#console = console;
    this.#isTerminal = console.canRedraw();
    this.#quiet = quiet;
  }

  show(state: ProgressState): void {
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#startMs;
    const rowsPerSecond = this.#rate.at(state.rows, elapsedMs);
    const dueMs = this.#isTerminal ? terminalMs : lineMs;
    // A log hears early how long it takes, where that can be said.
    const firstMs = this.#isTerminal || state.share !== undefined ? quietMs : lineMs;
    const isOver = state.share !== undefined && state.share >= 1;
    if (this.#quiet || isOver || elapsedMs < firstMs || nowMs - this.#saidMs < dueMs) return;
    this.#saidMs = nowMs;
    const text = progressText(state, { elapsedMs, rowsPerSecond });
    if (this.#isTerminal) this.#console.drawLine(text);
    else this.#console.logLine(text);
    this.#isDrawn = this.#isTerminal;
  }

  /** Clears the line that is drawn. */
  end(): void {
    if (this.#isDrawn) this.#console.eraseLine();
    this.#isDrawn = false;
  }
}

/** `12,345,678 rows, 9.80 M rows/s, 45 %, 12 s left`; `21,180 rows, 980 rows/s`. */
export function progressText(
  { rows, share, counts = [] }: ProgressState,
  { elapsedMs, rowsPerSecond }: { readonly elapsedMs: number; readonly rowsPerSecond: number },
): string {
  const parts = [countOf(rows, 'row'), rateText(rowsPerSecond)];
  if (share !== undefined && share > 0) {
    const left = (elapsedMs / share - elapsedMs) / 1000;
    parts.push(`${Math.floor(share * 100)} %`, `${Math.ceil(left)} s left`);
  }
  return [...parts, ...counts].join(', ');
}

function rateText(rowsPerSecond: number): string {
  if (rowsPerSecond >= 100_000) return `${(rowsPerSecond * 1e-6).toFixed(2)} M rows/s`;
  return `${Math.round(rowsPerSecond).toLocaleString('en-US')} rows/s`;
}
