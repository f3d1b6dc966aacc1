import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { geometryHash, geometryName } from '../../../src/pipeline/consume/geometry-hash.js';
import { defaultGeometry, type Geometry } from '../../../src/domain/geometry.js';

const own: Geometry = {
  ...defaultGeometry,
  triggers: [...defaultGeometry.triggers, { fpga: 0, channel: 138, time: true, chambers: 'all' }],
};

describe('the hash of a geometry', () => {
  it('is the same in every version: commits hold it', () => {
    assert.equal(geometryHash(defaultGeometry), 'e5cca2227b1d');
  });

  it('depends on nothing that changes no count', () => {
    const moved = own.chambers.map((chamber) => ({ ...chamber, zMm: 1, t0Ns: 2, rotated: true, name: 'top' }));
    const other = { ...own, chambers: moved, triggers: [...own.triggers].reverse(), clock: { orbitBx: 1 } };
    assert.equal(geometryHash(other), geometryHash(own));
  });

  it('tells apart what counts rows differently: triggers, wires, the order of chambers', () => {
    const [first, ...rest] = own.chambers;
    const all = [
      own,
      defaultGeometry,
      { ...own, triggers: [] },
      { ...own, chambers: rest },
      { ...own, chambers: [...rest, first] },
      { ...own, chambers: [{ ...first, channelFirst: 128 }, ...rest] },
      { ...own, chambers: [{ ...first, fpga: 2 }, ...rest] },
    ];
    assert.equal(new Set(all.map(geometryHash)).size, all.length);
  });

  it('names the default', () => {
    assert.match(geometryName(geometryHash(defaultGeometry)), /^the default geometry \([0-9a-f]{12}\)$/);
    assert.match(geometryName(geometryHash(own)), /^geometry [0-9a-f]{12}$/);
  });
});
