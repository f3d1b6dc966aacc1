import { z } from 'zod';
import { chamberChannels } from './geometry.js';
import { physicsSchema, summaryPhysicsSchema } from './physics-message.js';

const count = z.int().min(0);
const chamberKey = z.string().regex(/^\d+$/);

const chamberSchema = z.object({
  fpga: count.describe('board of the chamber'),
  channel_first: count.describe('channel of the board that is channel 0 of the chamber'),
  channels: z.int().min(1).describe('number of channels, consecutive on the board'),
});

/** A histogram over the values seen: `bin_edges` ascending, `hist_counts` as long. */
const seenHistogramSchema = z.object({
  bin_edges: z.array(count).describe('values seen, ascending'),
  hist_counts: z.array(count).describe('one count for each value, at least 1'),
});

const ledgerSchema = z.object({
  rows_read: count.describe('rows read for the first time'),
  hits: count.describe('hits published; equal to hit_count'),
  scintillator: count.describe('rows of the trigger channels published'),
  dropped: z.object({
    head: count.describe('rows whose HEAD is not 2'),
    channel: count.describe('rows of a channel that is in no chamber and no trigger'),
  }),
  rejected: z.object({
    fields: count.describe('rows that do not have six fields'),
    number: count.describe('rows with a field that is not a number'),
    range: count.describe('rows with a value out of range'),
  }),
  carried_in: count.describe('hits and scintillator rows taken over from the previous message'),
  carried_out: count.describe('hits and scintillator rows left to the next message'),
  carried_lost: count
    .optional()
    .describe('carried rows deleted from the topic before their orbit was closed; absent when there are none'),
});
/** Where every row of a batch went: `rows_read + carried_in` equals the sum of all the others. */
export type Ledger = z.infer<typeof ledgerSchema>;

/** Totals that a batch and a summary of many batches have in common. */
const totalsShape = {
  schema: z.int().min(1).describe('version of the format; readers accept a newer one and say so'),
  hit_count: count.describe('hits of all chambers'),
  hit_count_chamber: z.array(count).describe('hits of each chamber, in order, 0 for a silent one'),
  tdc_counts_chamber: z
    .record(chamberKey, seenHistogramSchema)
    .describe('occupancy: hits by channel of the board, by chamber'),
  chambers: z
    .array(chamberSchema)
    .optional()
    .describe('where each chamber is read out, in order; absent from older versions'),
  channel_hits_chamber: z
    .record(chamberKey, z.array(count).length(chamberChannels))
    .optional()
    .describe('hits by channel within the chamber, 0 for a dead one, by chamber; absent from older versions'),
  active_channels_chamber: z
    .record(chamberKey, z.array(count).length(chamberChannels + 1))
    .describe('by chamber: entry n = orbits in which n channels were active; entry 0 is always 0'),
  ledger: ledgerSchema.describe('where every row went: rows_read + carried_in = the sum of all the others'),
  late_hits: count.describe('hits among hit_count whose orbit was already published'),
  late_orbits: count.describe('orbits with late hits'),
  orbits: count.describe('closed orbits with at least one hit'),
  physics: physicsSchema
    .nullable()
    .optional()
    .describe('physics of the closed orbits; null where lanes may split orbits, absent with --physics off'),
};

/** Whether per-orbit lists are in the message, were left out for its size, or were not requested. */
const orbitDetails = ['full', 'omitted', 'none'] as const;

/** One message of `data_clean`; docs/wire-format.md says what every key means. */
export const batchMessageSchema = z.object({
  msg_ID: count.describe('number of the message of its producer, from 0, without a gap'),
  ...totalsShape,
  active_tdc_chamber: z
    .record(chamberKey, seenHistogramSchema)
    .describe('distinct channels hit, by raw orbit, by chamber; empty lists unless orbit_detail is full'),
  orbit_detail: z
    .enum(orbitDetails)
    .describe('whether active_tdc_chamber is filled, was left out for its size, or was not requested'),
  batch: z.object({
    opened: z.string().describe('ISO 8601 time, UTC: the first row of the batch came'),
    closed: z.string().describe('ISO 8601 time, UTC: the batch was published'),
    duration_ms: z.number().min(0).describe('from opened to closed'),
    compute_ms: z.number().min(0).optional().describe('computing time: from the last row of the batch to closed'),
    interval_ms: z
      .number()
      .min(0)
      .optional()
      .describe('interval of batches: without rows, no message may come for so long; absent from files'),
    orbit_first: count.nullable().describe('raw counter of the first orbit counted in orbits, null without any'),
    orbit_last: count.nullable().describe('raw counter of the last one; below orbit_first when the counter wrapped'),
  }),
  run: count.describe('run of the read-out that the message belongs to, from 0'),
  lateness: z
    .literal('all')
    .optional()
    .describe('all = rows in any order, orbits told apart by their raw counter alone; absent = in the order of time'),
  producer: z.string().describe('producer of the message, as <group>/<lane>; unique together with msg_ID'),
  lanes: z.int().min(1).describe('number of lanes of the group; sum the messages of all of them'),
  history: z.string().optional().describe('history of the producer, a new one after every reset; absent from files'),
  input: z
    .record(z.string(), z.tuple([count, count]))
    .describe('offsets read for the first time, half open, by partition'),
  lost: z
    .record(z.string(), z.array(z.tuple([count, count, z.string()])))
    .optional()
    .describe('offsets deleted before they were read, half open, and why (retention), by partition; absent when empty'),
});
export type BatchMessage = z.infer<typeof batchMessageSchema>;

const pair = z.tuple([count, count]);
const timingShape = {
  from: z.string().nullable().describe('ISO 8601 time, UTC, at which the first batch was opened; null without any'),
  to: z.string().nullable().describe('and at which the last one was closed'),
  run: pair.nullable().describe('first and last run; null without an orbit'),
  orbit: pair.nullable().describe('raw counters of the first orbit of the first run and the last of the last one'),
  detector_s: z
    .number()
    .min(0)
    .nullable()
    .describe('seconds of the detector from the first to the last orbit of each run'),
};
/** From when to when messages are. */
export type Timing = z.infer<z.ZodObject<typeof timingShape>>;

/** The totals of many batches under the same keys. */
export const summarySchema = z.object({
  ...totalsShape,
  physics: summaryPhysicsSchema
    .nullable()
    .optional()
    .describe('physics of the closed orbits; null where lanes may split orbits, absent with --physics off'),
  batches: count.describe('number of messages summed'),
  runs: count.describe('number of runs they belong to'),
  about: z
    .object({
      version: z.string().describe('version of the program that made the summary'),
      group: z.string().describe('group of the messages'),
      inputs: z.array(z.string()).describe('inputs as they were given'),
      ...timingShape,
    })
    .optional()
    .describe('what the summary is of, and when; absent from older versions'),
  lost: z
    .record(z.string(), count)
    .optional()
    .describe('messages of the topic deleted before they were read, by partition; absent when there are none'),
});
export type Summary = z.infer<typeof summarySchema>;

export type SeenHistogram = z.infer<typeof seenHistogramSchema>;
