import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { assertFails } from '../../../helpers/program/cli.js';
import { skipKafka } from '../../../helpers/servers/kafka-broker.js';
import { readToEnd, valuesOf } from '../../../transport/records.js';
import { kafkaLine } from '../line.js';
import { endOf, type KafkaPipeline } from '../pipeline.js';

const rows = 20_000;
const done = { code: 0, signal: null };

describe('produce --resume on Kafka', { skip: skipKafka }, () => {
  const { pipeline, log, input } = kafkaLine(rows);

  /** Produces until some rows are there and stops it by a signal, twice, and then the rest. */
  const produceWithStops = async (run: KafkaPipeline, signal: NodeJS.Signals): Promise<void> => {
    for (const rowsBefore of [0, 6000]) {
      const produce = run.produce('--rate', '10k', '--resume');
      await run.written(rowsBefore + 1000);
      produce.child.kill(signal);
      await produce.result();
    }
    assert.deepEqual(await endOf(run.produce('--rate', 'max', '--resume')), done);
  };
  /** How often each row of the file is in the topic, less how often it is in the file, in the order of the file. */
  const surplus = async (run: KafkaPipeline): Promise<number[]> => {
    const reader = await log().openReader(run.topic, 'earliest');
    const counts = new Map<string, number>();
    for (const value of valuesOf(await readToEnd(reader, 'latin1'))) counts.set(value, (counts.get(value) ?? 0) + 1);
    await reader.close();
    const lines = readFileSync(input, 'latin1').trimEnd().split('\n').slice(1);
    for (const line of lines) counts.set(line, (counts.get(line) ?? 0) - 1);
    return lines.map((line) => counts.get(line) ?? 0);
  };

  it('goes on exactly after the last row when produce was stopped', async () => {
    const run = pipeline();
    await produceWithStops(run, 'SIGTERM');
    assert.deepEqual(
      (await surplus(run)).filter((count) => count !== 0),
      [],
    );
    await run.assertExact();
  });

  it('misses nothing and repeats one append at most when produce was killed', async () => {
    const run = pipeline();
    await produceWithStops(run, 'SIGKILL');
    const counts = await surplus(run);
    assert.ok(counts.every((count) => count >= 0));
    // What is repeated are rows that were together: once for each kill.
    const begins = counts.filter((count, row) => count > 0 && (counts[row - 1] ?? 0) === 0);
    assert.ok(begins.length <= 2, `${begins.length} pieces were repeated`);
    assert.deepEqual(await endOf(run.process('--until-end')), done);
    await run.assertEqual(rows + counts.filter((count) => count > 0).length);
  });

  it('ends one of two that go on with one input, and misses nothing', async () => {
    const run = pipeline();
    const first = run.produce('--rate', '3k', '--resume');
    await run.written(1000);
    const second = run.produce('--rate', '3k', '--resume');
    const results = await Promise.all([first.result(), second.result()]);
    const [left, ended] = results.sort((one, other) => (one.code ?? 0) - (other.code ?? 0));
    assert.equal(left.code, 0, left.stderr);
    assertFails(ended, 1, /another produce is writing this input; only one may do so/);
    const counts = await surplus(run);
    assert.ok(counts.every((count) => count === 0 || count === 1));
    const repeated = counts.filter((count) => count > 0).length;
    assert.ok(repeated < 9000, `${repeated} rows came twice: more than in a second or two`);
  });
});
