import { z } from 'zod';
import { configurationSchema } from '../runs/configuration.js';
import { stageSharesSchema } from './stage-shares.js';

/** What the search for the highest rate of a configuration found. */
export const limitSchema = z.object({
  kind: z.literal('limit'),
  configuration: configurationSchema,
  /** Highest rate tried that held, and lowest that did not; null where none was found. */
  held: z.number().nullable(),
  failed: z.number().nullable(),
  /** p99 of the latency that was allowed, ms. */
  objectiveMs: z.number(),
  /** p99 at the rate that held, ms. */
  p99Ms: z.number().nullable(),
  /** What did not hold at the lowest rate that failed. */
  why: z.string(),
  /** Each rate tried, in order, and whether it held. */
  tried: z.array(z.object({ rate: z.number(), holds: z.boolean(), why: z.string() })),
  /** Where the processor time goes at the limit; null without a profile. */
  stages: stageSharesSchema.nullable(),
});
export type Limit = Readonly<z.infer<typeof limitSchema>>;

/** Whether a rate held, and if not why. */
export interface Trial {
  readonly holds: boolean;
  readonly why: string;
}

export interface LimitSearch {
  /** A first guess of the limit. */
  readonly guess: number;
  /** The search ends when the bounds are this close: 0.05 = 5 %. */
  readonly tolerance: number;
  /** Most trials. */
  readonly trialsMax: number;
}

/** How much further the search goes while it has a bound on one side only. */
const stride = 2;

/**
 * Finds the highest rate that holds: doubles or halves from a guess until one rate holds and one does not, then halves the
 * distance between them, in the sense of a ratio.
 */
export async function findLimit(
  search: LimitSearch,
  holdsAt: (rate: number) => Promise<Trial>,
): Promise<Pick<Limit, 'held' | 'failed' | 'tried' | 'why'>> {
  const tried: Limit['tried'] = [];
  let [held, failed, why]: [number | null, number | null, string] = [null, null, ''];
  let rate = search.guess;
  while (tried.length < search.trialsMax) {
    const wanted = Math.max(1, Math.round(rate));
    const trial = await holdsAt(wanted);
    tried.push({ rate: wanted, ...trial });
    if (trial.holds) held = wanted;
    else [failed, why] = [wanted, trial.why];
    if (held === null) {
      if (wanted === 1) break;
      rate = wanted / stride;
    } else if (failed === null) {
      rate = wanted * stride;
    } else {
      if (failed / held <= 1 + search.tolerance) break;
      rate = Math.sqrt(held * failed);
    }
  }
  return { held, failed, tried, why };
}
