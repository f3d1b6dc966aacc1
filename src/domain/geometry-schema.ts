import { z } from 'zod';
import { chamberChannels, chambersMax, type ClockUnits, defaultGeometry, type Geometry } from './geometry.js';
import { hitLimits } from './hit.js';

const channelSchema = z
  .int()
  .min(0)
  .max(hitLimits.TDC_CHANNEL - 1);
const boardSchema = z
  .int()
  .min(0)
  .max(hitLimits.FPGA - 1);

const chamberSchema = z.strictObject({
  fpga: boardSchema,
  channelFirst: z
    .int()
    .min(0)
    .max(hitLimits.TDC_CHANNEL - chamberChannels),
  zMm: z.number().describe('height of the lower edge above the floor, in mm'),
  rotated: z.boolean().default(false).describe('turned by 90 degrees: it measures the other view'),
  t0Ns: z.number().default(95).describe('offset of the drift times, in ns'),
});

const { orbitBx, bxNs, bxTdcCounts } = defaultGeometry.clock;
const clockSchema = z.strictObject({
  orbitBx: z.int().min(1).max(hitLimits.BX_COUNTER).default(orbitBx).describe('bunch crossings in an orbit'),
  bxNs: z.number().min(0.001).max(1e6).default(bxNs).describe('length of a bunch crossing, in ns'),
  bxTdcCounts: z.int().min(1).max(hitLimits.TDC_MEAS).default(bxTdcCounts).describe('TDC counts in a bunch crossing'),
}) satisfies z.ZodType<ClockUnits>;

/** Checks a {@link Geometry}; missing parts come from {@link defaultGeometry}. */
export const geometrySchema = z
  .strictObject({
    chambers: z
      .array(chamberSchema)
      .min(1)
      .max(chambersMax)
      .default(() => defaultGeometry.chambers),
    triggers: z
      .array(z.strictObject({ fpga: boardSchema, channel: channelSchema }))
      .default(() => defaultGeometry.triggers),
    clock: clockSchema.default(() => defaultGeometry.clock),
  })
  .superRefine((geometry, context) => {
    const owners = new Map<number, string>();
    /** Returns whether the wire was free; says so at `path` when it was not. */
    const claim = ({ fpga, channel }: Geometry['triggers'][number], owner: string, path: PropertyKey[]): boolean => {
      const key = fpga * hitLimits.TDC_CHANNEL + channel;
      const other = owners.get(key);
      if (other === undefined) {
        owners.set(key, owner);
        return true;
      }
      const message = `a wire belongs to one owner: FPGA ${fpga} channel ${channel} is in ${other} and ${owner}`;
      context.addIssue({ code: 'custom', message, path });
      return false;
    };
    geometry.chambers.forEach(({ fpga, channelFirst }, index) => {
      const path = ['chambers', index, 'channelFirst'];
      let wire = 0;
      while (wire < chamberChannels && claim({ fpga, channel: channelFirst + wire }, `chamber ${index}`, path)) wire++;
    });
    geometry.triggers.forEach((trigger, index) => claim(trigger, `trigger ${index}`, ['triggers', index]));
  }) satisfies z.ZodType<Geometry>;
