import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { geometrySchema } from '../../src/domain/geometry-schema.js';
import { chambersMax, defaultGeometry, layerOf, wirePositionMm } from '../../src/domain/geometry.js';

describe('the default geometry', () => {
  it('obeys its own schema', () => {
    assert.deepEqual(geometrySchema.parse(defaultGeometry), defaultGeometry);
    assert.deepEqual(geometrySchema.parse({}), defaultGeometry);
  });

  it('is four chambers on two boards with the scintillator on FPGA 1 channel 128', () => {
    const boards = defaultGeometry.chambers.map(({ fpga, channelFirst }) => [fpga, channelFirst]);
    assert.deepEqual(boards, [
      [0, 0],
      [0, 64],
      [1, 0],
      [1, 64],
    ]);
    assert.deepEqual(defaultGeometry.triggers, [{ fpga: 1, channel: 128, time: true, chambers: 'all' }]);
    assert.deepEqual(
      defaultGeometry.chambers.map(({ rotated }) => rotated),
      [false, true, false, false],
    );
  });
});

describe('the wires of a chamber', () => {
  it('are numbered column by column: top layer, third, second, bottom', () => {
    const layers = Array.from({ length: 8 }, (_, channel) => layerOf(channel));
    assert.deepEqual(layers, [0, 2, 1, 3, 0, 2, 1, 3]);
  });

  it('stand 42 mm apart in a layer and 13 mm between layers, every other layer half a cell aside', () => {
    const [chamber] = defaultGeometry.chambers;
    const at = (channel: number): { x: number; y: number } => {
      const { x, y } = wirePositionMm(chamber, channel);
      return { x, y: Math.round((y - chamber.zMm) * 10) / 10 };
    };
    assert.deepEqual(
      [at(0), at(4), at(60)],
      [
        { x: 21, y: 45.5 },
        { x: 63, y: 45.5 },
        { x: 651, y: 45.5 },
      ],
    );
    assert.deepEqual(
      [at(2), at(1), at(3)],
      [
        { x: 42, y: 32.5 },
        { x: 21, y: 19.5 },
        { x: 42, y: 6.5 },
      ],
    );
  });
});

describe('a geometry', () => {
  const chamber = { fpga: 0, channelFirst: 0, zMm: 0 };
  /** The first rule that a geometry breaks, with where. */
  const faultOf = (geometry: object): string | undefined => {
    const issue = geometrySchema.safeParse(geometry).error?.issues[0];
    return issue && `${issue.path.join('.')}: ${issue.message}`;
  };

  it(`may have up to ${chambersMax} chambers, as long as no wire belongs to two`, () => {
    const chambers = Array.from({ length: chambersMax }, (_, index) => ({
      ...chamber,
      fpga: index >> 3,
      channelFirst: 64 * (index & 7),
    }));
    assert.equal(faultOf({ chambers, triggers: [] }), undefined);
    assert.match(faultOf({ chambers: [...chambers, chamber], triggers: [] }) ?? '', /^chambers: .*<=64/);
  });

  it('names the second owner of a wire once', () => {
    const chambers = [chamber, { ...chamber, channelFirst: 63 }, { ...chamber, fpga: 1 }];
    const { error } = geometrySchema.safeParse({ chambers, triggers: [] });
    assert.deepEqual(
      error?.issues.map(({ path, message }) => [path.join('.'), message]),
      [['chambers.1.channelFirst', 'a wire belongs to one owner: FPGA 0 channel 63 is in chamber 0 and chamber 1']],
    );
  });

  it('refuses a trigger inside a chamber, and the same trigger twice', () => {
    const trigger = { fpga: 0, channel: 63 };
    assert.match(
      faultOf({ chambers: [chamber], triggers: [trigger] }) ?? '',
      /^triggers\.0: .* chamber 0 and trigger 0$/,
    );
    const twice = { chambers: [{ ...chamber, fpga: 1 }], triggers: [trigger, trigger] };
    assert.match(faultOf(twice) ?? '', /^triggers\.1: .* trigger 0 and trigger 1$/);
  });

  it('refuses what no board has', () => {
    assert.match(faultOf({ chambers: [{ ...chamber, fpga: 8 }] }) ?? '', /^chambers\.0\.fpga: /);
    assert.match(faultOf({ triggers: [{ fpga: 0, channel: 512 }] }) ?? '', /^triggers\.0\.channel: /);
    assert.match(faultOf({ chambers: [{ ...chamber, angle: 3 }] }) ?? '', /^chambers\.0: .*angle/);
  });
});
