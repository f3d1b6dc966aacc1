import { DtstreamError } from '../../errors.js';

/** Hits and scintillator rows that may be open at once: read, and not published because their orbit is not closed. */
export const openHitsMax = 1_000_000;

/** More hits lie within the lateness than may be open. */
export function tooManyOpen(lateness: number): DtstreamError {
  return new DtstreamError(
    'limit',
    `cannot keep more than ${openHitsMax} hits open: --lateness ${lateness} holds them back, it must be smaller`,
  );
}
