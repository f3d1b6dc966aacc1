import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultGeometry, layerOf } from '../../src/domain/geometry.js';
import { findObject } from '../../src/views/detector/find-object.js';

const { chambers } = defaultGeometry;
const find = (text: string, chamber = 0) => findObject(text, { chambers, chamber });

describe('findObject', () => {
  it('finds every channel by its number, its board and its place in the chamber that is selected', () => {
    chambers.forEach(({ fpga, channelFirst, channels }, chamber) => {
      for (let channel = 0; channel < channels; channel++) {
        const expected = { chamber, channel };
        const place = `layer ${layerOf(channel)} cell ${channel >> 2}`;
        const other = (chamber + 1) % chambers.length;
        assert.deepEqual(find(`${chamber}:${channel}`), expected);
        assert.deepEqual(find(`/${chamber}:${channel} `), expected);
        assert.deepEqual(find(`fpga ${fpga} channel ${channelFirst + channel}`), expected);
        assert.deepEqual(find(`Board ${fpga}, channel ${channelFirst + channel}`), expected);
        assert.deepEqual(find(`chamber ${chamber} channel ${channel}`), expected);
        assert.deepEqual(find(place, chamber), expected);
        assert.deepEqual(find(`chamber ${chamber} ${place}`, other), expected);
      }
    });
  });

  it('finds chambers and layers', () => {
    assert.deepEqual(find('chamber 2'), { chamber: 2 });
    assert.deepEqual(find('2/3'), { chamber: 2, layer: 3 });
    assert.deepEqual(find('layer 3', 1), { chamber: 1, layer: 3 });
    assert.deepEqual(find('chamber 1 layer 0'), { chamber: 1, layer: 0 });
  });

  it('says that there is no such place, and the rule', () => {
    for (const text of [
      '4:0',
      '0:64',
      'chamber 4',
      '0/4',
      'fpga 1 channel 128',
      'fpga 2 channel 0',
      'layer 0 cell 16',
    ]) {
      assert.deepEqual(find(text), {
        problem: `there is no ${text} in this detector: what is sought must be 2:17, fpga 1 channel 17, layer 3 cell 4, chamber 2 or 2/3 (its layer 3)`,
      });
    }
  });

  it('says the rule for a text of another form', () => {
    const texts = [
      '',
      '/',
      '17',
      'cell 4',
      'channel 3',
      'fpga 1',
      'chamber 1 chamber 2',
      'chamber 1 cell 2',
      'wire 4',
      '1:2:3',
    ];
    for (const text of texts) {
      const found = find(text);
      assert.match('problem' in found ? found.problem : '', /^what is sought must be 2:17, .*, got /, text);
    }
  });

  it('answers any text with a place of the detector or a problem', () => {
    const word = fc.constantFrom('fpga', 'board', 'chamber', 'channel', 'layer', 'cell', 'constructor', ':', '/');
    const texts = fc.oneof(
      fc.string(),
      fc.array(fc.tuple(word, fc.nat(600)), { maxLength: 4 }).map((pairs) => pairs.flat().join(' ')),
    );
    fc.assert(
      fc.property(texts, fc.nat(3), (text, chamber) => {
        const found = find(text, chamber);
        if ('problem' in found) return;
        const { channels } = chambers[found.chamber];
        assert.ok((found.channel ?? 0) < channels && (found.layer ?? 0) < 4);
      }),
    );
  });
});
