import { z } from 'zod';
import {
  chamberChannels,
  chamberLayers,
  chambersMax,
  type ClockUnits,
  defaultGeometry,
  type Geometry,
  type Trigger,
} from './geometry.js';
import { hitLimits } from './hit.js';
import { referenceSetsMax, referenceSetsOf } from './reference-sets.js';
import { triggersMax } from './row-code.js';

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
    .max(hitLimits.TDC_CHANNEL - chamberLayers),
  channels: z
    .int()
    .min(chamberLayers)
    .max(chamberChannels)
    .multipleOf(chamberLayers)
    .default(chamberChannels)
    .describe('channels from channelFirst on'),
  zMm: z.number().describe('height of the lower edge above the floor, in mm'),
  xMm: z
    .number()
    .multipleOf(0.001)
    .min(-1e6)
    .max(1e6)
    .default(0)
    .describe('where the edge stands along the layers, in mm: a whole number of um'),
  rotated: z.boolean().default(false).describe('turned by 90 degrees: it measures the other view'),
  t0Ns: z.number().default(95).describe('offset of the drift times, in ns'),
});

const { orbitBx, bxNs, bxTdcCounts } = defaultGeometry.clock;
const clockSchema = z.strictObject({
  orbitBx: z.int().min(1).max(hitLimits.BX_COUNTER).default(orbitBx).describe('bunch crossings in an orbit'),
  bxNs: z.number().min(0.001).max(1e6).default(bxNs).describe('length of a bunch crossing, in ns'),
  bxTdcCounts: z.int().min(1).max(hitLimits.TDC_MEAS).default(bxTdcCounts).describe('TDC counts in a bunch crossing'),
}) satisfies z.ZodType<ClockUnits>;

const triggerSchema = z.strictObject({
  fpga: boardSchema,
  channel: channelSchema,
  name: z.string().min(1).optional().describe('what the trigger is, for people'),
  time: z.boolean().default(true).describe('whether drift times may be measured from it'),
  chambers: z
    .union([z.literal('all'), z.array(z.int().min(0))])
    .default('all')
    .describe('chambers whose drift times are, by number from 0'),
}) satisfies z.ZodType<Trigger>;

/** Checks a {@link Geometry}; missing parts come from {@link defaultGeometry}. */
export const geometrySchema = z
  .strictObject({
    chambers: z
      .array(chamberSchema)
      .min(1)
      .max(chambersMax)
      .default(() => defaultGeometry.chambers),
    triggers: z
      .array(triggerSchema)
      .max(triggersMax)
      .default(() => defaultGeometry.triggers),
    clock: clockSchema.default(() => defaultGeometry.clock),
    driftVelocityUmNs: z
      .number()
      .min(1)
      .max(1000)
      .default(defaultGeometry.driftVelocityUmNs)
      .describe('drift velocity of the electrons, in um/ns'),
  })
  .superRefine((geometry, context) => {
    const owners = new Map<number, string>();
    /** Returns whether the wire was free; says so at `path` when it was not. */
    const claim = (
      { fpga, channel }: { fpga: number; channel: number },
      owner: string,
      path: PropertyKey[],
    ): boolean => {
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
    geometry.chambers.forEach(({ fpga, channelFirst, channels }, index) => {
      const path = ['chambers', index, 'channelFirst'];
      if (channelFirst + channels > hitLimits.TDC_CHANNEL) {
        const message = `a board has channels 0 to ${hitLimits.TDC_CHANNEL - 1}, chamber ${index} would end at ${channelFirst + channels - 1}`;
        context.addIssue({ code: 'custom', message, path });
        return;
      }
      let wire = 0;
      while (wire < channels && claim({ fpga, channel: channelFirst + wire }, `chamber ${index}`, path)) wire++;
    });
    geometry.triggers.forEach((trigger, index) => {
      claim(trigger, `trigger ${index}`, ['triggers', index]);
      const timed = trigger.chambers;
      if (timed === 'all') return;
      timed.forEach((chamber, place) => {
        const path = ['triggers', index, 'chambers', place];
        const last = geometry.chambers.length - 1;
        if (chamber <= last && timed.indexOf(chamber) === place) return;
        const message =
          chamber > last
            ? `there is no chamber ${chamber}: they are numbered from 0 to ${last}`
            : `chamber ${chamber} is named twice`;
        context.addIssue({ code: 'custom', message, path });
      });
    });
    if (referenceSetsOf(geometry).length > referenceSetsMax) {
      const message = `chambers may be timed by at most ${referenceSetsMax} different sets of triggers, got ${referenceSetsOf(geometry).length}`;
      context.addIssue({ code: 'custom', message, path: ['triggers'] });
    }
  }) satisfies z.ZodType<Geometry>;
