import { readFileSync } from 'node:fs';

/** Looks at the peak of a process's memory as long as it runs, where the system tells; bytes. */
export function watchPeakBytes(pid: number): () => number {
  let peakKiB = 0;
  const timer = setInterval(() => {
    try {
      peakKiB = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? peakKiB);
    } catch {
      // It has ended, or this is another system.
      clearInterval(timer);
    }
  }, 20);
  return () => {
    clearInterval(timer);
    return peakKiB * 1024;
  };
}
