import { ComputePool } from '../../compute/pool.js';
import type { Geometry } from '../../domain/geometry.js';
import { defaultPhysics } from '../../domain/physics-settings.js';
import { physicsHash } from '../../pipeline/consume/geometry-hash.js';
import { defaultQuality } from '../../quality/quality-settings.js';
import { DetectorRun, chunkBytesOf } from '../drill/detector-run.js';
import { makeReference } from '../drill/make-reference.js';
import { rowSetup } from '../process/row-setup.js';
import { type QualitySetup, setupOf } from '../quality/quality-setup.js';

/** Detector time of the reference, in s: enough for every box of the default geometry. */
const referenceS = 300;
/** Another run of the detector that the demo shows. */
const referenceSeed = 1_000_000;

/**
 * The quality tests of a demo: they compare its messages with a run of the same detector without a fault, which is simulated
 * here.
 *
 * @throws DtstreamError `input` where the signal comes first
 */
export async function demoQuality(geometry: Geometry, signal: AbortSignal): Promise<QualitySetup> {
  const geometryHash = physicsHash(geometry, defaultPhysics);
  const quality = { geometry, physics: defaultPhysics, settings: defaultQuality, geometryHash };
  const pool = new ComputePool(1, {
    ...rowSetup(geometry, defaultPhysics, 'full'),
    ...{ shards: 1, chunkBytes: chunkBytesOf(1) },
  });
  try {
    const run = new DetectorRun({
      ...{ geometry, rateFactor: 1, format: 'words', simulator: { seed: referenceSeed }, untilS: referenceS, signal },
    });
    return setupOf({
      ...quality,
      reference: await makeReference(run.messages(pool), { ...quality, forS: referenceS }),
    });
  } finally {
    await pool.close();
  }
}
