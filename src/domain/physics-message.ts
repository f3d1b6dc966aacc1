import { z } from 'zod';
import { chamberChannels } from './geometry.js';

const count = z.int().min(0);
const chamberKey = z.string().regex(/^\d+$/);
const byChannel = z.array(count).length(chamberChannels);

const driftSchema = z.object({
  tick_first: z.int().describe('first tick after the reference that is in bin 0'),
  ticks_bin: z.int().min(1).describe('ticks in a bin'),
  offset_ns: z.number().describe('lower edge of bin 0 as a drift time, in ns'),
  under: count.describe('entries below bin 0'),
  over: count.describe('entries above the last bin, and those without a time'),
  counts: z.array(count).describe('entries by bin'),
});
export type DriftHistogram = z.infer<typeof driftSchema>;

const segmentsSchema = z.object({
  events: count.describe('orbits searched: those with a reference whose whole window lies in the orbit'),
  four: count.describe('segments of four hits'),
  three: z.array(count).length(4).describe('segments of three hits, by missing layer'),
  busy: count.describe('of events: too many hits to be searched'),
  slope: z.array(count).length(40).describe('segments by slope: 40 bins of 0.05 from -1'),
  x_mm: z
    .array(count)
    .length(66)
    .describe('segments by position in the middle of the chamber: 66 bins of 10.5 mm from 0'),
  chi2: z.array(count).length(40).describe('segments of four hits by chi2: 40 bins of 0.5 from 0'),
  residual: z
    .array(z.object({ n: count, sum_um: z.int(), sum2_um2: count }))
    .length(4)
    .describe(
      'distance of the hits of such segments from their line, by layer: number, sum in um, sum of squares in um^2',
    ),
  probe_pass: byChannel.describe(
    'segments through a cell by its other three layers, with a hit of the cell, by channel',
  ),
  probe_fail: byChannel.describe('and without one'),
});
export type SegmentCounts = z.infer<typeof segmentsSchema>;

const ns = z.number().nullable();

/**
 * What a fit of a time box is good for; the first that applies: too `few` entries; no stretch as long as a drift
 * (`no_box`); no convergence (`failed`); edges too wide to test (`smeared`); a model that does not describe the counts
 * (`poor`); a width of an edge at its limit, the edges themselves valid (`sigma_limit`); `ok`.
 */
const boxStatuses = ['few', 'no_box', 'failed', 'smeared', 'poor', 'sigma_limit', 'ok'] as const;

const boxSchema = z.object({
  status: z.enum(boxStatuses).describe('what the fit is good for; few, no_box and failed have no edges'),
  entries: count.describe('entries of the histogram in range'),
  rise_ns: ns.describe('rising edge as a drift time, in ns'),
  rise_err: ns.describe('its standard deviation, in ns'),
  fall_ns: ns.describe('falling edge'),
  fall_err: ns.describe('its standard deviation'),
  width_ns: ns.describe('fall_ns - rise_ns'),
  width_err: ns.describe('its standard deviation'),
  sigma_rise: ns.describe('width of the rising edge: sigma of a Gaussian, in ns'),
  sigma_fall: ns.describe('width of the falling edge'),
  deviance: ns.describe('2 ln of the likelihood ratio of both edges'),
  ndf: ns.describe('degrees of freedom of the deviance'),
  v_eff_um_ns: ns.describe('21,000 um / width_ns: effective, as the drift space is shorter than half a cell'),
  t_trig_ns: ns.describe("-rise_ns: what to add to the chamber's t0Ns"),
});
/** The fitted time box of a chamber; null = not fitted. */
export type BoxFit = Readonly<z.infer<typeof boxSchema>>;

const chamberSchema = z.object({
  active_slots: byChannel.describe('slots in which the channel had a hit'),
  active_orbits: byChannel.describe('orbits in which it had one'),
  repeats: count.describe('hits of a channel that had one in the same orbit before'),
  duplicates: count.describe('of them: with the same time, too'),
  single: byChannel.describe('orbits in which the channel was the only active one of its chamber'),
  bursts: count.describe('orbits with more than 20 active channels'),
  untimed: count.describe('hits whose BX_COUNTER is none of an orbit'),
  layers: z.array(count).length(4).describe('hits by layer, from the top'),
  gated: z
    .object({
      orbits: count.describe('orbits with a reference'),
      matched: count.describe('of them: the whole window lies in the orbit'),
      in_time: count.describe('of these: with a hit in the window'),
      hits: count.describe('hits in orbits with a reference'),
      channels: byChannel.describe('the same by channel'),
      active: z
        .array(count)
        .length(chamberChannels + 1)
        .describe('orbits with a reference by number of active channels'),
    })
    .describe('orbits with a reference: a time trigger of the chamber'),
  drift: driftSchema.describe('hits of these orbits by drift time after the trigger'),
  drift_chambers: driftSchema
    .optional()
    .describe('hits by drift time after the other chambers; with time from chambers'),
  segments: segmentsSchema.optional().describe('straight pieces of tracks; absent with --physics counts'),
});
export type ChamberPhysics = z.infer<typeof chamberSchema>;

/** What `physics` of a message says; docs/physics.md says what every number means. */
export const physicsSchema = z.object({
  version: z.literal(1),
  geometry: z.string().describe('hash of the configuration that the numbers depend on; others are not added up'),
  slots: z
    .object({
      live: count.describe('slots in which the detector was live'),
      lit: count.describe('slots with a hit or a trigger'),
      first: count.nullable().describe('first lit slot, as raw orbit / 64; null without one'),
      last: count.nullable().describe('last lit slot'),
      gaps: count.describe('pauses too long to be live'),
      gap_slots: count.describe('their slots'),
    })
    .describe('time, in slots of 64 orbits'),
  live_s: z.number().min(0).describe('live time in seconds'),
  trigger: z.object({
    rows: z.array(count).describe('rows by configured trigger'),
    orbits: count.describe('orbits with a time trigger'),
    multiple: count.describe('of them: with two or more rows of one'),
    border: count.describe('of them: whose window does not lie in the orbit for a chamber that is timed by it'),
    rate_hz: z.number().min(0).nullable().describe('orbits / live_s'),
  }),
  chambers: z.record(chamberKey, chamberSchema),
});
export type Physics = z.infer<typeof physicsSchema>;

/** Physics of a summary: the sums, and what is fitted to them. */
export const summaryPhysicsSchema = physicsSchema.extend({
  chambers: z.record(
    chamberKey,
    chamberSchema.extend({
      box: boxSchema.optional().describe('fit of the edges of drift_chambers, where it is absent of drift'),
    }),
  ),
});
export type SummaryPhysics = z.infer<typeof summaryPhysicsSchema>;
