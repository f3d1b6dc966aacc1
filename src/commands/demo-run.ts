import { ComputePool } from '../compute/pool.js';
import { SummarySum } from '../domain/summary.js';
import { wireCodes } from '../domain/row-code.js';
import { processDirect } from '../pipeline/direct.js';
import { openSimulator } from '../sources/simulator/simulator.js';
import { resolveStyle } from '../tui/style.js';
import { renderSummary } from '../tui/summary-text.js';
import { loadConfig } from './config.js';
import type { DemoFlags } from './demo.js';
import { chunkBytes } from './process-direct.js';
import { Progress } from './progress.js';
import { stopSignal, writeOut } from './stdio.js';

const widthDefault = 100;

/** `dtstream demo`: simulator → direct mode → a summary with its histograms drawn in text. */
export async function runDemo(flags: DemoFlags): Promise<void> {
  const signal = stopSignal();
  const { geometry } = await loadConfig(flags.config);
  const chambers = geometry.chambers.length;
  const shards = flags.shards ?? flags.threads;
  const pool = new ComputePool(flags.threads, { wires: wireCodes(geometry), chambers, shards, chunkBytes });
  const progress = new Progress(flags.quiet);
  const sum = new SummarySum(chambers);
  const simulator = openSimulator({ geometry, seed: flags.seed, rows: flags.rows });
  async function* sources(): AsyncGenerator<typeof simulator> {
    yield await Promise.resolve(simulator);
  }
  const startMs = performance.now();
  try {
    const messages = processDirect(sources(), pool, {
      geometry,
      lateness: flags.lateness,
      batchRows: 100_000,
      detail: 'none',
      producer: 'demo/0',
      now: Date.now,
      signal,
      onProgress: ({ rows }) => progress.show({ rows, share: rows / flags.rows }),
    });
    for await (const { message } of messages) sum.add(message);
  } finally {
    progress.end();
    await pool.close();
  }
  const seconds = (performance.now() - startMs) / 1000;
  const { summary } = sum;
  const style = resolveStyle({ env: process.env, isTerminal: process.stdout.isTTY });
  await writeOut(renderSummary(summary, process.stdout.columns ?? widthDefault, style));
  const rows = summary.ledger.rows_read.toLocaleString('en-US');
  await writeOut(`\n${rows} simulated rows in ${seconds.toFixed(2)} s on ${flags.threads} threads\n`);
}
