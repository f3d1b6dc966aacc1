import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundedTable, type Figure } from '../../../benchmarks/common/bounded-table.js';
import { computeFigures, faultsText, latencyFigures, partitionFigures } from '../../../benchmarks/line/live-figures.js';
import { around, reportOf, runOf } from '../../experiment/samples.js';

const quantiles = (p50: number): { computeMs: ReturnType<typeof around> } => ({ computeMs: around(p50) });

describe('the figures of a line at work', () => {
  it('are the computation of a batch at p99, over the repeats, and the commit beside it', () => {
    const batch = { rowsPerBatch: 5003 };
    const report = reportOf([runOf({}, { ...batch, ...quantiles(4) }, 0), runOf({}, { ...batch, ...quantiles(5) }, 1)]);
    const [compute, ...rest] = computeFigures(report);
    assert.equal(compute.what, 'batch of 5,003 rows, computing, p99: ms');
    assert.deepEqual([compute.spread.min, compute.spread.max, compute.bound], [8, 10, { atMost: 10 }]);
    assert.deepEqual(
      rest.map(({ spread }) => spread.median),
      [4.5, 12, 6],
    );
  });

  it('are the latency at p99 against interval, lateness and 50 ms, and what of it is not waiting', () => {
    const report = reportOf([runOf({ partitions: 10 }), runOf({ partitions: 1 })]);
    const [one, oneWaiting, oneAdded, ten, tenWaiting, tenAdded] = latencyFigures(report);
    const head = ({ what, spread, bound }: Figure): unknown => [what, spread.median, bound];
    assert.deepEqual([one, ten].map(head), [
      ['1,000 rows/s, 1 partition: latency of a hit, p99, ms', 3000, { atMost: 3060 }],
      ['1,000 rows/s, 10 partitions: latency of a hit, p99, ms', 3000, { atMost: 3060 }],
    ]);
    // The rows of the simulator: 2010 ms of lateness on average, a batch of up to 1 s, and a block for each partition.
    assert.ok(oneWaiting.spread.median > 2950 && oneWaiting.spread.median < 3200, String(oneWaiting.spread.median));
    assert.ok(tenWaiting.spread.median > oneWaiting.spread.median + 150, String(tenWaiting.spread.median));
    for (const [added, waiting] of [
      [oneAdded, oneWaiting],
      [tenAdded, tenWaiting],
    ]) {
      assert.equal(added.spread.median, 3000 - waiting.spread.median);
      assert.deepEqual(added.bound, { atMost: 50 });
    }
  });

  it('are the time of a batch from many partitions against that from few, with and without the wait', () => {
    const few = runOf(
      { partitions: 1, rate: 5000 },
      { batchMs: around(1000), computeMs: around(4), commitMs: around(6) },
    );
    const many = runOf(
      { partitions: 200, rate: 5000 },
      { batchMs: around(1300), computeMs: around(7), commitMs: around(8) },
    );
    const table = boundedTable(partitionFigures(reportOf([many, few]), 1.2));
    assert.match(table, /5,000 rows\/s, 200 partitions: batch, first row to visible, p50, ms \| 1,300/);
    assert.match(table, /the same, 200 partitions compared with 1 \| 1\.30 × \| ≤ 1\.2 ×, \*\*missed\*\*/);
    assert.match(table, /the same, 200 partitions compared with 1 \| 1\.50 × \| +\|/);
  });

  it('say what was wrong with their runs', () => {
    assert.match(faultsText([reportOf([runOf()])]), /^All these runs kept up/);
    const behind = reportOf([
      runOf(
        { rate: 5000 },
        { askedRowsPerSecond: 5000, producedRowsPerSecond: 2000, trends: { produce: 'rises', backlog: 'rises' } },
      ),
    ]);
    assert.match(faultsText([behind]), /^Faults: 5,000 rows\/s, 10 partitions: did not keep up: 40 %/);
  });
});
