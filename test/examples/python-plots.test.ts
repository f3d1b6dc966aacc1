import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { BatchMessage, Summary } from '../../src/domain/batch-message.js';
import { runCli, summaryOf } from '../helpers/program/cli.js';
import { skipKafka, startBroker } from '../helpers/servers/kafka-broker.js';
import { runExample, skipPython } from '../helpers/program/python.js';
import { assertDrawn } from './picture.js';

type PlottedSums = Pick<
  Summary,
  | 'batches'
  | 'hit_count'
  | 'hit_count_chamber'
  | 'orbits'
  | 'chambers'
  | 'channel_hits_chamber'
  | 'active_channels_chamber'
>;

describe('the programs of examples/python', { skip: skipPython }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-examples-'));
  const rows = join(dir, 'rows.csv');
  const picture = join(dir, 'chambers.png');
  let messages: BatchMessage[];
  let summary: Summary;

  before(async () => {
    const simulated = await runCli(['simulate', '--rows', '20000', '--seed', '4', '--out', rows, '--quiet']);
    assert.equal(simulated.code, 0, simulated.stderr);
    const flags = ['--threads', '1', '--quiet', '--batch-rows', '3000'];
    const { stdout } = await runCli(['process', rows, ...flags]);
    messages = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as BatchMessage); // prettier-ignore
    summary = summaryOf(await runCli(['process', rows, '--summary', ...flags]));
    assert.ok(messages.length > 3);
  });
  after(() => rmSync(dir, { recursive: true }));

  /** What a program prints, and the sums that it plots; it must draw a picture. */
  const plot = async (program: string, ...args: readonly string[]): Promise<{ said: string; sums: PlottedSums }> => {
    const sums = join(dir, 'sums.json');
    rmSync(picture, { force: true });
    const said = await runExample(`examples/python/${program}`, [...args, '--out', picture, '--sums', sums]);
    await assertDrawn(picture);
    return { said, sums: JSON.parse(readFileSync(sums, 'utf8')) as PlottedSums };
  };
  const plotFile = (plotted: readonly object[], ...args: readonly string[]) => {
    const file = join(dir, 'messages.ndjson');
    writeFileSync(file, plotted.map((message) => `${JSON.stringify(message)}\n`).join(''));
    return plot('plot_file.py', file, ...args);
  };
  const assertSums = (sums: PlottedSums, expected = summary): void => {
    const { batches, hit_count, hit_count_chamber, orbits, chambers } = expected;
    const { channel_hits_chamber, active_channels_chamber } = expected;
    assert.deepEqual(sums, {
      ...{ batches, hit_count, hit_count_chamber, orbits, chambers, channel_hits_chamber, active_channels_chamber },
    });
  };

  it('plot the sums of a file, with messages that come twice and keys that they do not know', async () => {
    const { said, sums } = await plotFile([...messages, ...messages.map((message) => ({ ...message, tomorrow: 1 }))]);
    assertSums(sums);
    assert.match(said, new RegExp(`${messages.length} messages, ${messages.length} duplicates ignored`));
  });

  it('plot messages of an older version and of a newer schema, and say so', async () => {
    const older = messages.map(({ chambers, channel_hits_chamber, ...message }) => {
      assert.ok(chambers !== undefined && channel_hits_chamber !== undefined);
      return { ...message, schema: 2 };
    });
    const { said, sums } = await plotFile(older);
    assertSums(sums);
    assert.match(said, /note: messages do not name their chambers/);
    assert.match(said, /note: schema 2 is newer than 1/);
  });

  it('plot one of several groups, and start over with a group that was reset', async () => {
    const other = messages.slice(0, 2).map((message) => ({ ...message, producer: 'shift/0' }));
    await assert.rejects(plotFile([...messages, ...other]), /choose one with --group; there are: dtstream, shift/);
    await assert.rejects(plotFile(messages, '--group', 'shfit'), /no group shfit; there are: dtstream/);
    const histories = ['old', 'new', 'old'].flatMap((history) => messages.map((message) => ({ ...message, history })));
    const { said, sums } = await plotFile([...other, ...histories], '--group', 'dtstream');
    assertSums(sums);
    assert.match(said, /note: the group was reset/);
  });

  it('add nothing up by channel that is of different geometries', async () => {
    const moved = messages[1].chambers?.map((chamber) => ({ ...chamber, fpga: 1 }));
    await assert.rejects(plotFile([messages[0], { ...messages[1], chambers: moved }]), /different geometries/);
  });

  it('plot a topic of Kafka, without a trace in it', { skip: skipKafka }, async () => {
    const broker = await startBroker();
    try {
      const kafka = ['--brokers', broker.brokers, '--quiet'];
      for (const line of [
        ['produce', rows, '--rate', 'max', ...kafka],
        ['process', '--until-end', '--threads', '1', ...kafka],
      ]) {
        const { code, stderr } = await runCli(line);
        assert.equal(code, 0, stderr);
      }
      for (let time = 0; time < 2; time++) {
        const { sums } = await plot('plot_kafka.py', broker.brokers);
        assertSums({ ...sums, batches: summary.batches });
      }
      const counts = join(dir, 'counts.json');
      const flags = ['--brokers', broker.brokers, '--counts', counts, '--out', picture];
      await runExample('examples/python/histograms.py', flags);
      const histograms = JSON.parse(readFileSync(counts, 'utf8')) as Record<string, number[]>;
      const { under, counts: bins, over } = summary.physics?.chambers[1].drift ?? {};
      assert.deepEqual(histograms['ch1/drift'], [under, ...(bins ?? []), over]);
      const { stdout } = await runCli(['topics', '--json', ...kafka.slice(0, 2)]);
      assert.ok(stdout.includes('"dtstream"') && !stdout.includes('"unused"'), stdout);
    } finally {
      await broker.close();
    }
  });
});
