import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'node:test';
import type { RunningCli } from '../../../helpers/program/cli.js';
import { skipKafka } from '../../../helpers/servers/kafka-broker.js';
import { kafkaLine } from '../line.js';
import { endOf } from '../pipeline.js';

const rows = 100_000;
const done = { code: 0, signal: null };

describe('process --lateness all on Kafka', { skip: skipKafka }, () => {
  const { pipeline } = kafkaLine(rows);

  for (const [lanes, partitionBy] of [
    ['1', 'round-robin'],
    ['2', 'orbit'],
  ]) {
    it(`publishes rows by ${partitionBy} once with ${lanes} lanes, though it was killed before`, async () => {
      const run = pipeline();
      assert.deepEqual(await endOf(run.produce('--rate', 'max', '--partition-by', partitionBy)), done);
      const process = (): RunningCli =>
        run.start(
          ...['process', '--topic', run.topic, '--group', run.group, '--threads', '1', '--lanes', lanes, '--quiet'],
          ...['--until-end', '--lateness', 'all', '--orbit-detail', 'none'],
        );
      for (const ms of [1000, 2000, 3000]) {
        const killed = process();
        await sleep(ms);
        killed.child.kill('SIGKILL');
        await killed.result();
      }
      assert.deepEqual(await endOf(process()), done);
      const messages = await run.messages();
      assert.deepEqual(messages.map(({ producer }) => producer).sort(), Array.from({ length: Number(lanes) }, (_, lane) => `${run.group}/${lane}`)); // prettier-ignore
      assert.equal(messages.reduce((sum, { ledger }) => sum + ledger.rows_read, 0), rows); // prettier-ignore
      await run.assertEqual(rows);
    });
  }
});
