import { Piscina } from 'piscina';
import type { AggregateResult, AggregateTask, ComputeSetup, DecodeResult, DecodeTask } from './tasks.js';

/** The worker threads that decode and aggregate, and the only place that knows how they are driven. */
export class ComputePool {
  readonly threads: number;
  readonly setup: ComputeSetup;
  readonly #piscina: Piscina;

  constructor(threads: number, setup: ComputeSetup) {
    this.threads = threads;
    this.setup = setup;
    this.#piscina = new Piscina({
      filename: new URL('./worker.js', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      workerData: { setup },
      // Threads keep their data in typed arrays; a large nursery for objects would only cost memory.
      resourceLimits: { maxYoungGenerationSizeMb: 12 },
    });
  }

  decode(task: DecodeTask): Promise<DecodeResult> {
    return this.#piscina.run(task, { name: 'decode' }) as Promise<DecodeResult>;
  }

  aggregate(task: AggregateTask): Promise<AggregateResult> {
    return this.#piscina.run(task, { name: 'aggregate' }) as Promise<AggregateResult>;
  }

  /** Stops the threads; tasks under way are rejected. Idempotent. */
  close(): Promise<void> {
    return this.#piscina.destroy();
  }
}
