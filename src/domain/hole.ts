/**
 * Holes are runs of two or more zero bytes in a text file: the gap left by a writer that continues at its old position in
 * a file that was emptied. A hole ends the line that it is in, and belongs to it; the text after it is a new line. A
 * single zero byte is an invalid byte like any other; so every row has at least two bytes.
 *
 * ```
 *  …,279,18\n2,0,7 0000000000000000 2,1,3,46760,3,9\n…
 *             └───── one line ─────┘└─── the next ───┘
 * ```
 */
const holeBytesMin = 2;

/** Zero bytes of a hole that are kept with its row, at most. */
export const holeKeptMax = 4096;

/** How many bytes before a place tell whether a line begins there. */
export const lookBehind = holeBytesMin;

const lf = 0x0a;
const zeros = new Uint8Array(4096);

/** Where the first hole in [from, to) begins; Infinity when there is none. */
export function nextHole(bytes: Uint8Array, from: number, to: number): number {
  const text = bytes.subarray(0, to);
  for (let at = text.indexOf(0, from); at !== -1; at = text.indexOf(0, at + 1)) if (text[at + 1] === 0) return at;
  return Infinity;
}

/** Where the zero bytes end that begin at `start`, at `to` at the latest. */
export function endOfHole(bytes: Uint8Array, start: number, to: number): number {
  let at = start;
  while (to - at >= zeros.length && isZero(bytes, at)) at += zeros.length;
  while (at < to && bytes[at] === 0) at++;
  return at;
}

/**
 * Where a line begins first, at `from` or later.
 *
 * @param from at least {@link lookBehind}
 * @returns -1 when none begins up to `to`, also where all up to there is of a hole
 */
export function nextLineStart(bytes: Uint8Array, from: number, to: number): number {
  const end = bytes.subarray(0, to).indexOf(lf, from - 1) + 1;
  const limit = end > 0 ? end : to;
  for (let hole = nextHole(bytes, from - lookBehind, limit); hole < limit;) {
    const holeEnd = endOfHole(bytes, hole, to);
    if (holeEnd === to) return -1;
    if (holeEnd >= from) return holeEnd;
    hole = nextHole(bytes, holeEnd, limit);
  }
  return end > 0 ? end : -1;
}

/**
 * Where the last line begins that may not be whole in the first `to` bytes: after an LF or a hole.
 *
 * @returns `to` when it begins after all of them, 0 when nothing has ended
 */
export function lastLineStart(bytes: Uint8Array, to: number): number {
  const lineEnd = to === 0 ? 0 : bytes.lastIndexOf(lf, to - 1) + 1;
  // Not further back, for it looks at every byte.
  const line = bytes.subarray(lineEnd, to);
  const text = holeAtEnd(line, line.length);
  for (let at = text === 0 ? -1 : line.lastIndexOf(0, text - 1); at > 0; at = line.lastIndexOf(0, at - 1)) {
    if (line[at - 1] === 0) return lineEnd + at + 1;
  }
  return lineEnd;
}

/**
 * Shortens every hole in [from, to) to {@link holeKeptMax}.
 *
 * @returns where the bytes end then
 */
export function shortenHoles(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  for (let at = nextHole(bytes, from, end); at < end; at = nextHole(bytes, at, end)) {
    const holeEnd = endOfHole(bytes, at, end);
    const kept = Math.min(holeEnd, at + holeKeptMax);
    bytes.copyWithin(kept, holeEnd, end);
    end -= holeEnd - kept;
    at = kept;
  }
  return end;
}

/** Where the zero bytes begin that the first `to` bytes end with; `to` when they do not. */
export function holeAtEnd(bytes: Uint8Array, to: number): number {
  let at = to;
  while (at >= zeros.length && isZero(bytes, at - zeros.length)) at -= zeros.length;
  while (at > 0 && bytes[at - 1] === 0) at--;
  return at;
}

/** Whether as many bytes are zero as {@link zeros} has: holes may have gigabytes. */
function isZero(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0 && Buffer.compare(bytes.subarray(at, at + zeros.length), zeros) === 0;
}
