import type { Console } from '../console/console.js';

const barWidth = 24;
const drawMs = 500;

/** Progress of an experiment: a bar that is redrawn on a terminal, one line per run in a log. */
export class BenchProgress {
  readonly #total: number;
  readonly #runMs: number;
  readonly #quiet: boolean;
  readonly #console: Console;
  readonly #isTerminal: boolean;
  #done = 0;
  #spentMs = 0;
  #startMs = 0;
  #name = '';
  #timer: NodeJS.Timeout | undefined;

  /** @param runMs estimated duration of a run, until the first one has ended */
  constructor(console: Console, total: number, runMs: number, quiet: boolean) {
    this.#console = console;
    this.#isTerminal = console.canRedraw();
    this.#total = total;
    this.#runMs = runMs;
    this.#quiet = quiet;
  }

  /** Duration of a run, from those made so far. */
  get runMs(): number {
    return this.#done === 0 ? this.#runMs : this.#spentMs / this.#done;
  }

  begin(name: string): void {
    this.#name = name;
    this.#startMs = performance.now();
    if (this.#quiet || !this.#isTerminal) return;
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), drawMs);
  }

  /** @param outcome what came of the run, in a few words */
  end(outcome: string): void {
    this.close();
    this.#done++;
    this.#spentMs += performance.now() - this.#startMs;
    if (this.#quiet || this.#isTerminal) return;
    const left = (this.#total - this.#done) * this.runMs;
    this.#console.logLine(
      `${this.#done}/${this.#total} ${this.#name}: ${outcome}${left > 0 ? `, ${durationText(left)} left` : ''}`,
    );
  }

  /** Clears the bar. Idempotent. */
  close(): void {
    clearInterval(this.#timer);
    if (this.#timer !== undefined) this.#console.eraseLine();
    this.#timer = undefined;
  }

  #draw(): void {
    const elapsedMs = performance.now() - this.#startMs;
    const part = Math.min(0.99, elapsedMs / this.runMs);
    const line = barText(this.#done + part, this.#total, (this.#total - this.#done - part) * this.runMs, this.#name);
    this.#console.drawLine(line.slice(0, (this.#console.stderr.columns ?? 80) - 1));
  }
}

/** `[██████░░░░░░░░░░] 12/72 runs, 4 min 10 s left: threads 2, 5,000 rows/s`. */
export function barText(done: number, total: number, leftMs: number, name: string): string {
  const full = total === 0 ? barWidth : Math.round((done / total) * barWidth);
  const bar = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`;
  return `[${bar}] ${Math.floor(done)}/${total} runs, ${durationText(leftMs)} left: ${name}`;
}

/** `3 min 5 s`. */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
