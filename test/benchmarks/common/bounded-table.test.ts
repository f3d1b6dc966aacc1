import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundedTable, type Figure, missedFigures } from '../../../benchmarks/common/bounded-table.js';
import { spreadOf } from '../../../benchmarks/common/spread.js';

const speed: Figure = { what: 'speed', spread: spreadOf([4.04, 6, 5]), digits: 1, bound: { atLeast: 5 } };
const ratio: Figure = { what: 'ratio', spread: spreadOf([1.25]), digits: 2, unit: '×', bound: { atMost: 1.2 } };
const memory: Figure = { what: 'memory', spread: spreadOf([1500]), digits: 0, unit: 'MB', bound: { below: 1500 } };

describe('a table of figures', () => {
  it('shows median, spread, unit and bound, and which bounds are missed', () => {
    assert.equal(
      boundedTable([speed, ratio, memory, { what: 'plain', spread: spreadOf([2]), digits: 0 }]),
      [
        '|  | measured | bound |',
        '| --- | ---: | ---: |',
        '| speed | 5.0 (4.0 – 6.0) | ≥ 5 |',
        '| ratio | 1.25 × | ≤ 1.2 ×, **missed** |',
        '| memory | 1,500 MB | < 1,500 MB, **missed** |',
        '| plain | 2 |  |',
      ].join('\n'),
    );
  });

  it('names the figures that are not within their bounds', () => {
    assert.deepEqual(missedFigures([speed, ratio]), ['ratio: 1.25 ×, bound ≤ 1.2 ×']);
  });

  it('takes a figure that is no number as missed', () => {
    assert.equal(missedFigures([{ ...speed, spread: spreadOf([NaN]) }]).length, 1);
  });
});
