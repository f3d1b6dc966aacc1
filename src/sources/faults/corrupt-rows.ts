import { encodeWord, fitsWord, wordBytes } from '../../domain/word.js';
import { drawMalformed, malformedKinds } from '../simulator/malformed.js';
import { eachRow, type FaultRow, type RowStage } from './fault-row.js';
import { type StageFault, isIn } from './stage-fault.js';

/** A share of the hits and trigger rows arrives broken. */
export function corruptRows(before: RowStage, fault: StageFault, share: number): RowStage {
  const { window, record, random, isWords } = fault;
  return eachRow(before, (row) => {
    if (row.wire < 0 || !isIn(window, row.at) || !random.chance(share)) return;
    row.touch(record);
    if (isWords()) {
      row.bytes = flipBit(row.bytes ?? wordOf(row), random.below(8 * wordBytes));
      return;
    }
    const { bytes, malformed } = drawMalformed(row, random);
    row.bytes = bytes;
    row.malformedKind = malformedKinds.indexOf(malformed);
    row.wire = -1;
  });
}

function wordOf(row: FaultRow): Uint8Array {
  const bytes = new Uint8Array(wordBytes);
  if (fitsWord(row)) encodeWord(row, new DataView(bytes.buffer), 0);
  return bytes;
}

function flipBit(word: Uint8Array, bit: number): Uint8Array {
  return word.with(bit >> 3, word[bit >> 3] ^ (1 << (bit & 7)));
}
