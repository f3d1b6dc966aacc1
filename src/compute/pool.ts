import { Piscina } from 'piscina';
import type {
  AggregateResult,
  AggregateTask,
  ComputeSetup,
  DecodeResult,
  DecodeTask,
  FileResult,
  FileTask,
} from './tasks.js';

/** What a process has on its streams beside a listener for each thread, at most. */
const otherListenersMax = 20;

/**
 * Piscina first tries `require`. Where Node can require a module of this kind, a thread that is ended meanwhile ends the
 * whole process (`v8::Module::IsGraphAsync must be used on an instantiated module`); `import`, which comes next, is safe.
 */
const importOnly = ['--no-experimental-require-module'].filter((flag) => process.allowedNodeEnvironmentFlags.has(flag));

/** The worker threads that decode and aggregate, and the only place that knows how they are driven. */
export class ComputePool {
  readonly threads: number;
  readonly setup: ComputeSetup;
  readonly #piscina: Piscina;
  #tasksUnderWay = 0;
  #busyMs = 0;
  #changedMs = 0;

  constructor(threads: number, setup: ComputeSetup) {
    this.threads = threads;
    this.setup = setup;
    // Node pipes what threads print to the process's own streams, with a listener for each thread.
    for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(threads + otherListenersMax);
    this.#piscina = new Piscina({
      filename: new URL('./thread.js', import.meta.url).href,
      // What each thread looks for first. Without the name of a task, its file would be loaded a second time.
      name: 'decode',
      minThreads: threads,
      maxThreads: threads,
      // One under way and one that the thread finds when it is done, without a word from the main thread.
      concurrentTasksPerWorker: 2,
      recordTiming: false,
      workerData: { setup },
      execArgv: [...process.execArgv, ...importOnly],
      // Threads keep their data in typed arrays; a large nursery for objects would only cost memory.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
  }

  decode(task: DecodeTask): Promise<DecodeResult> {
    return this.#counted(this.#piscina.run(task, { name: 'decode' }) as Promise<DecodeResult>);
  }

  decodeFile(task: FileTask): Promise<FileResult> {
    return this.#counted(this.#piscina.run(task, { name: 'decodeFile' }) as Promise<FileResult>);
  }

  /** See `aggregateChain`. */
  aggregate(tasks: readonly AggregateTask[]): Promise<AggregateResult[]> {
    return this.#counted(this.#runAll('aggregate', tasks));
  }

  /** Tasks handed over and not done; those beyond the threads wait. */
  get tasksUnderWay(): number {
    return this.#tasksUnderWay;
  }

  /** Busy time summed over the threads, ms. */
  get busyMs(): number {
    this.#change(0);
    return this.#busyMs;
  }

  /** Stops the threads; tasks under way are rejected. Idempotent. */
  close(): Promise<void> {
    return this.#piscina.destroy();
  }

  /**
   * One task for a list of inputs, with a result for each. Both lists are emptied: Piscina rebuilds its table of tasks
   * all the time, and objects reachable from an old table are freed only by a full garbage collection.
   */
  async #runAll<Result>(name: string, tasks: readonly unknown[]): Promise<Result[]> {
    const given = [...tasks];
    try {
      const results = (await this.#piscina.run(given, { name })) as Result[];
      return results.splice(0);
    } finally {
      given.length = 0;
    }
  }

  #counted<T>(result: Promise<T>): Promise<T> {
    this.#change(1);
    const done = (): void => this.#change(-1);
    result.then(done, done);
    return result;
  }

  #change(tasks: number): void {
    const nowMs = performance.now();
    this.#busyMs += Math.min(this.threads, this.#tasksUnderWay) * (nowMs - this.#changedMs);
    this.#changedMs = nowMs;
    this.#tasksUnderWay += tasks;
  }
}
