import { chamberChannels } from '../../domain/geometry.js';
import { isClockCode, kindOf, rowCode } from '../../domain/row-code.js';
import { codeOfKey } from '../../domain/row-key.js';
import { slotOf, slotOrbits } from '../../domain/slot.js';
import { type Recount, type RecountedRows, recountNothing } from './lane-recount.js';
import { addHash, listHash } from './orbit-tally.js';
import { codeOfRow, orderedRow } from './ordered-row.js';
import { PhysicsRecount, type PhysicsRecountOptions } from './physics-recount.js';
import type { RawRows } from './raw-rows.js';

/** Rows of a block, and words of a row: the ordered row, then its raw orbit, as a 64-bit number with its low half first. */
const blockRows = 1 << 20;
const rowWords = 2;
const orbitSpan = 2 ** 32;

/**
 * Recounts rows that were counted with `--lateness all`, in a different way than the pipeline: a number for each hit and
 * trigger row, sorted at the end, so that the rows of an orbit stand together. 8 bytes a row.
 */
export class WholeRecount implements Recount {
  readonly counts: RecountedRows = recountNothing();
  readonly tally: { readonly active: Float64Array; orbits: number; listHash: number };
  readonly physics: PhysicsRecount | undefined;
  /** Nothing is open. */
  readonly open = 0;
  #blocks: Uint32Array[] = [];
  #rows = 0;

  constructor({
    chambers,
    physics,
  }: {
    readonly chambers: number;
    readonly physics?: PhysicsRecountOptions | undefined;
  }) {
    this.tally = { active: new Float64Array(chambers * (chamberChannels + 1)), orbits: 0, listHash: 0 };
    // All rows are of one run.
    this.physics = physics && new PhysicsRecount(physics, () => undefined);
  }

  add(_partition: number, { orbits, keys, recordRows }: RawRows, from: number, to: number): void {
    const { kinds, channels } = this.counts;
    const rowFrom = from === 0 ? 0 : recordRows[from - 1];
    const rowTo = to === 0 ? 0 : recordRows[to - 1];
    this.counts.rowsRead += rowTo - rowFrom;
    for (let row = rowFrom; row < rowTo; row++) {
      const code = codeOfKey(keys[row]);
      if (isHitCode(code)) channels[code]++;
      else kinds[kindOf(code)]++;
      if (isClockCode(code)) this.#push(orbits[row], orderedRow(keys[row]));
    }
  }

  /** Counts the orbits of all rows so far. */
  flush(): void {
    const { tally } = this;
    const words = this.#takeSorted();
    let [lastCode, lastHitOrbit, lastChamber, channels] = [-1, -1, -1, 0];
    const countChamber = (): void => {
      if (channels === 0) return;
      tally.active[lastChamber * (chamberChannels + 1) + channels]++;
      tally.listHash = addHash(tally.listHash, listHash(lastChamber, lastHitOrbit, channels));
      channels = 0;
    };
    for (let at = 0; at < words.length; at += rowWords) {
      const code = codeOfRow(words[at]);
      const orbit = words[at + 1];
      if (!isHitCode(code) || (code === lastCode && orbit === lastHitOrbit)) continue;
      const chamber = Math.floor(code / chamberChannels);
      if (orbit !== lastHitOrbit || chamber !== lastChamber) countChamber();
      if (orbit !== lastHitOrbit) tally.orbits++;
      [lastCode, lastHitOrbit, lastChamber] = [code, orbit, chamber];
      channels++;
    }
    countChamber();
    if (this.physics !== undefined) addSlots(this.physics, words);
  }

  /** An orbit may have hits up to the last row. */
  settle(): void {
    // On purpose nothing.
  }

  finish(): void {
    this.flush();
  }

  #push(orbit: number, row: number): void {
    const at = rowWords * (this.#rows++ % blockRows);
    if (at === 0) this.#blocks.push(new Uint32Array(rowWords * blockRows));
    const block = this.#blocks[this.#blocks.length - 1];
    block[at] = row;
    block[at + 1] = orbit;
  }

  #takeSorted(): Uint32Array {
    const words = new Uint32Array(rowWords * this.#rows);
    const blocks = this.#blocks;
    // From the last to the first: each block is free again when it is copied.
    for (let block = blocks.pop(); block !== undefined; block = blocks.pop()) {
      const at = blocks.length * block.length;
      words.set(block.subarray(0, words.length - at), at);
    }
    this.#rows = 0;
    new BigUint64Array(words.buffer).sort();
    return words;
  }
}

/** Hands over sorted rows, slot by slot. */
function addSlots(physics: PhysicsRecount, words: Uint32Array): void {
  for (let first = 0; first < words.length;) {
    const slot = slotOf(words[first + 1]);
    let end = first + rowWords;
    while (end < words.length && slotOf(words[end + 1]) === slot) end += rowWords;
    const rows = Float64Array.from({ length: (end - first) / rowWords }, (_, row) => {
      const at = first + rowWords * row;
      return (words[at + 1] % slotOrbits) * orbitSpan + words[at];
    });
    physics.addSlot(slot, rows);
    first = end;
  }
}

function isHitCode(code: number): boolean {
  return code < rowCode.scintillator;
}
