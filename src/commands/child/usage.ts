import { peakMemoryBytes } from './peak-memory.js';

/** Resource usage of a process since its start, over all threads. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** Largest resident memory so far. */
  readonly peakMemoryBytes: number;
}

/** The parent's request for the usage. */
export const usageQuestion = 'usage';

/** Reports the resource usage of this process to its parent on request; for a process started with a channel. */
export function tellUsage(): void {
  process.on('message', (question) => {
    if (question !== usageQuestion) return;
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const usage: ProcessUsage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMemoryBytes: peakMemoryBytes() };
    process.send?.(usage);
  });
}
