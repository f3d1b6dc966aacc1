import { Worker } from 'node:worker_threads';

/** What a run of cases is; the same seed makes the same cases. */
export interface FuzzTask {
  readonly kind: 'rows' | 'batches';
  readonly seed: number;
  /** First case. */
  readonly from: number;
  /** Rows to decode at least, or record batches to read. */
  readonly until: number;
}

/** Where the thread says how far it is: the case under work, batches and rows so far. */
export const tally = { number: 0, batches: 1, rows: 2 } as const;

export interface FuzzProgress {
  readonly cases: number;
  readonly batches: number;
  readonly rows: number;
}

/** A case takes a millisecond; one that takes so long never ends. */
const caseLimitMs = 60_000;
const lookEveryMs = 1000;

/**
 * Runs cases in a thread of their own, and ends it when one of them hangs.
 *
 * @throws Error with the seed and the case, and what came of it
 */
export async function runFuzz(task: FuzzTask, onProgress: (progress: FuzzProgress) => void): Promise<FuzzProgress> {
  const counts = new Float64Array(new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT));
  const worker = new Worker(new URL('./fuzz-worker.js', import.meta.url), { workerData: { ...task, counts } });
  const progress = (): FuzzProgress => ({
    cases: counts[tally.number] - task.from,
    batches: counts[tally.batches],
    rows: counts[tally.rows],
  });
  let isHung = false;
  let last = { number: -1, atMs: performance.now() };
  const timer = setInterval(() => {
    onProgress(progress());
    const number = counts[tally.number];
    if (number !== last.number) last = { number, atMs: performance.now() };
    if (performance.now() - last.atMs < caseLimitMs) return;
    isHung = true;
    void worker.terminate();
  }, lookEveryMs);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', () => (isHung ? reject(new Error(`no end after ${caseLimitMs} ms`)) : resolve()));
    });
  } catch (cause) {
    const { kind, seed } = task;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`fuzzed ${kind}, seed ${seed}, case ${counts[tally.number]}: ${message}`, { cause });
  } finally {
    clearInterval(timer);
  }
  return progress();
}
