import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Geometry } from '../../domain/geometry.js';
import { resolveSimulatorOptions } from '../../sources/simulator/options.js';
import { demoFaults } from './faults.js';
import { type RunningLine, startLine } from '../run/line.js';
import type { DemoFlags } from './flags.js';

/** The line of a demo, on a log of its own. */
export interface DemoLine extends Pick<RunningLine, 'ended' | 'stop'> {
  /** Folder of the log. */
  readonly store: string;
}

/** Rows that the simulator makes in a second of detector time when its options are not given. */
const rowsPerDetectorSecond = 5500;

/** Starts the line. Nothing of it is left when this process ends, also not when that does not come to call `stop`. */
export function startDemoLine(flags: DemoFlags, geometry: Geometry): DemoLine {
  const folder = mkdtempSync(join(tmpdir(), 'dtstream-demo-'));
  const store = join(folder, 'store');
  // Of the user's configuration only the geometry is meant: JSON is YAML.
  const config = join(folder, 'demo.yaml');
  writeFileSync(config, JSON.stringify({ geometry }));
  // A process that was killed a moment ago may still close its files.
  const removeStore = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
  const line = startLine(commandWords(flags, { store, config, geometry }));
  const clean = (): void => {
    line.kill();
    removeStore();
  };
  // The terminal is gone: there is nothing to give back, and nothing more to say.
  const hangUp = (): void => {
    clean();
    process.kill(process.pid, 'SIGHUP');
  };
  process.once('exit', clean);
  process.once('SIGHUP', hangUp);
  return {
    store,
    ended: line.ended,
    async stop() {
      try {
        await line.stop();
      } finally {
        removeStore();
        process.removeListener('exit', clean);
        process.removeListener('SIGHUP', hangUp);
      }
    },
  };
}

/** The commands, as a user would start them in two terminals. */
function commandWords(
  { rate, seed, fault, threads }: DemoFlags,
  { store, config, geometry }: { readonly store: string; readonly config: string; readonly geometry: Geometry },
): { readonly produce: readonly string[]; readonly process: readonly string[] } {
  const shared = ['--quiet', '--store', store, '--config', config];
  const faults = fault && rate === 'detector' ? demoFaults(geometry) : undefined;
  const simulated = ['--sim', simText(rate, seed), ...(faults === undefined ? [] : ['--fault', faults])];
  return {
    produce: ['produce', ...shared, '--rate', rate === Infinity ? 'max' : String(rate), ...simulated],
    process: ['process', ...shared, ...(threads === undefined ? [] : ['--threads', String(threads)])],
  };
}

/** Options of a telescope with exactly the requested rate, so that a second of detector time is a second of real time. */
function simText(rate: DemoFlags['rate'], seed: number): string {
  if (rate === 'detector') return `seed=${seed}`;
  const { muonRateHz, noiseRateHz } = resolveSimulatorOptions({});
  const share = Math.min(1, rate / rowsPerDetectorSecond);
  return `seed=${seed},muon-rate-hz=${muonRateHz * share},noise-rate-hz=${noiseRateHz * share}`;
}
