import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Experiment } from '../../experiment/report.js';

/** The current state of the machine. */
export function machineNow(): Experiment['machine'] {
  return {
    processor: cpus()[0]?.model ?? 'unknown processor',
    cores: Math.max(1, cpus().length),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    loadBefore: loadavg()[0],
  };
}
