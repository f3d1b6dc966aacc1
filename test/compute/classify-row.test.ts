import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { notARow, classifyRow, parsedFields } from '../../src/compute/classify-row.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { csvHeader } from '../../src/domain/hit.js';
import { rejectReasonOf, rowCode, wireCodes } from '../../src/domain/row-code.js';
import { classify, type NoRow, type Row } from '../model/classify.js';
import { hostileText } from './hostile-lines.js';

const wires = wireCodes(defaultGeometry);

/** The fate of a line as the model writes it. */
function fateOf(line: string): Row | NoRow {
  const bytes = Buffer.from(line, 'latin1');
  const code = classifyRow(bytes, 0, bytes.length, wires);
  if (code === notARow) return { kind: 'none' };
  if (code >= rowCode.rejectedFields) return { kind: 'rejected', reason: rejectReasonOf(code) };
  if (code === rowCode.droppedHead) return { kind: 'dropped', reason: 'head' };
  if (code === rowCode.droppedChannel) return { kind: 'dropped', reason: 'channel' };
  if (code === rowCode.scintillator) return { kind: 'scintillator', orbit: parsedFields.whole[3] };
  return { kind: 'hit', chamber: code >> 6, channel: code & 63, orbit: parsedFields.whole[3] };
}

describe('classifyRow', () => {
  it('judges every line as the model does', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const ended of text.split(/(?<=\n)/)) {
          const fate = fateOf(ended.replace(/\r?\n$/, ''));
          assert.deepEqual(fate, classify(Buffer.from(ended, 'latin1'), defaultGeometry), JSON.stringify(ended));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('finds the header in any case and with any blanks around its names, but with none inside them', () => {
    const names = csvHeader.split(',');
    for (const line of [csvHeader, csvHeader.toLowerCase(), ` ${names.join(' \t,'.padEnd(200))}\t`]) {
      assert.deepEqual(fateOf(line), { kind: 'none' }, line);
    }
    for (const line of [csvHeader.replace('F', 'F\t'), csvHeader.replace('_', '\x7f'), csvHeader.slice(0, -1)]) {
      assert.deepEqual(fateOf(line), { kind: 'rejected', reason: 'number' }, line);
    }
    assert.deepEqual(fateOf(`${csvHeader},`), { kind: 'rejected', reason: 'fields' });
  });

  it('looks at no byte outside the line', () => {
    const bytes = Buffer.from('9,2,1,70,5,6,7,8');
    assert.equal(classifyRow(bytes, 2, bytes.length - 2, wires), 3 * 64 + 6);
    assert.equal(classifyRow(bytes, 2, bytes.length - 3, wires), rowCode.rejectedNumber);
    assert.equal(classifyRow(bytes, 2, bytes.length - 4, wires), rowCode.rejectedFields);
  });
});
