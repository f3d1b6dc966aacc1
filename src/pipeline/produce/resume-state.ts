import { z } from 'zod';
import { DtstreamError } from '../../errors.js';
import { messageKinds } from './partition-builder.js';

/** A later version of this text is refused, not guessed at. */
const version = 1;

const count = z.int().min(0);
const orbit = z.int().min(0).max(0xffff_ffff);

const resumeStateSchema = z.object({
  /** Rows of the input written so far, over all passes. */
  rows: count,
  /** The last of them: its source, and the digest of those before it. */
  last: z.object({
    index: count,
    id: z.string(),
    before: z.string(),
    format: z.enum(messageKinds),
    /** Rows of its source up to and including it, and the offset of its first byte where known. */
    rows: count,
    offset: count.optional(),
    /** CRC-32 of its bytes. */
    crc: count,
  }),
  /** Content name of that source: see `ContentName`; absent = none, or a loop. */
  content: z.object({ bytes: count, sha256: z.string() }).optional(),
  /** Passes of `--loop` before this one, and what this one adds to orbits. */
  pass: count,
  passOffset: orbit,
  clock: z.object({
    first: orbit.optional(),
    last: orbit.optional(),
    streakFirst: orbit,
    streakLast: orbit,
    streakRows: count,
  }),
  /** Mark of the run that the input began (`--new-run`); absent = it began none. */
  newRun: z.string().optional(),
  /** Where the last row went, or whose turn it is. */
  partition: count,
});

const storedSchema = z.object({ version: z.literal(version), state: resumeStateSchema });

/** Position in an input, as the log stores it with the rows. */
export type ResumeState = z.output<typeof resumeStateSchema>;

export function encodeResumeState(state: ResumeState): string {
  return JSON.stringify({ version, state });
}

/** @throws DtstreamError `input` when the text is not such a state, or one of a later version */
export function decodeResumeState(text: string): ResumeState {
  try {
    return storedSchema.parse(JSON.parse(text)).state;
  } catch (cause) {
    const rule = `the position stored in the log must be valid, got ${text.slice(0, 200)}`;
    throw new DtstreamError('input', `cannot resume the input: ${rule}`, { cause });
  }
}
