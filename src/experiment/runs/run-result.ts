import { z } from 'zod';
import { configurationSchema } from './configuration.js';
import { quantilesSchema } from './quantiles.js';

const rowsPerSecond = z.number().min(0);

/** Whether a number of rows grows, beyond its scatter; `unknown` = too few samples tell. */
const trends = ['flat', 'rises', 'unknown'] as const;

/**
 * What a run was measured to do: live in its window, after the warm-up, for `seconds`; of a pre-filled topic (`--drain`)
 * from the first row of the first message to the last message, in `seconds`.
 */
const measurementsSchema = z.object({
  seconds: z.number().positive(),
  /** null = as fast as possible. */
  askedRowsPerSecond: rowsPerSecond.nullable(),
  /** Of a pre-filled topic: at which it was filled. */
  producedRowsPerSecond: rowsPerSecond,
  processedRowsPerSecond: rowsPerSecond,
  /** Hits in messages; absent in results of earlier versions. */
  processedHitsPerSecond: rowsPerSecond.optional(),
  messages: z.int().min(0),
  /** Rows of a message, on average. */
  rowsPerBatch: z.number().min(0),
  /** From the last row taken into a batch to its message: the computation. */
  computeMs: quantilesSchema.nullable(),
  /** From the message to its being visible to others: the commit. Of a pre-filled topic null. */
  commitMs: quantilesSchema.nullable(),
  /** From a batch's first row to its being visible (of a pre-filled topic: to its message), with the wait for the interval. */
  batchMs: quantilesSchema.nullable(),
  /** Of each hit due in the window, from when it was due to when its orbit was visible; null at rate `max`. */
  latencyMs: quantilesSchema.nullable(),
  /** Hits due in the window that were not visible when the run ended: counted with the time they had waited by then. */
  hitsUnseen: z.int().min(0),
  /** Rows due (at rate `max`: written) and not yet in a visible message, at the end of the window. */
  backlogRows: z.number(),
  /** Rows by which the backlog grows each second. */
  backlogSlope: z.number(),
  /** Of the rows due and not yet written, and of the backlog. Earlier versions judged by the slope alone. */
  trends: z
    .object({ produce: z.enum(trends), backlog: z.enum(trends) })
    .default({ produce: 'rises', backlog: 'rises' }),
  cpuSecondsPerMillionRows: z.object({ process: z.number().min(0), produce: z.number().min(0) }),
  /** Largest resident memory so far, all processes of a kind added up. */
  peakMemoryBytes: z.object({ process: z.number().min(0), produce: z.number().min(0) }),
  verify: z.object({
    result: z.enum(['equal', 'different', 'not comparable', 'not asked']),
    rows: z.number().min(0),
    lateOrbits: z.number().min(0),
    detail: z.string(),
  }),
});
export type Measurements = Readonly<z.infer<typeof measurementsSchema>>;

/** One run: what it was made with and what came of it. */
export const runResultSchema = z.object({
  kind: z.literal('run'),
  configuration: configurationSchema,
  repeat: z.int().min(0),
  /** ISO 8601, UTC. */
  started: z.string(),
  measured: measurementsSchema.nullable(),
  /** Why nothing was measured, null when it was. */
  failure: z.string().nullable(),
});
export type RunResult = Readonly<z.infer<typeof runResultSchema>>;
