import { hitHead } from '../../domain/hit.js';
import { decodeWord, wordBytes } from '../../domain/word.js';

/** How many bytes are waited for to tell words from anything else, where the first few leave it open. */
export const wordsToJudgeBytes = 64 * wordBytes;
/** How many bytes are looked at, where they are there. */
const judgedBytesMax = 1024 * wordBytes;

/** Orbits of one run are no further apart from hit to hit (docs/semantics.md). */
const orbitStepMax = 2 ** 20;
/** Bunch crossings of an orbit. */
const bxLimit = 3564;

/** How many values `TDC_MEAS` has: 1/30 of a bunch crossing each. */
const tdcValues = 30;

/** What bytes look like when they are read as DAQ words. */
export interface WordLook {
  /** Whole words that were looked at. */
  readonly words: number;
  /** Those of which `HEAD` is that of a hit and `BX_COUNTER` inside the orbit. */
  readonly hits: number;
  /** Neighbours among these that are not the same and at most 2^20 orbits apart. */
  readonly nearPairs: number;
  /** Near neighbours of different channels. */
  readonly turns: number;
  /** Whether the numbers are such as hits do not have: outside of the orbit or of a crossing, or in even steps. */
  readonly isNumeric: boolean;
}

/**
 * Looks at the first bytes as words.
 *
 * - `HEAD` is one of eight values: one word in eight of noise has that of a hit.
 * - Orbits nearly rise, so neighbours are near: one pair in 2,048 of noise is.
 */
export function lookAtWords(bytes: Uint8Array): WordLook {
  const words = Math.floor(Math.min(bytes.length, judgedBytesMax) / wordBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, words * wordBytes);
  let [hits, outside, nearPairs, turns, evenSteps] = [0, 0, 0, 0, 0];
  let [tdcMin, tdcMax] = [31, 0];
  let [last, lastStep] = [decodeWord(new DataView(new ArrayBuffer(wordBytes)), 0), 0];
  for (let at = 0; at < view.byteLength; at += wordBytes) {
    const hit = decodeWord(view, at);
    if (hit.head !== hitHead) continue;
    if (hit.bxCounter >= bxLimit) {
      outside++;
      continue;
    }
    const orbitStep = (hit.orbitCnt - last.orbitCnt) | 0;
    const step = orbitStep * 2 ** 17 + (hit.bxCounter - last.bxCounter) * 32 + hit.tdcMeas - last.tdcMeas;
    const isTurn = hit.fpga !== last.fpga || hit.tdcChannel !== last.tdcChannel;
    if (hits > 0 && (step !== 0 || isTurn) && Math.abs(orbitStep) <= orbitStepMax) {
      nearPairs++;
      if (isTurn) turns++;
      if (Math.abs(step - lastStep) <= Math.abs(step) / 64) evenSteps++;
    }
    [last, lastStep, hits] = [hit, step, hits + 1];
    [tdcMin, tdcMax] = [Math.min(tdcMin, hit.tdcMeas), Math.max(tdcMax, hit.tdcMeas)];
  }
  const isNumeric = outside > 0 || tdcMax - tdcMin >= tdcValues || evenSteps > nearPairs / 2;
  return { words, hits, nearPairs, turns, isNumeric };
}

/**
 * Whether that is a stream of hits. Of 1 to 3 words all must be hits; of fewer than 16 half; of more an eighth, for
 * ancillary words may stand between them. Three pairs of neighbours in four must be near: a corrupt orbit or a new run
 * may come in between. Hits that hardly turn to another channel, a burst of a noisy one, may as well be numbers that
 * slowly rise, such as times, and must then not look like these.
 */
export function isPlausible({ words, hits, nearPairs, turns, isNumeric }: WordLook): boolean {
  const hitsMin = words <= 3 ? words : words < 16 ? words / 2 : Math.max(4, words / 8);
  if (words === 0 || hits < hitsMin || nearPairs < 0.75 * (hits - 1)) return false;
  return hits < 4 || turns > nearPairs / 8 || !isNumeric;
}

/** What was seen, for people. */
export function describeLook(look: WordLook): string {
  const { words, hits, nearPairs } = look;
  if (words === 0) return `not one word of ${wordBytes} bytes`;
  const counted = words === 1 ? '1 word' : `${words} words`;
  const seen = `${hits} of ${counted} look like hits`;
  if (hits < 2) return seen;
  if (nearPairs >= 0.75 * (hits - 1) && look.isNumeric) return `${seen}, but rise as other numbers do`;
  return `${seen}, ${nearPairs} of ${hits - 1} neighbours among them are near in orbit`;
}

/** Other orders of the eight bytes of a word that machines write: index in the file of each byte of a word. */
const orders = [
  { what: 'big-endian', bytes: [7, 6, 5, 4, 3, 2, 1, 0] },
  { what: 'of two 32-bit halves in the wrong order, or begin at offset 4', bytes: [4, 5, 6, 7, 0, 1, 2, 3] },
  { what: 'of two big-endian 32-bit halves', bytes: [3, 2, 1, 0, 7, 6, 5, 4] },
] as const;

/**
 * How bytes that are not plausible words become so: in another order of bytes, or behind the first 1 to 7 of them.
 * Only for words enough to be sure; undefined = they don't.
 */
export function misreadOf(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, judgedBytesMax);
  const order = orders.find((candidate) => isSure(reordered(head, candidate.bytes)));
  if (order !== undefined) return `the words are ${order.what}; they must be whole and little-endian`;
  const shift = [1, 2, 3, 4, 5, 6, 7].find((count) => isSure(head.subarray(count)));
  if (shift === undefined) return undefined;
  return `the words begin at offset ${shift}: cut off what is before them, tail -c +${shift + 1} does`;
}

function isSure(bytes: Uint8Array): boolean {
  const look = lookAtWords(bytes);
  return look.nearPairs >= 3 && isPlausible(look);
}

function reordered(bytes: Uint8Array, order: readonly number[]): Uint8Array {
  const count = bytes.length - (bytes.length % wordBytes);
  return Uint8Array.from({ length: count }, (_, at) => bytes[at - (at % wordBytes) + order[at % wordBytes]]);
}
