import { chamberChannels } from '../../src/domain/geometry.js';
import type { ChamberSums } from '../../src/quality/look.js';

const none = (length = chamberChannels): number[] => new Array<number>(length).fill(0);

/** Sums of a chamber in which nothing happened. */
export function emptyChamber(): ChamberSums {
  const drift = { tick_first: -412, ticks_bin: 3, offset_ns: -249.85, under: 0, over: 0, counts: none(400) };
  return {
    ...{ active_slots: none(), active_orbits: none(), repeats: 0, duplicates: 0, single: none(), bursts: 0 },
    ...{ untimed: 0, layers: none(4), drift, active: none(65), hits: 0 },
    gated: { orbits: 0, matched: 0, in_time: 0, hits: 0, channels: none(), active: none(65) },
    segments: {
      ...{ events: 0, four: 0, three: none(4), busy: 0, slope: none(40), x_mm: none(66), chi2: none(40) },
      residual: Array.from({ length: 4 }, () => ({ n: 0, sum_um: 0, sum2_um2: 0 })),
      ...{ probe_pass: none(), probe_fail: none() },
    },
  };
}
