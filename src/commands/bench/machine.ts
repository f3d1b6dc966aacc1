import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Experiment } from '../../experiment/report.js';

/** The machine as it is now. */
export function machineNow(): Experiment['machine'] {
  return {
    processor: cpus()[0]?.model ?? 'unknown processor',
    cores: Math.max(1, cpus().length),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    loadBefore: loadavg()[0],
  };
}
