import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../../src/commands/drill/evaluate.js';
import type { Demand } from '../../../src/commands/drill/faults.js';
import {
  failuresOf,
  faultLineOfTable,
  type FaultResult,
  type FaultRun,
  healthyLine,
} from '../../../src/commands/drill/report.js';
import { drillMarkdown, drillText } from '../../../src/commands/drill/text.js';

const first = { name: 'channel_low@1:37', isRightObject: true, isRightKind: true };

function run(seed: number, latencyS: number | undefined, of: Partial<Outcome & FaultRun> = {}): FaultRun {
  const { extra = [], raised = [], delayS = 5, isTimed = true } = of;
  const outcome = { latencyS, first: latencyS === undefined ? undefined : first, extra, raised };
  return { seed, outcome, delayS, isTimed };
}

function result(demand: Demand, runs: readonly FaultRun[], why?: string): FaultResult {
  return { name: 'dead:1:37', rateFactor: 1, demand, runs, why };
}

describe('the runs of a fault', () => {
  it('have the median and the 95 % of their latencies, and the shares of first alarms', () => {
    const wrong = { name: 'box_rise@1', isRightObject: false, isRightKind: false };
    const runs = [1, 2, 3, 4, 5].map((seed) => run(seed, seed));
    const of = faultLineOfTable(result('named', [{ ...runs[0], outcome: { ...runs[0].outcome, first: wrong } }, ...runs.slice(1)])); // prettier-ignore
    assert.deepEqual(
      [of.found_percent, of.latency_median_s, of.latency_95_s, of.right_object_percent, of.right_kind_percent],
      [100, 3, 4.8, 80, 80],
    );
    assert.equal(of.result, 'ok');
  });

  it('fail where one of them is not named, or is later than twice the table, a look and a message', () => {
    const missed = faultLineOfTable(result('named', [run(1, 4), run(2, undefined)]));
    assert.deepEqual([missed.found_percent, missed.result], [50, 'failed']);
    assert.match(missed.why ?? '', /^not named in 1 of 2 \(seed 2\)$/);
    assert.equal(faultLineOfTable(result('named', [run(1, 12)])).result, 'ok');
    const late = faultLineOfTable(result('named', [run(1, 4), run(2, 12.1)]));
    assert.deepEqual([late.result, late.why], ['failed', 'later than twice the table in 1 of 2 (seed 2)']);
    const untimed = faultLineOfTable(result('named', [run(1, 12.1, { isTimed: false })]));
    assert.equal(untimed.result, 'ok');
  });

  it('fail where something is raised that must not be, and never where nothing is demanded', () => {
    const loud = run(3, undefined, { raised: ['channel_low@1:37'], extra: ['bursts@1'] });
    assert.equal(faultLineOfTable(result('silence', [run(1, undefined)])).result, 'ok');
    assert.match(faultLineOfTable(result('silence', [loud])).why ?? '', /^raised channel_low@1:37 \(seed 3\)$/);
    assert.equal(faultLineOfTable(result('nothing', [loud])).result, 'not demanded');
    const none = faultLineOfTable(result('named', [], 'there is no trigger'));
    assert.deepEqual([none.result, none.why, none.found_percent], ['not testable', 'there is no trigger', null]);
  });

  it('are counted as failures of the drill with false alarms', () => {
    const healthy = { rateFactor: 1, seconds: 86_400, warnings: ['late_hits@detector'] };
    const alarms = ['channel_low@0:1', 'channel_low@0:2'];
    const faults = [result('named', [run(1, undefined)]), result('named', [run(1, 1)])];
    assert.equal(failuresOf({ faults, healthy: [{ ...healthy, alarms: [alarms[0]] }] }), 1);
    assert.equal(failuresOf({ faults, healthy: [{ ...healthy, alarms }] }), 2);
  });
});

describe('healthy time', () => {
  it('has the rate of false alarms with the upper limit of 95 %', () => {
    // Upper limits of a Poisson mean, 95 %: 2.996 of 0 events, 4.744 of 1 (Review of Particle Physics, statistics).
    const hours = { rateFactor: 1, seconds: 36_000, warnings: [] };
    const none = healthyLine({ ...hours, alarms: [] });
    assert.deepEqual([none.alarms_per_hour, none.limit_per_hour.toFixed(4)], [0, '0.2996']);
    const one = healthyLine({ ...hours, alarms: ['box_rise@1'] });
    assert.deepEqual([one.alarms_per_hour, one.limit_per_hour.toFixed(4)], [0.1, '0.4744']);
  });
});

describe('the tables of a drill', () => {
  const drill = {
    faults: [result('named', [run(1, 4.26, { extra: ['repeats@1'] })]), result('named', [], 'no | trigger')],
    healthy: [{ rateFactor: 1, seconds: 36_000, alarms: [], warnings: [] }],
  };

  it('stand under one another on a terminal, with what was raised beside them', () => {
    assert.deepEqual(drillText(drill), [
      'FAULT      RATE  RUNS  FOUND %  MEDIAN S  95 % S  EXPECTED S  OBJECT %  KIND %  EXTRA  RESULT',
      'dead:1:37     1     1      100       4.3     4.3         5.0       100     100      1  ok',
      'dead:1:37     1     0        -         -       -           -         -       -      0  not testable: no | trigger',
      '',
      'WITHOUT A FAULT  HOURS  ALARMS  ALARMS/H  95 % LIMIT/H  WARNINGS  RESULT',
      'rate 1            10.0       0         0           0.3         0  ok',
      '',
      '- extra of dead:1:37 at rate 1: repeats@1',
    ]);
  });

  it('are tables of Markdown', () => {
    const lines = drillMarkdown(drill);
    assert.equal(lines[1], '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |');
    assert.match(lines[3], /\| not testable: no \\\| trigger \|$/);
  });
});
