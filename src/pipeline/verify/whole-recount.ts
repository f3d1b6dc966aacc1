import { chamberChannels } from '../../domain/geometry.js';
import { kindOf, rowCode } from '../../domain/row-code.js';
import { codeOfKey } from '../../domain/row-key.js';
import { type Recount, type RecountedRows, recountNothing } from './lane-recount.js';
import { addHash, listHash } from './orbit-tally.js';
import type { RawRows } from './raw-rows.js';

/** Row codes of hits are below. */
const codeSpan = rowCode.scintillator;
const blockKeys = 1 << 20;

/**
 * Recounts rows that were counted with `--lateness all`, in a different way than the pipeline: a number for each hit,
 * `raw orbit * 4096 + row code`, sorted at the end, so that the hits of an orbit stand together. 8 bytes per hit.
 */
export class WholeRecount implements Recount {
  readonly counts: RecountedRows = recountNothing();
  readonly tally: { readonly active: Float64Array; orbits: number; listHash: number };
  /** Nothing is open. */
  readonly open = 0;
  #blocks: Float64Array[] = [];
  #keys = 0;

  constructor(chambers: number) {
    this.tally = { active: new Float64Array(chambers * (chamberChannels + 1)), orbits: 0, listHash: 0 };
  }

  add(_partition: number, { orbits, keys, recordRows }: RawRows, from: number, to: number): void {
    const { kinds, channels } = this.counts;
    const rowFrom = from === 0 ? 0 : recordRows[from - 1];
    const rowTo = to === 0 ? 0 : recordRows[to - 1];
    this.counts.rowsRead += rowTo - rowFrom;
    for (let row = rowFrom; row < rowTo; row++) {
      const code = codeOfKey(keys[row]);
      if (code >= codeSpan) {
        kinds[kindOf(code)]++;
        continue;
      }
      channels[code]++;
      this.#push(orbits[row] * codeSpan + code);
    }
  }

  /** Counts the orbits of all hits so far. */
  flush(): void {
    const { tally } = this;
    let [lastKey, lastOrbit, lastChamber, channels] = [-1, -1, -1, 0];
    const countChamber = (): void => {
      if (channels === 0) return;
      tally.active[lastChamber * (chamberChannels + 1) + channels]++;
      tally.listHash = addHash(tally.listHash, listHash(lastChamber, lastOrbit, channels));
      channels = 0;
    };
    for (const key of this.#takeSorted()) {
      if (key === lastKey) continue;
      lastKey = key;
      const orbit = Math.floor(key / codeSpan);
      const chamber = Math.floor((key % codeSpan) / chamberChannels);
      if (orbit !== lastOrbit || chamber !== lastChamber) countChamber();
      if (orbit !== lastOrbit) tally.orbits++;
      [lastOrbit, lastChamber] = [orbit, chamber];
      channels++;
    }
    countChamber();
  }

  /** An orbit may have hits up to the last row. */
  settle(): void {
    // On purpose nothing.
  }

  finish(): void {
    this.flush();
  }

  #push(key: number): void {
    const place = this.#keys++ % blockKeys;
    if (place === 0) this.#blocks.push(new Float64Array(blockKeys));
    this.#blocks[this.#blocks.length - 1][place] = key;
  }

  #takeSorted(): Float64Array {
    const keys = new Float64Array(this.#keys);
    const blocks = this.#blocks;
    // From the last to the first: each block is free again when it is copied.
    for (let block = blocks.pop(); block !== undefined; block = blocks.pop()) {
      const at = blocks.length * blockKeys;
      keys.set(block.subarray(0, keys.length - at), at);
    }
    this.#keys = 0;
    return keys.sort();
  }
}
