import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { topicsReport, type TopicsReport } from '../../../src/commands/topics/report.js';
import { topicsTable } from '../../../src/commands/topics/table.js';
import { assertFails, runCommand } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';

describe('dtstream topics', () => {
  it('lists topics and groups of a log, before and after process', async (t) => {
    const cwd = tempFolder(t);
    const produce = ['produce', '--rate', 'max', '--limit', '3000', '--partitions', '3', '--quiet'];
    assert.equal((await runCommand(produce, { cwd })).code, 0);
    const report = async (): Promise<TopicsReport> => {
      const { code, stdout, stderr } = await runCommand(['topics', '--json'], { cwd });
      assert.deepEqual([code, stderr], [0, '']);
      return JSON.parse(stdout) as TopicsReport;
    };
    const before = await report();
    assert.deepEqual(
      before.topics.map(({ topic, messages, partitions }) => [topic, messages, partitions.length]),
      [['data_raw', 3000, 3]],
    );
    assert.deepEqual(before.groups, []);
    // Until the end, then more, so that there is a lag.
    const process = ['process', '--until-end', '--threads', '1', '--quiet'];
    assert.equal((await runCommand(process, { cwd })).code, 0);
    assert.equal((await runCommand(produce.with(4, '100'), { cwd })).code, 0);
    const after = await report();
    assert.deepEqual(
      after.topics.map(({ topic, messages }) => [topic, messages]),
      [['data_clean', 1], ['data_raw', 3100], ['data_rejected', 0]],
    ); // prettier-ignore
    const [{ group, topic, alive, lag, partitions }] = after.groups;
    assert.deepEqual([group, topic, alive, lag], ['dtstream', 'data_raw', false, 100]);
    assert.equal(partitions.reduce((sum, { read }) => sum + (read ?? 0), 0), 3000); // prettier-ignore
    const { stdout } = await runCommand(['topics'], { cwd });
    assert.match(stdout, /^embedded log \.dtstream\n\nTOPIC .*\ndata_clean +0 +0 +1 +1 +[\d.]+ kB\ndata_raw +0 /);
    assert.match(stdout, /\ndata_raw +all +3,100 +[\d.]+ kB\n/);
    assert.match(stdout, /\ndtstream +data_raw +all +100 +no\n$/);
  });

  it('says that there is no log, and makes none', async (t) => {
    const cwd = tempFolder(t);
    assertFails(await runCommand(['topics'], { cwd }), 1, /cannot open \.dtstream: there is no log yet/);
    assert.ok(!existsSync(join(cwd, '.dtstream')));
  });

  it('reads how far a group is, also of a foreign commit, of none, and of what was deleted since', () => {
    const partitions = [0, 1, 2].map((partition) => {
      return { partition, first: 100, end: 1000, ...(partition === 2 && { undecided: 7 }) };
    });
    const committed = new Map([
      [0, { offset: 400, metadata: 'not ours' }],
      [1, { offset: 50, metadata: '' }],
    ]);
    const groups = [{ group: 'other', topic: 'data_raw', alive: true, committed }];
    const report = topicsReport('log', [{ topic: 'data_raw', bytes: 5_000_000, partitions }], groups);
    assert.deepEqual(
      report.groups[0].partitions.map(({ committed: own, read, ...state }) => [
        own,
        read,
        state.lag,
        state.waiting,
        state.lost,
      ]),
      [
        [400, 400, 600, 0, 0],
        [50, 50, 900, 0, 50],
        [null, null, 907, 7, 0],
      ],
    );
    assert.deepEqual([report.groups[0].lag, report.groups[0].lost], [2407, 50]);
    assert.equal(
      topicsTable(report).join('\n'),
      `log

TOPIC     PARTITION  FIRST    END  MESSAGES     SIZE
data_raw          0    100  1,000       900
data_raw          1    100  1,000       900
data_raw          2    100  1,000       900
data_raw        all                   2,700  5.00 MB

GROUP  TOPIC     PARTITION  COMMITTED  READ    END    LAG  WAITING  LOST  RUNNING
other  data_raw          0        400   400  1,000    600        0     0
other  data_raw          1         50    50  1,000    900        0    50
other  data_raw          2          -     -  1,000    907        7     0
other  data_raw        all                          2,407        7    50      yes`,
    );
  });
});
