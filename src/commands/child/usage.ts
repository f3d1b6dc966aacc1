import { peakMemoryBytes } from './peak-memory.js';

/** Resource usage of a process since its start, over all threads. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** Largest resident memory so far. */
  readonly peakMemoryBytes: number;
}

/** The parent's request for the usage. */
export const usageQuestion = 'usage';

/** Reports the resource usage of this process to its parent on request and at its end; for a process with a channel. */
export function tellUsage(): void {
  const tell = (): void => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const usage: ProcessUsage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMemoryBytes: peakMemoryBytes() };
    if (process.connected) process.send?.(usage);
  };
  process.on('message', (question) => {
    if (question === usageQuestion) tell();
  });
  // A message this short is written to the channel before the call returns.
  process.once('exit', tell);
}
