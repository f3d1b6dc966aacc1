import type { BatchMessage } from '../../src/domain/batch-message.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { type PhysicsPlan, physicsPlan } from '../../src/domain/physics-plan.js';
import { defaultPhysics, type PhysicsSettings } from '../../src/domain/physics-settings.js';
import { physicsHash } from '../../src/pipeline/consume/geometry-hash.js';
import { openSimulator } from '../../src/sources/simulator/simulator.js';
import { readAll } from '../sources/read-all.js';
import { directMessages, directPool, memorySource } from '../helpers/program/direct.js';

/** The plan of the default geometry. */
export function planOf(time: PhysicsSettings['time'] = 'auto'): PhysicsPlan {
  const physics = { ...defaultPhysics, time };
  return physicsPlan(defaultGeometry, physics, { isFull: true, hash: physicsHash(defaultGeometry, physics) });
}

/** Messages of simulated rows, one per second of wall time. */
export async function simulatedMessages(rows: number, plan = planOf()): Promise<BatchMessage[]> {
  const bytes = await readAll(openSimulator({ rows, format: 'words', seed: 3 }));
  const pool = directPool({ plan });
  let nowMs = Date.UTC(2026, 10, 29, 21);
  try {
    const now = (): number => (nowMs += 1000);
    const options = { batchRows: Math.ceil(rows / 12), detail: 'none', now } as const;
    return await directMessages([memorySource(bytes, 'words')], pool, options);
  } finally {
    await pool.close();
  }
}
