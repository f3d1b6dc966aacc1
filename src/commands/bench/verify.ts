import type { Measurements } from '../../experiment/runs/run-result.js';
import { DtstreamError } from '../../errors.js';
import { planOf } from '../../pipeline/consume/geometry-hash.js';
import { verifyGroup } from '../../pipeline/verify/verify-group.js';
import type { Transport } from '../../transport/transport.js';
import { loadConfig } from '../config/load.js';

/** Of a run with `--no-verify`. */
export const notVerified: Measurements['verify'] = { result: 'not asked', rows: 0, lateOrbits: 0, detail: '' };

/** What `dtstream verify` says of a run. */
export async function verifyRun(
  log: Transport,
  names: {
    readonly group: string;
    readonly topic: string;
    readonly results: string;
    readonly config: string | undefined;
  },
): Promise<Measurements['verify']> {
  const { config, ...of } = names;
  const { geometry, physics } = await loadConfig(config);
  try {
    const report = await verifyGroup(log, { ...of, geometry, plan: planOf(geometry, physics, { isFull: true }) });
    const { rows, lateOrbits, differences, differencesTotal, notComparable, incomplete } = report;
    if (notComparable !== undefined) return { result: 'not comparable', rows: 0, lateOrbits: 0, detail: notComparable };
    if (differencesTotal === 0 && incomplete.lost.length > 0) {
      const detail = 'messages were deleted before the bench read them';
      return { result: 'not comparable', rows, lateOrbits, detail };
    }
    if (differencesTotal === 0) return { result: 'equal', rows, lateOrbits, detail: '' };
    const [{ name, expected, got }] = differences;
    return { result: 'different', rows, lateOrbits, detail: `${name} must be ${expected}, got ${got}` };
  } catch (error) {
    if (!(error instanceof DtstreamError) || error.code !== 'not-comparable') throw error;
    return { result: 'not comparable', rows: 0, lateOrbits: 0, detail: error.message };
  }
}
