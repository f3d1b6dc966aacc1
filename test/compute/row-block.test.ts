import { defaultGeometry } from '../../src/domain/geometry.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RowBlock } from '../../src/compute/row-block.js';

const wires = new Uint16Array(4096);

describe('RowBlock', () => {
  it('has room for a record a byte, apart from all that decoding reads and writes', () => {
    for (const bytesMax of [0, 1, 2, 7, 63, 64, 65, 1000, 4097, 1 << 16]) {
      const { at, kernel } = new RowBlock(bytesMax, wires, defaultGeometry.clock);
      const rowsMax = Math.ceil(bytesMax / 2);
      const parts = [
        { name: 'wires', from: at.wires, to: at.wires + wires.byteLength },
        { name: 'text', from: at.text - 64, to: at.text + bytesMax + 64 },
        { name: 'orbits', from: at.orbits, to: at.orbits + 4 * rowsMax },
        { name: 'keys', from: at.keys, to: at.keys + 4 * rowsMax },
        { name: 'ends', from: at.recordEnds, to: at.recordEnds + 4 * bytesMax },
        { name: 'rows', from: at.recordRows, to: at.recordRows + 4 * bytesMax },
        { name: 'all', from: kernel.memory.byteLength, to: kernel.memory.byteLength },
      ].sort((a, b) => a.from - b.from || a.to - b.to);
      parts.slice(1).forEach((part, index) => {
        assert.ok(parts[index].to <= part.from, `${bytesMax} bytes: ${parts[index].name} reaches into ${part.name}`);
      });
    }
  });
});
