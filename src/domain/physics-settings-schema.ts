import { z } from 'zod';
import { defaultPhysics, type PhysicsSettings } from './physics-settings.js';

const { time, inTimeNs, ticksBin, bins, driftFromNs, segments, boxEntries } = defaultPhysics;

/** Checks {@link PhysicsSettings}; missing parts come from {@link defaultPhysics}. */
export const physicsSettingsSchema = z.strictObject({
  time: z
    .enum(['trigger', 'chambers', 'auto'])
    .default(time)
    .describe('what segments are timed by; auto = the triggers where they time a chamber, else the other chambers'),
  inTimeNs: z
    .tuple([z.number().min(-10_000), z.number().max(10_000)])
    .refine(([first, last]) => first < last, 'the first drift time in time must be below the last')
    .default(inTimeNs)
    .describe('first and last drift time of a hit in time, in ns'),
  ticksBin: z.int().min(1).max(1000).default(ticksBin).describe('TDC counts in a bin of drift times'),
  bins: z.int().min(1).max(4000).default(bins).describe('bins of drift times'),
  driftFromNs: z.number().min(-50_000).max(50_000).default(driftFromNs).describe('drift time of the first bin, in ns'),
  gapSlots: z
    .int()
    .min(0)
    .max(2 ** 26)
    .optional()
    .describe('most empty slots in a row that are live time (default: those of 5 s)'),
  segments: z
    .strictObject({
      sigmaXMm: z
        .number()
        .min(0.001)
        .max(10)
        .multipleOf(0.001)
        .default(segments.sigmaXMm)
        .describe('error of the position of a hit, in mm: a whole number of um'),
      chi2Four: z.number().min(0).max(1000).default(segments.chi2Four).describe('largest chi2 of a segment of 4 hits'),
      chi2Three: z.number().min(0).max(1000).default(segments.chi2Three).describe('largest chi2 of one of 3 hits'),
      slopeMax: z.number().min(0).max(1).default(segments.slopeMax).describe('largest slope of a segment, either way'),
    })
    .default(segments),
  boxEntries: z.int().min(1000).default(boxEntries).describe('drift times that a fit of the time box takes'),
}) satisfies z.ZodType<PhysicsSettings>;
