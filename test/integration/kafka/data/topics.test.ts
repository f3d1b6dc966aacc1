import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { assertFails, cliPath, runCli } from '../../../helpers/program/cli.js';
import { skipKafka } from '../../../helpers/servers/kafka-broker.js';
import { closeTerminals, openTerminal, withoutTmux } from '../../../helpers/terminal/tmux.js';
import { batchOf } from '../../../transport/records.js';
import { kafkaLine } from '../line.js';
import { endOf, type KafkaPipeline, stderrSays } from '../pipeline.js';

const rows = 3000;
const done = { code: 0, signal: null };

describe('topics of Kafka', { skip: skipKafka }, () => {
  const { pipeline, log } = kafkaLine(rows);
  after(closeTerminals);

  const partitionsOf = async (topic: string): Promise<number | undefined> =>
    (await log().topics([topic])).at(0)?.partitions.length;

  /** A topic of its own that is made with what is in it. */
  const watched = (): { run: KafkaPipeline; topic: string; make: (...values: readonly string[]) => Promise<void> } => {
    const run = pipeline();
    const { topic } = run;
    const make = async (...values: readonly string[]): Promise<void> => {
      await log().createTopics([{ topic, partitions: 1, replicationFactor: 1 }]);
      const writer = await log().openWriter(topic);
      await writer.append([batchOf(0, values)]);
      await writer.close();
    };
    return { run, topic, make };
  };

  it('keep their settings, and the user hears of those that were asked for in vain', async () => {
    const run = pipeline();
    assert.deepEqual(await endOf(run.produce('--rate', 'max')), done);
    const again = run.produce('--again', '--limit', '1', '--partitions', '7', '--replication-factor', '3');
    const { code, stderr } = await again.result();
    const line = `dtstream: ${run.topic} keeps its 4 partitions and 1 copy; 7 partitions and 3 copies would need --recreate-topics\n`;
    assert.deepEqual([code, stderr], [0, line]);
  });

  it('are not deleted without a terminal to ask on, but by --yes, and groups begin anew', async () => {
    const run = pipeline();
    assert.deepEqual(await endOf(run.produce('--rate', 'max', '--rows-per-message', '10')), done);
    assert.deepEqual(await endOf(run.process('--until-end')), done);
    const refused = await run.produce('--recreate-topics', '--partitions', '2').result();
    const rule =
      /--recreate-topics would delete raw-\S+ \(4 partitions, [\d,]+ messages\): without a terminal .* needs --yes/;
    assertFails(refused, 2, rule);
    assert.equal(await partitionsOf(run.topic), 4);
    assert.deepEqual(
      await endOf(run.produce('--recreate-topics', '--yes', '--partitions', '2', '--rate', 'max')),
      done,
    );
    assert.equal(await partitionsOf(run.topic), 2);
    await run.assertExact();
  });

  it('are watched on when they were deleted and made anew, from the beginning', async () => {
    const { topic, run, make } = watched();
    await make('0', '1', '2');
    const watch = run.start('watch', '--json', '--from', 'earliest', '--topic', topic);
    for (const value of ['0', '1', '2']) assert.equal(await watch.nextLine(), value);
    await log().deleteTopics([topic]);
    await stderrSays(watch, /waiting for|was deleted/);
    await make('3', '4');
    for (const value of ['3', '4']) assert.equal(await watch.nextLine(), value);
    await log().deleteTopics([topic]);
    await make('5');
    assert.equal(await watch.nextLine(), '5');
    await run.stop(watch);
    const { stderr } = await watch.result();
    assert.equal(stderr.match(/starting over with the new messages/g)?.length, 2, stderr);
  });

  it('are known for others when they were made anew and hold more by then than was read', async () => {
    const { topic, run, make } = watched();
    await make('0', '1', '2');
    const watch = run.start('watch', '--json', '--from', 'earliest', '--topic', topic);
    for (const value of ['0', '1', '2']) assert.equal(await watch.nextLine(), value);
    // Nothing of the change is seen while it happens.
    watch.child.kill('SIGSTOP');
    await log().deleteTopics([topic]);
    await make('3', '4', '5', '6', '7');
    const noticed = stderrSays(watch, /was deleted and recreated.*starting over/);
    watch.child.kill('SIGCONT');
    await noticed;
    // Brokers are asked for records by name and offset: what stands behind the old place may come first, and then again.
    let line = await watch.nextLine();
    for (; line !== '3'; line = await watch.nextLine()) assert.ok(['6', '7'].includes(line ?? ''), line);
    for (const value of ['4', '5', '6', '7']) assert.equal(await watch.nextLine(), value);
    await run.stop(watch);
  });

  it('are not deleted while a group is at work on them', async () => {
    const run = pipeline();
    assert.deepEqual(await endOf(run.produce('--rate', 'max')), done);
    const member = run.process();
    await run.published();
    const refused = await run.produce('--recreate-topics', '--yes').result();
    assertFails(refused, 2, /cannot delete raw-\S+: group group-\S+ is running/);
    await run.stop(member);
    await run.assertExact();
  });

  it('are deleted on a terminal only when the user says yes', { skip: withoutTmux }, async () => {
    const run = pipeline();
    assert.deepEqual(await endOf(run.produce('--rate', 'max')), done);
    const terminal = openTerminal('recreate', { columns: 160 });
    const produce = `produce --limit 5 --rate max --topic ${run.topic} --partitions 3 --recreate-topics`;
    const command = `clear; '${process.execPath}' '${cliPath}' ${produce} --brokers ${run.brokers}; echo rc=$?`;
    terminal.type(command);
    await terminal.until(/delete raw-\S+ \(4 partitions, [\d,]+ messages\)\? \[y\/N\]/);
    terminal.press('Enter');
    assert.match(await terminal.until(/rc=\d/), /nothing was deleted: raw-\S+ \(4 partitions.*stays[^]*rc=2/);
    assert.equal(await partitionsOf(run.topic), 4);
    terminal.type(command);
    await terminal.until(/\[y\/N\]/);
    terminal.type('y');
    await terminal.until(/rc=0/);
    const [state] = await log().topics([run.topic]);
    assert.equal(state.partitions.length, 3);
    assert.equal(
      state.partitions.reduce((sum, { end }) => sum + end, 0),
      5,
    );
  });

  it('deleted under produce and process end both with one line, and both begin anew when they are back', async () => {
    const run = pipeline();
    const produce = run.produce('--rate', '500');
    const member = run.process();
    await run.published();
    await log().deleteTopics([run.topic]);
    const [processed, produced] = await Promise.all([member.result(), produce.result()]);
    assert.match(processed.stderr, /dtstream: cannot [^\n]+: the topic does not exist\n$/);
    assert.equal(processed.code, 1);
    assertFails(
      produced,
      1,
      /^dtstream: cannot [^\n]* raw-\S+[^\n]*: the topic does not exist(; the last \d+ messages? [^\n]*)?\n$/,
    );
    assert.deepEqual(await endOf(run.produce('--rate', 'max')), done);
    await run.assertExact();
  });

  it('of results are made anew by process', async () => {
    const run = pipeline();
    assert.deepEqual(await endOf(run.produce('--rate', 'max')), done);
    const flags = ['--recreate-topics', '--yes', '--until-end', '--reset'];
    assert.deepEqual(await endOf(run.process(...flags)), done);
    await run.assertEqual(rows);
  });

  it('missing under process are waited for', async () => {
    const run = pipeline();
    const member = run.process();
    await stderrSays(member, /waiting for topic raw-/);
    assert.deepEqual(await endOf(run.produce('--rate', 'max')), done);
    await run.published();
    await run.stop(member);
    await run.assertExact();
  });
});

describe('topics of an embedded log', () => {
  it('are not made anew by a flag', async () => {
    const result = await runCli(['produce', '--limit', '1', '--recreate-topics', '--yes']);
    assertFails(result, 2, /--recreate-topics needs --brokers; to start over with an embedded log, delete its folder/);
  });
});
