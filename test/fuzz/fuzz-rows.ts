import { codeOfKey } from '../../src/domain/row-key.js';
import assert from 'node:assert/strict';
import { decodeCsv } from '../../src/compute/decode-csv.js';
import { decodeText } from '../../src/compute/decode-text.js';
import { decodeLoadedWordRecords } from '../../src/compute/decode-words.js';
import { RowBlock } from '../../src/compute/row-block.js';
import { chamberChannels, defaultGeometry } from '../../src/domain/geometry.js';
import { rowCode, wireCodes } from '../../src/domain/row-code.js';
import type { RandomSource } from '../helpers/random/random-source.js';
import { type Row, rowsOfMessage } from '../model/classify.js';
import { modelLayout } from '../model/layout-arbitrary.js';
import { rowsOfLayout } from '../model/layout-model.js';
import { fuzzedLayoutText } from './layout-text.js';
import { rowGenerators } from './row-generators.js';

const rowsACase = 500;
const block = new RowBlock(1 << 18, wireCodes(defaultGeometry), defaultGeometry.clock);

/**
 * Decodes the rows of one case as the program does, kernel and careful path, and holds every row against the model.
 *
 * @returns rows that were decoded
 * @throws AssertionError naming the first row whose fate is another one
 */
export function fuzzRows(random: RandomSource): number {
  // Now and then a few rows only: what stands at the beginning and the end of a chunk.
  const rows = random.oneIn(3) ? 1 + random.below(20) : rowsACase;
  if (random.oneIn(3)) return fuzzLayout(random, rows);
  const generator = random.pick(rowGenerators);
  const bytes = generator.write(random, rows);
  block.clear();
  if (generator.format === 'csv') decodeCsv(bytes, block);
  else {
    block.text.set(bytes);
    decodeLoadedWordRecords(block, 0, Uint32Array.of(bytes.length));
  }
  const expected =
    bytes.length === 0 && generator.format === 'csv' ? [] : rowsOfMessage(bytes, defaultGeometry, generator.format);
  return compare(bytes, expected);
}

/** The same for lines of any layout. */
function fuzzLayout(random: RandomSource, rows: number): number {
  const { layout, text } = fuzzedLayoutText(random, rows);
  const bytes = Buffer.from(text, 'latin1');
  block.clear();
  block.text.set(bytes);
  decodeText(block, { from: 0, to: bytes.length }, layout);
  return compare(bytes, rowsOfLayout(text, modelLayout(layout)).rows);
}

function compare(bytes: Buffer, expected: readonly Row[]): number {
  assert.equal(block.rows, expected.length, `rows of ${JSON.stringify(bytes.toString('latin1')).slice(0, 2000)}`);
  for (const [row, fate] of expected.entries()) {
    const isRight =
      codeOfKey(block.keys[row]) === codeOf(fate) && (!('orbit' in fate) || block.orbits[row] === fate.orbit);
    if (!isRight)
      throw new assert.AssertionError({
        message: wrongRow(bytes, row, fate),
        actual: codeOfKey(block.keys[row]),
        expected: codeOf(fate),
      });
  }
  assert.equal(block.rejected.length / 5, expected.filter(({ kind }) => kind === 'rejected').length);
  return block.rows;
}

/** What decoding leaves of a row with that fate. */
function codeOf(row: Row): number {
  switch (row.kind) {
    case 'hit':
      return row.chamber * chamberChannels + row.channel;
    case 'scintillator':
      return rowCode.scintillator;
    case 'dropped':
      return row.reason === 'head' ? rowCode.droppedHead : rowCode.droppedChannel;
    case 'rejected':
      return { fields: rowCode.rejectedFields, number: rowCode.rejectedNumber, range: rowCode.rejectedRange }[
        row.reason
      ];
    default:
      return row satisfies never;
  }
}

function wrongRow(bytes: Buffer, row: number, fate: Row): string {
  return `row ${row} must be ${JSON.stringify(fate)}, got code ${codeOfKey(block.keys[row])} and orbit ${block.orbits[row]}, in ${JSON.stringify(bytes.toString('latin1')).slice(0, 4000)}`;
}
