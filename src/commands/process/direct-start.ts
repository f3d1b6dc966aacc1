import { ComputePool } from '../../compute/pool.js';
import { loadConfig } from '../config/load.js';
import { shardsOf } from '../flags/common.js';
import type { DirectFlags } from './flags.js';
import type { DirectTaker } from './direct.js';
import { rowSetup } from './row-setup.js';
import type { Console } from '../console/console.js';

/**
 * Bytes of a chunk: large enough that a task's overhead vanishes, small enough to stay near the cache, and that the
 * memory of a kernel does not make the engine collect garbage when it is laid out.
 */
const chunkBytes = 1 << 21;

/**
 * `dtstream process INPUT…`: messages, or one summary, on stdout.
 *
 * @param taker takes the messages as well, or alone
 */
export async function runDirect(
  console: Console,
  inputs: readonly string[],
  flags: DirectFlags,
  taker?: DirectTaker,
): Promise<void> {
  const { geometry, physics } = await loadConfig(flags.config);
  const shards = shardsOf(flags);
  // The threads start while the rest of the program is loaded.
  const pool = new ComputePool(flags.threads, {
    ...rowSetup(geometry, physics, flags.physics),
    shards,
    chunkBytes,
  });
  try {
    const { runDirectOn } = await import('./direct.js');
    await runDirectOn(console, inputs, { pool, geometry, flags, taker });
  } finally {
    await pool.close();
  }
}
