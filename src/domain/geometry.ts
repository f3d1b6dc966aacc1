import { z } from 'zod';
import { hitLimits } from './hit.js';

/** Channels of one chamber: 4 layers of 16 cells. */
export const chamberChannels = 64;

/** Most chambers that one geometry may have. */
export const chambersMax = 64;

/** Length of an orbit in bunch crossings, and of a bunch crossing in ns, at the LHC clock. */
export const orbitBxCount = 3564;
export const bxNs = 25;
/** TDC counts in one bunch crossing. */
export const bxTdcCounts = 30;

/** Geometry of a drift cell, in mm, and the electrons' drift velocity in mm/ns. */
export const cellWidthMm = 42;
export const cellHeightMm = 13;
export const driftVelocityMmPerNs = 0.0538;

const channelSchema = z
  .int()
  .min(0)
  .max(hitLimits.TDC_CHANNEL - 1);
const boardSchema = z
  .int()
  .min(0)
  .max(hitLimits.FPGA - 1);

const chamberSchema = z.strictObject({
  /** Read-out board of the chamber. */
  fpga: boardSchema,
  /** Channel of the chamber's first wire on that board; the chamber takes 64 from there. */
  channelFirst: z
    .int()
    .min(0)
    .max(hitLimits.TDC_CHANNEL - chamberChannels),
  /** Height of the chamber's lower edge above the floor, in mm. */
  zMm: z.number(),
  /** Which view the chamber measures: a rotated one is turned by 90 degrees. */
  rotated: z.boolean().default(false),
  /** Drift-time offset, in ns. */
  t0Ns: z.number().default(95),
});

/** Which wires make a chamber, where it stands, and which channels carry the external trigger; {@link defaultGeometry}'s
 * where left out. */
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
  });
export type Geometry = z.infer<typeof geometrySchema>;
export type Chamber = Geometry['chambers'][number];

/** The muon telescope: four chambers on two boards, the scintillator on FPGA 1 channel 128. */
export const defaultGeometry: Geometry = {
  chambers: [
    { fpga: 0, channelFirst: 0, zMm: 219.8, rotated: false, t0Ns: 95 - 1.1 },
    { fpga: 0, channelFirst: 64, zMm: 977.3, rotated: true, t0Ns: 95 + 6.4 },
    { fpga: 1, channelFirst: 0, zMm: 1035.6, rotated: false, t0Ns: 95 + 0.5 },
    { fpga: 1, channelFirst: 64, zMm: 1819.8, rotated: false, t0Ns: 95 - 2.6 },
  ],
  triggers: [{ fpga: 1, channel: 128 }],
};

/** Layer of a chamber's channel (0-63), counted from the top: 0, 1, 2 or 3. */
export function layerOf(channel: number): number {
  return [0, 2, 1, 3][channel & 3] ?? 0;
}

/** Position of a channel's wire in mm: `x` along the layer from the chamber's edge, `y` above the floor. */
export function wirePositionMm(chamber: Chamber, channel: number): { x: number; y: number } {
  const layer = layerOf(channel);
  return {
    x: cellWidthMm * (channel >> 2) + cellWidthMm / 2 + (cellWidthMm / 2) * (layer & 1),
    y: chamber.zMm + cellHeightMm * (4 - layer) - cellHeightMm / 2,
  };
}
