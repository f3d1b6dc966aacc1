import type { Geometry } from '../../domain/geometry.js';
import { physicsPlan } from '../../domain/physics-plan.js';
import { physicsHash } from '../../pipeline/consume/geometry-hash.js';
import { Quality, type QualityOptions } from '../../quality/quality.js';
import type { QualityReference } from '../../quality/quality-reference.js';
import { loadConfig } from '../config/load.js';
import { readReferenceFile } from '../reference/read-file.js';
import type { QualityFlags } from './flags.js';

/** What all tests of quality of one command have in common. */
export interface QualitySetup {
  readonly geometryHash: string;
  readonly geometry: Geometry;
  /** That of `--reference`. */
  readonly reference: QualityReference | undefined;
  /** Numbers of the objects that there are. */
  readonly chambers: readonly { readonly fpga: number; readonly channels: number }[];
  readonly makeQuality: (knownId?: QualityOptions['knownId']) => Quality;
}

/** @throws DtstreamError `config` for a mistake in the file, `usage` or `input` for one in the reference */
export async function qualitySetup({
  config,
  reference: path,
  learn,
}: Pick<QualityFlags, 'config' | 'reference' | 'learn'>): Promise<QualitySetup> {
  const { geometry, physics, quality: settings } = await loadConfig(config);
  const geometryHash = physicsHash(geometry, physics);
  const plan = physicsPlan(geometry, physics, { isFull: true, hash: geometryHash });
  const reference = path === undefined ? undefined : await readReferenceFile(path, plan);
  const learnS = learn === undefined ? undefined : learn / 1000;
  return setupOf({ geometry, physics, geometryHash, settings, reference, learnS });
}

/** The same for settings that are there already. */
export function setupOf(options: Omit<QualityOptions, 'knownId'>): QualitySetup {
  const { geometryHash, geometry, reference } = options;
  return {
    ...{ geometryHash, geometry, reference },
    chambers: geometry.chambers,
    makeQuality: (knownId) => new Quality({ ...options, knownId }),
  };
}
