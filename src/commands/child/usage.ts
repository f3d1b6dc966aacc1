import { peakMemoryBytes } from './peak-memory.js';

/** What a process has taken since its start, all threads together. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** Largest resident memory so far. */
  readonly peakMemoryBytes: number;
}

/** What a parent sends to be told. */
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
