import { z } from 'zod';
import { batchMessageSchema } from '../domain/batch-message.js';
import { chamberChannels, chambersMax } from '../domain/geometry.js';
import { hitLimits } from '../domain/hit.js';
import { plainText } from '../domain/plain-text.js';
import { findHistograms, readHistograms } from './histogram-bytes.js';

const { shape } = batchMessageSchema;
const chamberKey = z.string().regex(/^(\d|[1-5]\d|6[0-3])$/);

/** Lists of counts, checked in one loop: a night has a hundred million of them. */
const countsSchema = z.custom<number[]>(isCounts, 'must be a list of whole numbers from 0');
const histogramsSchema = z.record(chamberKey, z.object({ bin_edges: countsSchema, hist_counts: countsSchema }));
const distributionSchema = z.custom<number[]>((value) => isCounts(value) && value.length === chamberChannels + 1);

/** Physics of a message of which only the live time has been looked at. */
interface RawPhysics {
  /** Seconds. */
  readonly live_s: number;
}

/**
 * A message of `data_clean` as a reader has to take it: the five keys of the contract must be right; every other key
 * may be absent, unknown or, in a newer schema, of another shape, and is then undefined.
 */
const othersSchema = z.object({
  msg_ID: shape.msg_ID,
  hit_count: shape.hit_count,
  hit_count_chamber: shape.hit_count_chamber.max(chambersMax),
  schema: shape.schema.optional().catch(undefined),
  chambers: shape.chambers.catch(undefined),
  active_channels_chamber: z.record(chamberKey, distributionSchema).optional().catch(undefined),
  ledger: shape.ledger.optional().catch(undefined),
  late_hits: shape.late_hits.optional().catch(undefined),
  late_orbits: shape.late_orbits.optional().catch(undefined),
  orbits: shape.orbits.optional().catch(undefined),
  orbit_detail: shape.orbit_detail.optional().catch(undefined),
  batch: shape.batch.optional().catch(undefined),
  run: shape.run.optional().catch(undefined),
  producer: shape.producer.optional().catch(undefined),
  lanes: shape.lanes.optional().catch(undefined),
  history: shape.history.catch(undefined),
  input: shape.input.optional().catch(undefined),
  // As it came: a history checks it while it packs it.
  physics: z.custom<RawPhysics | null>(isPhysics).optional().catch(undefined),
  lost: shape.lost.catch(undefined),
});
const incomingSchema = othersSchema.extend({
  tdc_counts_chamber: histogramsSchema,
  active_tdc_chamber: histogramsSchema,
});
type WholeMessage = z.infer<typeof incomingSchema>;
/** Its lists by orbit have been checked, and say nothing more than its distributions of active channels. */
export type IncomingMessage = Omit<WholeMessage, 'active_tdc_chamber'>;

const text = new TextDecoder('utf-8', { fatal: true });
const textPart = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type ReadResult =
  | {
      readonly message: IncomingMessage;
      /** All but the histograms by channel and orbit, as JSON has it, of a message that is written as `process` does. */
      readonly rest?: unknown;
    }
  /** Why not, in one line that is safe to print. */
  | { readonly unreadable: string };

/** Reads the value of a record; never throws. */
export function readMessage(value: Uint8Array): ReadResult {
  return readAsWritten(value) ?? readAnyForm(value);
}

/** What stands for histograms that were read apart; no message can have it there. */
const readApart = 'read apart';
const apartSchema = z.object({ tdc_counts_chamber: z.literal(readApart), active_tdc_chamber: z.literal(readApart) });

/** Reads a message in the form that `process` writes; undefined for any other, which may be right all the same. */
function readAsWritten(value: Uint8Array): ReadResult | undefined {
  const channels = readHistograms(value, 'tdc_counts_chamber');
  if (channels === undefined) return undefined;
  const orbits = findHistograms(value, 'active_tdc_chamber', channels.to);
  if (orbits === undefined) return undefined;
  let json: unknown;
  try {
    const parts = [
      value.subarray(0, channels.from),
      value.subarray(channels.to, orbits.from),
      value.subarray(orbits.to),
    ];
    json = JSON.parse(parts.map((part) => textPart.decode(part)).join(JSON.stringify(readApart)));
  } catch {
    return undefined;
  }
  if (!apartSchema.safeParse(json).success) return undefined;
  const { data } = othersSchema.safeParse(json);
  // Without distributions the lists are needed after all.
  if (data?.active_channels_chamber === undefined) return undefined;
  const tdc_counts_chamber = channels.histograms;
  if (histogramFault({ tdc_counts_chamber, active_tdc_chamber: {} }) !== undefined) return undefined;
  return { message: { ...data, tdc_counts_chamber }, rest: json };
}

function readAnyForm(value: Uint8Array): ReadResult {
  let json: unknown;
  try {
    json = JSON.parse(text.decode(value));
  } catch {
    return { unreadable: `no JSON in ${value.length} bytes` };
  }
  const parsed = incomingSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { unreadable: plainText(`${issue.path.join('.') || 'message'}: ${issue.message}`, 120) };
  }
  const fault = histogramFault(parsed.data);
  if (fault !== undefined) return { unreadable: fault };
  return { message: withActiveChannels(parsed.data) };
}

function isPhysics(value: unknown): value is RawPhysics | null {
  if (typeof value !== 'object' || value === null) return value === null;
  return 'live_s' in value && typeof value.live_s === 'number' && value.live_s >= 0;
}

function isCounts(value: unknown): value is number[] {
  if (!Array.isArray(value)) return false;
  // By index: several times quicker than the iterator of a list.
  for (let index = 0; index < value.length; index++) {
    const count: unknown = value[index];
    if (!Number.isSafeInteger(count) || (count as number) < 0) return false;
  }
  return true;
}

/** What the schema cannot say: a histogram's two lists belong together, and a channel exists on a board. */
function histogramFault({
  tdc_counts_chamber,
  active_tdc_chamber,
}: Pick<WholeMessage, 'tdc_counts_chamber' | 'active_tdc_chamber'>): string | undefined {
  for (const [key, histograms] of Object.entries({ tdc_counts_chamber, active_tdc_chamber })) {
    for (const [chamber, { bin_edges, hist_counts }] of Object.entries(histograms)) {
      if (bin_edges.length !== hist_counts.length) {
        return `${key}.${chamber}: bin_edges and hist_counts must have the same length, got ${bin_edges.length} and ${hist_counts.length}`;
      }
    }
  }
  for (const [chamber, { bin_edges }] of Object.entries(tdc_counts_chamber)) {
    const wrong = bin_edges.find((channel) => channel >= hitLimits.TDC_CHANNEL);
    if (wrong !== undefined) return `tdc_counts_chamber.${chamber}: a channel must be below 512, got ${wrong}`;
  }
  return undefined;
}

/** A producer that does not send the distribution of active channels sends the lists that it comes from. */
function withActiveChannels({ active_tdc_chamber, ...message }: WholeMessage): IncomingMessage {
  if (message.active_channels_chamber !== undefined) return message;
  const distributions: Record<string, number[]> = {};
  for (const [chamber, { hist_counts }] of Object.entries(active_tdc_chamber)) {
    const counts = new Array<number>(chamberChannels + 1).fill(0);
    for (const active of hist_counts) if (active >= 1) counts[Math.min(active, chamberChannels)]++;
    distributions[chamber] = counts;
  }
  return { ...message, active_channels_chamber: distributions };
}
