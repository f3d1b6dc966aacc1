import type { Area } from './canvas.js';
import type { Ink } from './ink.js';

/** A piece of a title. */
export interface TitlePiece {
  readonly text: string;
  readonly ink?: Ink;
}

const gap = 2;

/**
 * Writes pieces from the left, as many from the first on as fit, and the first of the notes that fits beside them at the
 * right end.
 */
export function putPieces(area: Area, pieces: readonly TitlePiece[], notes: readonly string[] = []): void {
  let x = 0;
  for (const [index, { text, ink = 'plain' }] of pieces.entries()) {
    if (index > 0 && x + text.length > area.width) break;
    area.put(x, 0, text, ink);
    x += text.length + gap;
  }
  const note = notes.find((one) => x + one.length <= area.width);
  if (note !== undefined) area.put(area.width - note.length, 0, note);
}
