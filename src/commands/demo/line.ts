import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Geometry } from '../../domain/geometry.js';
import { resolveSimulatorOptions } from '../../sources/simulator/options.js';
import { startSubcommand } from '../child/subcommand-process.js';
import type { DemoFlags } from './flags.js';

/** A child that has not ended by itself after this is killed. */
const stopMsMax = 5000;

/** The simulator, produce and process at work on a log of their own. */
export interface DemoLine {
  /** Folder of the log. */
  readonly store: string;
  /** Aborts when one of the processes has ended. */
  readonly ended: AbortSignal;
  /**
   * Ends the processes and removes the log.
   *
   * @throws DtstreamError `transport` when one of them has failed
   */
  stop(): Promise<void>;
}

/** Rows that the simulator makes in a second of detector time when its options are not given. */
const rowsPerDetectorSecond = 5500;

/** Starts the line. Nothing of it is left when this process ends, also not when that does not come to call `stop`. */
export function startLine(flags: DemoFlags, geometry: Geometry): DemoLine {
  const folder = mkdtempSync(join(tmpdir(), 'dtstream-demo-'));
  const store = join(folder, 'store');
  // Of the user's configuration only the geometry is meant: JSON is YAML.
  const config = join(folder, 'demo.yaml');
  writeFileSync(config, JSON.stringify({ geometry }));
  // A process that was killed a moment ago may still close its files.
  const removeStore = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
  const children = commandLines(flags, { store, config }).map((args) => startSubcommand(args, { stopMsMax }));
  const clean = (): void => {
    for (const child of children) child.kill();
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
    ended: AbortSignal.any(children.map(({ ended }) => ended)),
    async stop() {
      try {
        const ends = await Promise.allSettled(children.map((child) => child.stop()));
        const failed = ends.find((end) => end.status === 'rejected');
        if (failed !== undefined) throw failed.reason;
      } finally {
        removeStore();
        process.removeListener('exit', clean);
        process.removeListener('SIGHUP', hangUp);
      }
    },
  };
}

/** The first two commands of the line, as a user would start them in two terminals. */
function commandLines(
  { rate, seed, threads }: DemoFlags,
  { store, config }: { readonly store: string; readonly config: string },
): string[][] {
  const shared = ['--quiet', '--store', store, '--config', config];
  const rateText = rate === Infinity ? 'max' : String(rate);
  const { muonRateHz, noiseRateHz } = resolveSimulatorOptions({});
  // A telescope with exactly the requested rate, so that a second of detector time is a second of real time.
  const share = Math.min(1, rate / rowsPerDetectorSecond);
  const simulator = `seed=${seed},muon-rate-hz=${muonRateHz * share},noise-rate-hz=${noiseRateHz * share}`;
  return [
    ['produce', ...shared, '--rate', rateText, '--sim', simulator],
    ['process', ...shared, ...(threads === undefined ? [] : ['--threads', String(threads)])],
  ];
}
