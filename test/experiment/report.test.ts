import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import { comparisonText } from '../../src/experiment/tables/compare.js';
import { csvTable } from '../../src/experiment/tables/csv-table.js';
import { markdownTable, textTable } from '../../src/experiment/tables/table.js';
import { type RunResult, runResultSchema } from '../../src/experiment/runs/run-result.js';
import { around, plain, reportOf, runOf } from './samples.js';

const tooFast = {
  trends: { produce: 'rises', backlog: 'rises' } as const,
  producedRowsPerSecond: 2000,
  askedRowsPerSecond: 5000,
  processedRowsPerSecond: 1900,
};
const study = [
  runOf({ threads: 1, shards: 1 }, { processedRowsPerSecond: 990 }, 0),
  runOf({ threads: 1, shards: 1 }, { processedRowsPerSecond: 1010 }, 1),
  runOf({ threads: 2, rate: 5000 }, { ...tooFast, hitsUnseen: 12, latencyMs: around(9000) }, 0),
  runOf(
    { threads: 2 },
    { verify: { result: 'different', rows: 5, lateOrbits: 0, detail: 'hits must be 5, got 4' } },
    0,
  ),
];

describe('the table', () => {
  const lines = textTable(reportOf(study)).split('\n');

  it('says where and how it was measured, and shows only what differs as columns', () => {
    assert.match(lines[0], /^2 × Test CPU, 8 GiB, Linux 6, load 0.3 before; 2026-01-31$/);
    assert.match(lines[1], /dtstream 0\.1\.0, node v20\.20\.2; embedded log, seed 1; 3 configurations, 2 repeats/);
    assert.match(
      lines[2],
      /^1 instance, 10 partitions, 1 row per message, csv, physics full, batch interval 1,000 ms$/,
    );
    assert.match(lines[4], /^thr +asked\/s +produced\/s +processed\/s/);
  });

  it('says which physics was measured; results of earlier versions have none', () => {
    const { physics, ...configuration } = plain;
    assert.equal(physics, 'full');
    const earlier = runResultSchema.parse({ ...runOf(), configuration });
    assert.equal(earlier.configuration.physics, 'off');
    assert.match(textTable(reportOf([earlier])), /, csv, physics off, batch interval/);
    const both = textTable(reportOf([runOf(), earlier])).split('\n');
    assert.match(both[4], /^physics +asked\/s/);
    assert.match(both[5], /^ +off +1,000/);
    assert.match(both[6], /^ +full +1,000/);
    assert.match(comparisonText(reportOf([earlier]), reportOf([runOf()])), /no configuration in common/);
  });

  it('has medians with the spread over the repeats', () => {
    assert.match(lines[5], /^ +1 +1,000 +1,000 +1,000 ±1\.0% +4\/6\/8\/12 .* ok$/);
  });

  it('says of a run that did not keep up or did not verify that it did not', () => {
    assert.match(lines[6], /NOT VERIFIED: hits must be 5, got 4$/);
    assert.match(lines[7], /≥ 9,000\/.*did not keep up: 40 % of the requested rows were produced$/);
  });

  it('says why a run failed', () => {
    const failed: RunResult = { ...runOf(), measured: null, failure: 'process ended with exit code 1' };
    assert.match(textTable(reportOf([failed])), / - .* failed: process ended with exit code 1\n/);
  });

  it('is the same in Markdown, cell by cell', () => {
    const cells = markdownTable(reportOf(study))
      .split('\n')
      .filter((line) => line.startsWith('|'));
    assert.equal(cells.length, 5);
    assert.ok(cells.every((line) => line.split(' | ').length === cells[0].split(' | ').length));
    assert.match(cells[1], /^\| ---: \| .* \| --- \|$/);
    assert.match(cells[4], /did not keep up: 40 %/);
  });

  it('has every run with every number as CSV', () => {
    const rows = parse<Record<string, string>>(csvTable(study), { columns: true });
    assert.equal(rows.length, study.length);
    assert.deepEqual(
      rows.map(({ threads, rate, processedRowsPerSecond, latencyMs_p99 }) => [
        threads,
        rate,
        processedRowsPerSecond,
        latencyMs_p99,
      ]),
      study.map(({ configuration, measured }) =>
        [configuration.threads, configuration.rate, measured?.processedRowsPerSecond, measured?.latencyMs?.p99].map(
          String,
        ),
      ),
    );
    assert.equal(rows[3].faults, 'NOT VERIFIED: hits must be 5, got 4');
  });
});

describe('a comparison', () => {
  const runsAt = (rates: readonly number[]): RunResult[] =>
    rates.map((processedRowsPerSecond, repeat) => runOf({}, { processedRowsPerSecond }, repeat));

  it('sees no difference where the ranges overlap', () => {
    const text = comparisonText(reportOf(runsAt([90, 100, 110])), reportOf(runsAt([105, 120, 130])));
    assert.match(text, /processed rows\/s {2}100 → 120: no difference seen/);
  });

  it('says how large a difference is where they do not, and whether it is for the better', () => {
    assert.match(
      comparisonText(reportOf(runsAt([90, 100, 110])), reportOf(runsAt([190, 200, 210]))),
      /100 → 200: 2\.00 × more, better/,
    );
    assert.match(
      comparisonText(reportOf(runsAt([190, 200, 210])), reportOf(runsAt([90, 100, 110]))),
      /200 → 100: 2\.00 × less, WORSE/,
    );
  });

  it('does not judge by one run, nor in silence across machines', () => {
    const other = reportOf(runsAt([200]), { versions: { node: 'v22.0.0' } });
    const text = comparisonText(reportOf(runsAt([100, 101])), other);
    assert.match(text, /only one run, spread unknown/);
    assert.match(text, /not comparable like for like: the version of Node differs/);
    assert.match(comparisonText(reportOf([]), other), /the two have no configuration in common/);
  });
});
