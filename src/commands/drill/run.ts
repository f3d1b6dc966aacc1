import { ComputePool } from '../../compute/pool.js';
import { physicsPlan } from '../../domain/physics-plan.js';
import { DtstreamError } from '../../errors.js';
import { physicsHash } from '../../pipeline/consume/geometry-hash.js';
import { loadConfig } from '../config/load.js';
import { countOf } from '../console/plural.js';
import { Progress } from '../console/progress.js';
import type { Console } from '../console/console.js';
import { rowSetup } from '../process/row-setup.js';
import { chunkBytesOf, rowsPerSecond } from './detector-run.js';
import { type DrillFault, drillFaults, warmS } from './faults.js';
import type { DrillFlags } from './flags.js';
import { LogDetector } from './log-detector.js';
import { failuresOf, type FaultResult, type HealthyResult } from './report.js';
import { RateDrill, type Setup } from './rate-drill.js';
import { drillJson, drillMarkdown, drillText } from './text.js';

const healthyDefaultS = { atDefault: 24 * 3600, atOthers: 2 * 3600 };
const seedsDefault = { atDefault: 5, atOthers: 1 };

/** What is done at one rate. */
interface RatePlan {
  readonly rateFactor: number;
  readonly faults: readonly DrillFault[];
  readonly seeds: number;
  readonly healthyS: number;
}

/** `dtstream drill`: faults on purpose, and what became of them. */
export async function runDrill(console: Console, flags: DrillFlags): Promise<void> {
  const signal = console.stopSignal();
  const { geometry, physics, quality: settings } = await loadConfig(flags.config);
  const geometryHash = physicsHash(geometry, physics);
  const plan = physicsPlan(geometry, physics, { isFull: true, hash: geometryHash });
  const times = { referenceS: flags.before / 1000 - warmS, afterS: flags.after / 1000 };
  const plans = (flags.log ? [1] : flags.rateFactor).map((rateFactor) => planOf(rateFactor, flags, geometry));
  const progress = new DrillProgress(console, flags.quiet, rowsOf(plans, times));
  const setup = { geometry, physics, settings, geometryHash, plan, ...times, signal };
  const result: { faults: FaultResult[]; healthy: HealthyResult[] } = { faults: [], healthy: [] };
  try {
    for (const one of plans) await drillAtRate(one, flags, { setup, progress, result, console });
  } finally {
    progress.end();
  }
  if (flags.json) await console.writeJson(drillJson(result), 2);
  else await console.writeLines(flags.markdown ? drillMarkdown(result) : drillText(result));
  if (signal.aborted) throw new DtstreamError('limit', 'stopped before the end: the drill is not complete');
  const failures = failuresOf(result);
  if (failures > 0) throw new DtstreamError('different', `${countOf(failures, 'demand was', 'demands were')} not met`);
}

function planOf(rateFactor: number, flags: DrillFlags, geometry: Setup['geometry']): RatePlan {
  const which = rateFactor === 1 ? 'atDefault' : 'atOthers';
  const seconds = flags.healthy === undefined ? healthyDefaultS[which] : Number(flags.healthy) / 1000;
  return {
    rateFactor,
    faults: drillFaults(flags.fault, geometry, rateFactor),
    seeds: flags.log ? 1 : (flags.seeds ?? seedsDefault[which]),
    healthyS: flags.log ? 0 : seconds,
  };
}

/** Rows of all runs, about. */
function rowsOf(plans: readonly RatePlan[], { referenceS, afterS }: Pick<Setup, 'referenceS' | 'afterS'>): number {
  return plans.reduce((sum, { rateFactor, faults, seeds, healthyS }) => {
    const seconds = seeds * (referenceS + faults.length * (warmS + afterS)) + healthyS;
    return sum + seconds * rateFactor * rowsPerSecond;
  }, 0);
}

async function drillAtRate(
  { rateFactor, faults, seeds, healthyS }: RatePlan,
  { threads, config, log }: DrillFlags,
  on: {
    readonly setup: Setup;
    readonly progress: DrillProgress;
    readonly result: { faults: FaultResult[]; healthy: HealthyResult[] };
    readonly console: Console;
  },
): Promise<void> {
  const { setup, progress, result, console } = on;
  const { geometry, physics, signal } = setup;
  const pool = new ComputePool(threads, {
    ...rowSetup(geometry, physics, 'full'),
    shards: threads,
    chunkBytes: chunkBytesOf(rateFactor),
  });
  const drill = new RateDrill(setup, {
    ...{ pool, rateFactor, seeds },
    ...(log && { throughLog: new LogDetector(console, { config, signal }) }),
    onRows: (rows, what) => progress.add(rows, `${what} at rate ${rateFactor}`),
  });
  try {
    for (const fault of faults) {
      const done = await drill.fault(fault);
      if (signal.aborted) return;
      result.faults.push(done);
    }
    if (healthyS > 0) result.healthy.push(await drill.healthy(healthyS));
  } finally {
    await pool.close();
  }
}

/** How much of all rows is done. */
class DrillProgress {
  readonly #progress: Progress;
  readonly #rowsTotal: number;
  #rows = 0;

  constructor(console: Console, quiet: boolean, rowsTotal: number) {
    this.#progress = new Progress(console, quiet);
    this.#rowsTotal = rowsTotal;
  }

  add(rows: number, what: string): void {
    this.#rows += rows;
    this.#progress.show({ rows: this.#rows, share: Math.min(0.999, this.#rows / this.#rowsTotal), counts: [what] });
  }

  end(): void {
    this.#progress.end();
  }
}
