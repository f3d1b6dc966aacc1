import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import { assertFails, runCommand } from '../../helpers/program/cli.js';
import { directPool } from '../../helpers/program/direct.js';
import { runSession, topics } from '../../pipeline/consume/lane-harness.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { batchOf } from '../../transport/records.js';

const pool = directPool({ threads: 1, shards: 1 });
after(() => pool.close());

describe('dtstream process with another number of lanes', () => {
  it('takes none of them while any of the old ones has hits open', async (context) => {
    const folder = tempFolder(context);
    const log = await openEmbeddedLog({ dir: folder });
    context.after(() => log.close());
    await log.createTopics([{ topic: topics.topic, partitions: 4, replicationFactor: 1 }]);
    const writer = await log.openWriter(topics.topic);
    // Of two lanes only the second has rows; of three the second would not have heard of it.
    await writer.append([batchOf(3, ['2,0,1,1000,0,5', '2,0,1,1001,0,5'])]);
    await runSession(log, pool, { lanes: 2, untilEnd: false, batchIntervalMs: 1 });
    await writer.append([batchOf(1, ['2,0,1,1000,0,5']), batchOf(2, ['2,0,1,1000,0,5'])]);
    await writer.close();
    const committed = (await log.groups()).map((group) => group.committed);
    const process = ['process', '--store', folder, '--group', topics.group, '--until-end', '--quiet', '--lanes'];
    assertFails(
      await runCommand([...process, '3']),
      2,
      /with --lanes 3: it has hits open from --lanes 2.* --lanes 2 \(or/,
    );
    assert.deepEqual((await log.groups()).map((group) => group.committed), committed); // prettier-ignore
    for (const lanes of ['2', '3', '1']) {
      const { code, stderr } = await runCommand([...process, lanes]);
      assert.equal(code, 0, stderr);
    }
    const verified = await runCommand(['verify', '--store', folder, '--group', topics.group]);
    assert.equal(verified.code, 0, verified.stdout);
  });
});

describe('dtstream process --until-end with more lanes than partitions', () => {
  it('ends when those that have a partition are at their end', async (context) => {
    const folder = tempFolder(context);
    const log = await openEmbeddedLog({ dir: folder });
    context.after(() => log.close());
    await log.createTopics([{ topic: topics.topic, partitions: 2, replicationFactor: 1 }]);
    const writer = await log.openWriter(topics.topic);
    await writer.append([batchOf(1, ['2,0,1,1000,0,5'])]);
    await writer.close();
    const args = ['process', '--store', folder, '--group', topics.group, '--until-end', '--quiet', '--lanes', '5'];
    const { code, stderr } = await runCommand(args);
    assert.equal(code, 0, stderr);
    const verified = await runCommand(['verify', '--store', folder, '--group', topics.group]);
    assert.equal(verified.code, 0, verified.stdout);
  });
});

describe('dtstream process with a lane that has never published', () => {
  it('says how many messages of it were deleted before, though the group has read others', async (context) => {
    const folder = tempFolder(context);
    const log = await openEmbeddedLog({ dir: folder, retentionPolicy: 'delete' });
    context.after(() => log.close());
    const spec = { partitions: 2, replicationFactor: 1, retentionBytes: 1_000_000 };
    await log.createTopics([{ topic: topics.topic, ...spec }]);
    const writer = await log.openWriter(topics.topic);
    await writer.append([batchOf(1, ['2,0,1,1000,0,5'])]);
    await runSession(log, pool, { lanes: 2 });
    const rows = Array.from({ length: 10_000 }, (_, row) => `2,0,1,${1000 + row},0,5`);
    for (let append = 0; append < 10; append++) await writer.append([batchOf(0, rows)]);
    await writer.close();
    const [{ partitions }] = await log.topics([topics.topic]);
    const deleted = partitions[0].first;
    assert.ok(deleted > 0);
    const args = ['process', '--store', folder, '--group', topics.group, '--until-end', '--quiet', '--lanes', '2'];
    const { code, stderr } = await runCommand(args);
    const what = `${deleted.toLocaleString('en-US')} messages of ${topics.topic} were deleted by retention before`;
    const line = `dtstream: ${what} group ${topics.group} read anything of their partitions\n`;
    assert.deepEqual([code, stderr.startsWith(line)], [0, true], stderr);
    assert.doesNotMatch((await runCommand(args)).stderr, /deleted/);
  });
});
