import { canRedraw, say } from './stdio.js';

/** How far a long operation is. */
export interface ProgressState {
  readonly rows: number;
  /** Part of the whole in [0, 1], where it is known. */
  readonly share: number | undefined;
}

const quietMs = 1000;
const terminalMs = 100;
const lineMs = 5000;

/** Progress on stderr, while something is left after the first second: one line that is drawn anew, or one every 5 s in a log. */
export class Progress {
  readonly #startMs = performance.now();
  readonly #isTerminal = canRedraw();
  readonly #quiet: boolean;
  #saidMs = -Infinity;
  #isDrawn = false;

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  show(state: ProgressState): void {
    const nowMs = performance.now();
    const dueMs = this.#isTerminal ? terminalMs : lineMs;
    // A log hears early how long it takes, where that can be said.
    const firstMs = this.#isTerminal || state.share !== undefined ? quietMs : lineMs;
    const isOver = state.share !== undefined && state.share >= 1;
    if (this.#quiet || isOver || nowMs - this.#startMs < firstMs || nowMs - this.#saidMs < dueMs) return;
    this.#saidMs = nowMs;
    const text = progressText(state, nowMs - this.#startMs);
    if (this.#isTerminal) process.stderr.write(`\r\x1b[K${text}`);
    else say(text);
    this.#isDrawn = this.#isTerminal;
  }

  /** Clears the line that is drawn. */
  end(): void {
    if (this.#isDrawn) process.stderr.write('\r\x1b[K');
    this.#isDrawn = false;
  }
}

/** `12,345,678 rows, 9.8 M rows/s, 45 %, 12 s left`. */
export function progressText({ rows, share }: ProgressState, elapsedMs: number): string {
  const parts = [`${rows.toLocaleString('en-US')} rows`, `${((rows / elapsedMs) * 1e-3).toFixed(2)} M rows/s`];
  if (share !== undefined && share > 0) {
    const left = (elapsedMs / share - elapsedMs) / 1000;
    parts.push(`${Math.floor(share * 100)} %`, `${Math.ceil(left)} s left`);
  }
  return parts.join(', ');
}
