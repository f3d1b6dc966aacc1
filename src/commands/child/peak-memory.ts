import { readFileSync } from 'node:fs';

/**
 * Largest resident memory of this process so far, all threads together, bytes.
 *
 * Linux counts in `maxRSS` also what its parent held when it started this process, so that there its own high-water mark
 * is taken.
 */
export function peakMemoryBytes(): number {
  return ownPeakKiB() * 1024;
}

function ownPeakKiB(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  const mark = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return mark === undefined ? process.resourceUsage().maxRSS : Number(mark);
}
