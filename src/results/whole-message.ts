import { z } from 'zod';
import { type BatchMessage, batchMessageSchema } from '../domain/batch-message.js';
import { type Physics, physicsSchema } from '../domain/physics-message.js';
import { plainText } from '../domain/plain-text.js';
import { readHistograms } from './histogram-bytes.js';
import type { ReadResult } from './incoming-message.js';
import { PhysicsShape } from './physics-shape.js';

/** Lists that only the dashboard shows, which are most of a message. */
const leftOut = { tdc_counts_chamber: {}, active_tdc_chamber: {} } as const;
const wholeSchema = batchMessageSchema
  .omit({ tdc_counts_chamber: true, active_tdc_chamber: true, channel_hits_chamber: true })
  .extend({ physics: z.unknown().transform(physicsIn).optional() });
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The shape of the physics that was read last: the next one most likely has it, too, and its schema takes ten times as long. */
let shape: PhysicsShape | undefined;

/** Physics of this form; undefined for any other. */
function physicsIn(value: unknown): Physics | undefined {
  if (shape?.isOf(value) === true) return value;
  const { data } = physicsSchema.optional().safeParse(value);
  if (data !== undefined) shape = new PhysicsShape(data);
  return data;
}

/**
 * Reads the value of a record as a message of `process` with everything but its histograms by channel and orbit, which
 * are left empty. Physics of another form counts as none.
 *
 * @param read what {@link readMessage} made of the same value: what it has parsed is not parsed again
 * @returns the message, or why it is none of `process`, in one line that is safe to print
 */
export function readWholeMessage(
  value: Uint8Array,
  read?: ReadResult,
): { readonly message: BatchMessage } | { readonly unreadable: string } {
  let json: unknown;
  try {
    json = (read !== undefined && 'message' in read ? read.rest : undefined) ?? JSON.parse(withoutHistograms(value));
  } catch {
    return { unreadable: `no JSON in ${value.length} bytes` };
  }
  const parsed = wholeSchema.safeParse(json);
  if (parsed.success) return { message: { ...parsed.data, ...leftOut } };
  const [issue] = parsed.error.issues;
  return { unreadable: plainText(`${issue.path.join('.') || 'message'}: ${issue.message}`, 120) };
}

/** The JSON of a message, with nothing in the lists where they are written as `process` does. */
function withoutHistograms(value: Uint8Array): string {
  let text = '';
  let at = 0;
  for (const key of ['tdc_counts_chamber', 'active_tdc_chamber']) {
    const found = readHistograms(value, key, at);
    if (found === undefined) continue;
    text += `${decoder.decode(value.subarray(at, found.from))}{}`;
    at = found.to;
  }
  return text + decoder.decode(value.subarray(at));
}
