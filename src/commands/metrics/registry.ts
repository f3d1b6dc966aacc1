import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Seconds: a batch takes from a few ms to as long as its interval. */
export const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A registry with what every command has: memory, processor time and event loop of the process, and its version. */
export function newRegistry(version: string): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'dtstream_build_info',
    help: 'Version of dtstream; always 1.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1);
  return registry;
}
