import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeDrain } from '../../../src/experiment/measure/judge-drain.js';
import { scalingOf } from '../../../src/experiment/scaling/scaling.js';
import { scalingTables } from '../../../src/experiment/tables/scaling-text.js';
import type { SeenMessage } from '../../../src/experiment/measure/seen-message.js';
import { markdownTable, textTable } from '../../../src/experiment/tables/table.js';
import { drainFlags, drainOf, reportOf } from '../samples.js';

const study = [1, 2, 4].flatMap((threads) =>
  [1, 10].flatMap((partitions) =>
    [0, 1, 2].map((repeat) => {
      const rate = { 1: 1e6, 2: 1.8e6, 4: 2.8e6 }[threads] ?? 0;
      return drainOf({ threads, shards: threads, partitions }, rate * (partitions === 1 ? 1 : 0.9) + repeat, repeat);
    }),
  ),
);

describe('scalingOf', () => {
  it('compares each value with the smallest, all other settings equal', () => {
    const [threads, partitions] = scalingOf({ runs: study });
    assert.equal(threads.axis, 'threads');
    assert.deepEqual(
      threads.values.map(({ value, speedUp }) => [value, speedUp.median.toFixed(3), speedUp.count]),
      [[1, '1.000', 2], [2, '1.800', 2], [4, '2.800', 2]], // prettier-ignore
    );
    assert.deepEqual(threads.values.map(({ efficiency }) => efficiency?.median.toFixed(2)), ['1.00', '0.90', '0.70']); // prettier-ignore
    assert.equal(partitions.axis, 'partitions');
    assert.deepEqual(partitions.values.map(({ speedUp }) => speedUp.median.toFixed(3)), ['1.000', '0.900']); // prettier-ignore
    // Partitions are no hardware.
    assert.ok(partitions.values.every(({ efficiency }) => efficiency === undefined));
  });

  it('does not compare shards of one number of threads with those of another', () => {
    const runs = [
      drainOf({ threads: 1, shards: 1 }, 100),
      drainOf({ threads: 1, shards: 2 }, 110),
      drainOf({ threads: 2, shards: 2 }, 220),
    ];
    const [threads, shards] = scalingOf({ runs });
    assert.deepEqual(threads.values.map(({ speedUp: { median, count } }) => [median, count]), [[1, 2], [2, 1]]); // prettier-ignore
    assert.deepEqual(shards.values.map(({ speedUp: { median, count } }) => [median.toFixed(2), count]), [['1.00', 1], ['1.10', 1]]); // prettier-ignore
  });

  it('compares physics with none, from the least to the most, in whatever order they were measured', () => {
    const runs = [
      drainOf({ physics: 'full' }, 100),
      drainOf({ physics: 'counts' }, 150),
      drainOf({ physics: 'off' }, 200),
    ];
    const [physics] = scalingOf({ runs });
    assert.deepEqual(physics.values.map(({ value, speedUp, efficiency }) => [value, speedUp.median, efficiency]), [
      ['off', 1, undefined],
      ['counts', 0.75, undefined],
      ['full', 0.5, undefined],
    ]); // prettier-ignore
    const [table] = scalingTables(reportOf(runs, { flags: drainFlags }));
    assert.equal(table.title, 'physics, compared with off, other settings equal');
  });

  it('leaves out what failed', () => {
    const failed = { ...drainOf({ threads: 2, shards: 2 }, 1), measured: null, failure: 'x' };
    assert.deepEqual(scalingOf({ runs: [drainOf({ threads: 1, shards: 1 }, 1), failed] }), []);
  });
});

describe('the tables of scaling', () => {
  const report = reportOf(study, { flags: drainFlags });

  it('have speed-up, efficiency and the scalability law of threads', () => {
    const [threads, partitions] = scalingTables(report);
    assert.match(threads.title, /^threads, compared with 1, .* over 2 combinations of the other settings$/);
    assert.deepEqual(threads.rows[1].slice(0, 3), ['2', '1.80', '0.90']);
    assert.match(threads.law ?? '', /^Universal scalability law: contention σ = 0\.\d+, .* within 1 % of it\.$/);
    assert.deepEqual([partitions.header.includes('efficiency'), partitions.law], [false, undefined]);
  });

  it('stand below the main table, in a terminal and in Markdown', () => {
    for (const text of [textTable(report), markdownTable(report)]) {
      assert.match(text, /topics of 20,000,000 rows, filled once/);
      assert.match(text, /rows\/s.*seconds.*CPU s\/M.*batch ms.*rows\/batch/);
      assert.match(text, /efficiency/);
      assert.ok(!/asked\/s|latency|NaN|undefined/.test(text));
    }
    assert.ok(!textTable(reportOf(study)).includes('speed-up'));
    assert.match(textTable(reportOf(study, { flags: { ...drainFlags, fill: true } })), /filled rows\/s/);
  });
});

describe('judgeDrain', () => {
  const message = (lane: number, openedMs: number, closedMs: number, rowsRead: number): SeenMessage => ({
    ...{ lane, openedMs, closedMs, visibleMs: Number.NaN, rowsRead, computeMs: 8, hits: rowsRead / 2 },
    ...{ input: [], lateHits: 0, orbitLast: null },
  });

  it('takes the time from the first row of the first message to the last message of all lanes', () => {
    const usage = { cpuSeconds: 3, peakMemoryBytes: 1e8 };
    const measured = judgeDrain({
      messages: [message(0, 1000, 1500, 4000), message(1, 1200, 3000, 6000), message(0, 1500, 2000, 0)],
      ...{ usage, fill: { rowsPerSecond: 5000, usage: { cpuSeconds: 1, peakMemoryBytes: 1e7 } } },
      verify: { result: 'equal', rows: 10_000, lateOrbits: 0, detail: '' },
    });
    assert.deepEqual([measured.seconds, measured.processedRowsPerSecond], [2, 5000]);
    assert.deepEqual([measured.rowsPerBatch, measured.computeMs?.p50, measured.computeMs?.count], [5000, 8, 2]);
    assert.deepEqual([measured.producedRowsPerSecond, measured.processedHitsPerSecond], [5000, 2500]);
    assert.equal(measured.cpuSecondsPerMillionRows.process, 300);
  });
});
