import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Figure, missedFigures } from '../../../benchmarks/common/bounded-table.js';
import {
  bytesFigures,
  figureTables,
  pagesTable,
  processorFigures,
  statesText,
  timeFigures,
} from '../../../benchmarks/watch/figures.js';
import { middle } from '../../../benchmarks/watch/round.js';
import { roundOf, standingOf } from './samples.js';

describe('the figures of the dashboard', () => {
  it('have each criterion, and are within the bounds where all is well', () => {
    const { figures } = figureTables([roundOf()]);
    assert.deepEqual(missedFigures(figures), []);
    assert.equal(figures.filter(({ bound }) => bound !== undefined).length, 4 + 7 + 5 + 1);
  });

  it('are the starts and keys of all rounds, and the slowest key', () => {
    const slow = { keys: [{ key: '2', ms: 130, bytes: 1 }] };
    const [frame, data, key, slowest] = timeFigures([roundOf(), roundOf(slow)]).map(median);
    assert.deepEqual([frame, data, key], [0.22, 0.41, 13]);
    assert.equal(slowest, (15 + 130) / 2);
    assert.throws(() => timeFigures([roundOf({ keys: [{ key: '3', ms: null, bytes: 0 }] })]), /key 3 must be answered/);
  });

  it('have of the bytes those of the page that writes most', () => {
    const [, at120, , ten, change, idle, frozen] = bytesFigures([roundOf()]);
    assert.deepEqual([at120, ten, change, idle, frozen].map(median), [2, 6, 5.005, 40, 2]);
    const noisy = roundOf({ survey: [...roundOf().survey, standingOf('frozen', 'health', { bytes: 600 })] });
    assert.deepEqual(missedFigures(bytesFigures([noisy])), ['frozen, 120x40, busiest page: 10 B/s, bound ≤ 5 B/s']);
  });

  it('have processor time in percent of a core, by condition and page', () => {
    const figures = processorFigures([roundOf()]);
    assert.deepEqual(
      figures.map(({ what, spread }) => [what, Number(spread.median.toFixed(2))]),
      [
        ['1 message/s, overview', 1],
        ['1 message/s, activity', 1.17],
        ['10 messages/s, overview', 3],
        ['10 messages/s, timing', 4],
        ['idle, overview', 0.5],
      ],
    );
  });

  it('have the memory over all its samples, and its peak', () => {
    const { memory } = figureTables([roundOf()]);
    assert.match(memory, /^\| resident .* \| 145 \(140 – 160\) MB \| ≤ 150 MB \|$/m);
    assert.match(memory, /^\| peak.* \| 180 MB \| +\|$/m);
  });

  it('have a row for each page, and name the screens that were not as they should be', () => {
    const table = pagesTable([roundOf()]);
    assert.match(table, /^\| activity \| 1,000 \| 2,000 \| 4,000 \| 6,000 \| 40 \| 2 \| 5,002 \|$/m);
    assert.match(statesText([roundOf()]), /^At its end, every screen said/);
    const stale = { ...standingOf('ten', 'cells', { size: middle }), fault: 'STALE no message for 4.0 s' };
    assert.match(
      statesText([roundOf({ calm: [stale] })]),
      /10 messages\/s, cells, 120x40: STALE no message for 4\.0 s\.$/,
    );
  });
});

function median({ spread }: Figure): number {
  return spread.median;
}
