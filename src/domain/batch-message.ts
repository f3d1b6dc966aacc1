import { z } from 'zod';
import { chamberChannels } from './geometry.js';

/** Version of the message; a reader accepts a newer one and says so. */
export const messageSchemaVersion = 1;

const count = z.int().min(0);
const chamberKey = z.string().regex(/^\d+$/);

/** A histogram over the values seen: `bin_edges` ascending, `hist_counts` as long. */
const seenHistogramSchema = z.object({ bin_edges: z.array(count), hist_counts: z.array(count) });

const ledgerSchema = z.object({
  rows_read: count,
  hits: count,
  scintillator: count,
  dropped: z.object({ head: count, channel: count }),
  rejected: z.object({ fields: count, number: count, range: count }),
  carried_in: count,
  carried_out: count,
});
/** Where every row of a batch went: `rows_read + carried_in` equals the sum of all the others. */
export type Ledger = z.infer<typeof ledgerSchema>;

/** Totals that a batch and a summary of many batches have in common. */
const totalsShape = {
  schema: z.int().min(1),
  hit_count: count,
  hit_count_chamber: z.array(count),
  tdc_counts_chamber: z.record(chamberKey, seenHistogramSchema),
  /** Entry n = orbits in which n channels of the chamber were active; entry 0 is always 0. */
  active_channels_chamber: z.record(chamberKey, z.array(count).length(chamberChannels + 1)),
  ledger: ledgerSchema,
  late_hits: count,
  late_orbits: count,
  /** Closed orbits with at least one hit. */
  orbits: count,
};

/** Whether per-orbit lists are in the message, were left out for its size, or were not asked for. */
export const orbitDetails = ['full', 'omitted', 'none'] as const;

/** One message of `data_clean`; docs/wire-format.md says what every key means. */
export const batchMessageSchema = z.object({
  msg_ID: count,
  ...totalsShape,
  active_tdc_chamber: z.record(chamberKey, seenHistogramSchema),
  orbit_detail: z.enum(orbitDetails),
  batch: z.object({
    /** ISO times of the first row read and of the publication. */
    opened: z.string(),
    closed: z.string(),
    duration_ms: z.number().min(0),
    /** Raw counters of the first and last orbit published, null when none was. */
    orbit_first: count.nullable(),
    orbit_last: count.nullable(),
  }),
  /** Number of the run that the batch belongs to, from 0. */
  run: count,
  /** Who published: `<group>/<lane>`. (`producer`, `msg_ID`) is unique. */
  producer: z.string(),
  lanes: z.int().min(1),
  /** Offsets read for the first time in this batch, half open, by partition. */
  input: z.record(z.string(), z.tuple([count, count])),
});
export type BatchMessage = z.infer<typeof batchMessageSchema>;

/** The totals of many batches under the same keys. */
export const summarySchema = z.object({ ...totalsShape, batches: count, runs: count });
export type Summary = z.infer<typeof summarySchema>;

export type SeenHistogram = z.infer<typeof seenHistogramSchema>;
