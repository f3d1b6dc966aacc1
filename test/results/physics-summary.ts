import type { Summary } from '../../src/domain/batch-message.js';
import { chamberListOf } from '../../src/domain/chamber-channels.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { physicsPlan } from '../../src/domain/physics-plan.js';
import { defaultPhysics } from '../../src/domain/physics-settings.js';
import { SummarySum } from '../../src/domain/summary.js';
import { openSimulator } from '../../src/sources/simulator/simulator.js';
import { directMessages, directPool, memorySource } from '../helpers/program/direct.js';
import { readAll } from '../sources/read-all.js';

/** The summary of 18 s of the simulated telescope, with a dead and a hot channel. */
export async function physicsSummary({ isFull = true } = {}): Promise<Summary> {
  const bytes = await readAll(
    openSimulator({ rows: 100_000, dead: [{ chamber: 2, channel: 17 }], hot: [{ chamber: 0, channel: 5, factor: 8 }] }),
  );
  const pool = directPool({ plan: physicsPlan(defaultGeometry, defaultPhysics, { isFull, hash: 'a1b2c3d4e5f6' }) });
  const sum = new SummarySum(chamberListOf(defaultGeometry));
  try {
    for (const message of await directMessages([memorySource(bytes, 'csv')], pool, { detail: 'none' }))
      sum.add(message);
  } finally {
    await pool.close();
  }
  return sum.summary;
}
