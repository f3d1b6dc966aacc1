import { z } from 'zod';

/** Tests of section "Quality tests" of docs/quality.md, in the order of their numbers there. */
export const testNames = [
  'channel_low',
  'channel_high',
  'neighbour_low',
  'neighbour_high',
  'channel_efficiency',
  'chamber_rate_low',
  'chamber_rate_high',
  'trigger_match',
  'layer_efficiency',
  'box_rise',
  'box_fall',
  'box_width',
  'trigger_rate_low',
  'trigger_rate_high',
] as const;
export type TestName = (typeof testNames)[number];

/** What a test is about. Nothing of it stands for the detector. Numbers are those of the configuration, from 0. */
export interface QualityObject {
  readonly board?: number;
  readonly chamber?: number;
  readonly channel?: number;
  readonly layer?: number;
}

/** State of a test on one object. */
export type QualityState = 'NO_DATA' | 'MASKED' | 'OK' | 'ALARM';

const objectShape = {
  board: z.int().min(0).optional(),
  chamber: z.int().min(0).optional(),
  channel: z.int().min(0).max(63).optional(),
  layer: z.int().min(0).max(3).optional(),
};

/** An alarm as monitor prints it, and as lists and pages show it. */
export const alarmSchema = z.object({
  id: z.string().describe('test@object@slot, the same whoever reads the messages'),
  test: z.enum(testNames),
  ...objectShape,
  state: z.enum(['ALARM', 'OK', 'NO_DATA']),
  since: z.string().describe('ISO 8601 time, UTC: the message after which it began was published'),
  since_orbit: z.int().min(0).describe('raw orbit of that message'),
  since_s: z.number().min(0).describe('live seconds of its run, as far as this reader has read them'),
  at_or_before: z.literal(true).optional().describe('the first message read is already part of it'),
  observed: z.number().nullable(),
  expected: z.number().nullable(),
  ratio: z.number().nullable().describe('observed / expected'),
  learned: z.string().optional().describe('when what is expected was learned; only with --learn'),
  parts: z.array(z.string()).describe('ids of the alarms that this one explains'),
});
export type Alarm = z.infer<typeof alarmSchema>;

/** Something that happened, outside of the budget of alarms. */
export const warningSchema = z.object({
  event: z.literal('warning'),
  test: z.enum([
    'orbit_gap',
    'new_run',
    'late_hits',
    'lane_silent',
    'no_data',
    'duplicates',
    'bursts',
    'repeats',
    'corrupt_rows',
  ]),
  ...objectShape,
  state: z.enum(['WARNING', 'ENDED']),
  since: z.string(),
  since_orbit: z.int().min(0),
  since_s: z.number().min(0),
  observed: z.number().nullable(),
  expected: z.number().nullable(),
  text: z.string().describe('the same in words'),
});
export type Warning = z.infer<typeof warningSchema>;

/** One line of `dtstream monitor`. */
export const qualityEventSchema = z.union([
  alarmSchema.extend({ event: z.enum(['raised', 'changed', 'cleared', 'acknowledged']) }),
  warningSchema,
]);
export type QualityEvent = z.infer<typeof qualityEventSchema>;
