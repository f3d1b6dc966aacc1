import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import { assertFails, runCommand } from '../../helpers/program/cli.js';
import { directPool } from '../../helpers/program/direct.js';
import { readMessages, runSession, topics } from '../../pipeline/consume/lane-harness.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { batchOf } from '../../transport/records.js';

const pool = directPool({ threads: 1, shards: 1 });
after(() => pool.close());

const otherTrigger = 'geometry: { triggers: [{ fpga: 0, channel: 200 }] }\n';

describe('dtstream process with another geometry', () => {
  it('refuses to continue a group, of which no lane reads anything; verify and doctor name the cause', async (context) => {
    const cwd = tempFolder(context);
    const run = (...args: string[]) => runCommand(args, { cwd });
    const produce = ['produce', '--limit', '500', '--rate', 'max', '--quiet', '--partitions', '3'];
    const process = ['process', '--until-end', '--quiet', '--lanes', '2'];
    assert.equal((await run(...produce)).code, 0);
    assert.equal((await run(...process)).code, 0);
    assert.equal((await run(...produce)).code, 0);
    writeFileSync(join(cwd, 'dtstream.yaml'), otherTrigger);

    assertFails(
      await run(...process),
      2,
      /group dtstream with geometry \w{12}: it counts with the default geometry \(\w{12}\).*--group, or start over with --reset\n$/,
    );
    assertFails(await run('verify'), 3, /cannot compare: the geometry must be that of group dtstream, the default /);
    const { stdout: report } = await run('doctor');
    assert.match(report, /^warn {2}geometry +group dtstream counts with the default geometry .*, but geometry \w+ is/m);
    const { stdout: groups } = await run('topics', '--json');
    assert.equal((JSON.parse(groups) as { groups: { lag: number }[] }).groups[0]?.lag, 500);

    assert.equal((await run(...process, '--group', 'other')).code, 0);
    assert.equal((await run(...process, '--reset')).code, 0);
    for (const group of ['dtstream', 'other']) {
      const { code, stdout } = await run('verify', '--group', group);
      assert.deepEqual([code, stdout.startsWith('equal over 1,000 rows')], [0, true], stdout);
    }
    assert.doesNotMatch((await run('doctor')).stdout, /geometry/);
    writeFileSync(join(cwd, 'dtstream.yaml'), otherTrigger.replace('200', '201'));
    assertFails(await run(...process), 2, /with geometry \w{12}: it counts with geometry \w{12};/);
  });

  it('takes over no lane', async (context) => {
    const log = await openEmbeddedLog({ dir: tempFolder(context) });
    context.after(() => log.close());
    await log.createTopics([{ topic: topics.topic, partitions: 2, replicationFactor: 1 }]);
    const writer = await log.openWriter(topics.topic);
    await writer.append([batchOf(0, ['2,0,1,1000,0,5', '2,0,1,1001,0,5'])]);
    await writer.close();
    await runSession(log, pool, { untilEnd: false, batchIntervalMs: 1 });
    const published = await readMessages(log);
    const geometry = { ...defaultGeometry, triggers: [] };
    await assert.rejects(runSession(log, pool, { geometry }), { code: 'usage', message: /it counts with the default/ });
    assert.deepEqual(await readMessages(log), published);
    await runSession(log, pool);
  });
});
