import { z } from 'zod';
import { defaultQuality, type QualitySettings } from './quality-settings.js';

const { alarmsPerDay, lookS, bandLow, bandHigh, alternativeLow, alternativeHigh } = defaultQuality;
const { referenceMin, clearS, holdS, masked, boxFitEntries } = defaultQuality;

/** Checks {@link QualitySettings}; missing parts come from {@link defaultQuality}. */
export const qualitySettingsSchema = z
  .strictObject({
    alarmsPerDay: z
      .number()
      .min(0.001)
      .max(1000)
      .default(alarmsPerDay)
      .describe('most false alarms a day of all tests of the detector, on average'),
    lookS: z.number().min(1).max(600).default(lookS).describe('shortest live time between two looks, in s'),
    bandLow: z
      .number()
      .gt(0)
      .max(1)
      .default(bandLow)
      .describe('lowest rate of a channel that is accepted, x reference'),
    bandHigh: z.number().min(1).max(1000).default(bandHigh).describe('highest one that is accepted, x reference'),
    alternativeLow: z
      .number()
      .min(0.001)
      .max(1)
      .default(alternativeLow)
      .describe('low rate of a channel that must be found, x reference'),
    alternativeHigh: z
      .number()
      .min(1)
      .max(1000)
      .default(alternativeHigh)
      .describe('high rate that must be found, x reference'),
    referenceMin: z.int().min(10).default(referenceMin).describe('fewest counts of a reference'),
    clearS: z.number().min(0).max(3600).default(clearS).describe('shortest time of an alarm before it clears, in s'),
    holdS: z
      .number()
      .min(0)
      .max(86_400)
      .default(holdS)
      .describe('an alarm that comes again within this time is the same one, in s'),
    masked: z
      .array(z.string().regex(/^(0|[1-9]\d*):(0|[1-9]\d*)$/, 'a channel is chamber:channel, as 1:37'))
      .default(masked)
      .describe('channels that are known to be bad, as chamber:channel: they never alarm'),
    boxFitEntries: z
      .int()
      .min(1000)
      .max(1_000_000)
      .default(boxFitEntries)
      .describe('drift times of a fit whose edges are tested'),
  })
  .refine(({ bandLow: edge, alternativeLow: found }) => found < edge, {
    message: 'alternativeLow must be below bandLow',
    path: ['alternativeLow'],
  })
  .refine(({ bandHigh: edge, alternativeHigh: found }) => found > edge, {
    message: 'alternativeHigh must be above bandHigh',
    path: ['alternativeHigh'],
  }) satisfies z.ZodType<QualitySettings>;
