import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limitsSection, studySection, tooFastText } from '../../../benchmarks/study/sections.js';
import type { Limit } from '../../../src/experiment/limits/limit.js';
import { drainFlags, drainOf, plain, reportOf, runOf } from '../../experiment/samples.js';

const limit: Limit = {
  kind: 'limit',
  configuration: plain,
  ...{ held: 100_000, failed: 110_000, objectiveMs: 2000, p99Ms: 1500, why: 'backlog grew', stages: null },
  tried: [{ rate: 100_000, holds: true, why: '' }],
};
const tooFast = reportOf([
  runOf(
    { rate: 50e6 },
    { askedRowsPerSecond: 50e6, producedRowsPerSecond: 1e6, trends: { produce: 'rises', backlog: 'rises' } },
  ),
]);

describe('the section of the studies', () => {
  it('has of each its command, its picture, its tables, and how many runs are valid and verified', () => {
    const different = { result: 'different', rows: 1, lateOrbits: 0, detail: 'hits' } as const;
    const runs = [
      drainOf({ threads: 1, shards: 1 }, 1e6),
      drainOf({ threads: 2, shards: 2 }, 1.5e6),
      drainOf({ threads: 2, shards: 2 }, 1.5e6, 1, { verify: different }),
    ];
    const report = reportOf(runs, { flags: drainFlags });
    const study = { title: 'Alone', flags: ['--drain', '20M'], report, plot: 'study.svg' };
    const text = studySection([study], ['No Kafka here.'], 'Quietly.');
    assert.match(text, /`dtstream bench --drain 20M`/);
    assert.match(text, /1 of 2 configurations are valid in every run; `verify` found the results of 2 of 3 runs equal/);
    assert.match(text, /^\| 2 \| 1\.50 \| 0\.75 \|/m);
    assert.equal(text.match(/^\| +[12] \| +1,\d/gm)?.length, 2);
    assert.match(text, /!\[[^\]]+\]\(study\.svg\)/);
    assert.match(text, /No Kafka here\.$/m);
  });
});

describe('the section of limits', () => {
  it('has the verdict of a run that is too fast, and says so when it is found good', () => {
    assert.match(tooFastText(tooFast), /^Its verdict: did not keep up: 2\.0 % of the requested rows were produced\./);
    assert.match(tooFastText(reportOf([runOf()])), /^\*\*It should not have kept up/);
  });

  it('has what --find-limit prints, for each log, and why one is missing', () => {
    const search = { flags: ['--find-limit'], report: { ...reportOf([]), limits: [limit] } };
    const parts = { tooFast: { flags: [], report: tooFast }, embedded: search, kafka: search, notes: '' };
    assert.equal(limitsSection(parts).match(/^This machine sustains 100,000 rows\/s/gm)?.length, 2);
    assert.match(limitsSection({ ...parts, kafka: 'no Java' }), /^Not measured: no Java\.$/m);
  });
});
