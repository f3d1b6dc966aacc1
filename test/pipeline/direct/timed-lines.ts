import type { Geometry } from '../../../src/domain/geometry.js';
import { geometrySchema } from '../../../src/domain/geometry-schema.js';
import type { Physics } from '../../../src/domain/physics-message.js';
import type { TimedRow } from '../../model/physics.js';

/** Seven chambers of 48 channels, three triggers: one for all, one for some, one that gives no time. */
export const sevenChambers = geometrySchema.parse({
  chambers: Array.from({ length: 7 }, (_, chamber) => ({
    fpga: chamber >> 1,
    channelFirst: 48 * (chamber & 1),
    channels: 48,
    zMm: 300 * chamber,
    xMm: chamber,
    t0Ns: 40 * chamber,
  })),
  triggers: [
    { fpga: 4, channel: 0, chambers: [0, 1, 2] },
    { fpga: 4, channel: 1, chambers: [2, 3, 4] },
    { fpga: 4, channel: 2, time: false },
  ],
  clock: { orbitBx: 200, bxTdcCounts: 24 },
  driftVelocityUmNs: 55,
});

/** Rows as CSV lines of a detector. */
export function linesOf(rows: readonly TimedRow[], { chambers, triggers }: Geometry): string {
  return rows
    .map(({ chamber, channel, orbit, bx, tdc }) => {
      const { fpga, first } =
        chamber === undefined
          ? { fpga: triggers[channel].fpga, first: triggers[channel].channel }
          : { fpga: chambers[chamber].fpga, first: chambers[chamber].channelFirst + channel };
      return `2,${fpga},${first},${orbit},${bx},${tdc.toFixed(3)}\n`;
    })
    .join('');
}

/** What a model says, too: quotients to nine digits, and segments where they are searched. */
export function comparable(
  { slots, live_s, trigger, chambers }: Pick<Physics, 'slots' | 'live_s' | 'trigger' | 'chambers'>,
  isFull: boolean,
) {
  const counted = Object.entries(chambers).map(([chamber, { segments, drift_chambers, ...counts }]) => [
    chamber,
    isFull ? { ...counts, segments, drift_chambers } : counts,
  ]);
  return {
    slots,
    live_s: live_s.toPrecision(9),
    trigger: { ...trigger, rate_hz: trigger.rate_hz?.toPrecision(9) },
    chambers: Object.fromEntries(counted) as Physics['chambers'],
  };
}
