import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { runCli } from '../../../helpers/program/cli.js';
import { skipKafka } from '../../../helpers/servers/kafka-broker.js';
import { kafkaLine } from '../line.js';
import { stderrSays } from '../pipeline.js';

describe('produce --acks on Kafka', { skip: skipKafka }, () => {
  const { broker, log, pipeline } = kafkaLine(200_000);

  const held = async (topic: string): Promise<number> => {
    const [{ partitions }] = await log().topics([topic]);
    return partitions.reduce((sum, { first, end }) => sum + end - first, 0);
  };

  for (const acks of ['all', '1', '0']) {
    it(`${acks} writes every row once, also the last ones before it ends`, async () => {
      for (const rows of [1, 100, 200_000]) {
        const topic = `acks-${randomUUID()}`;
        const to = ['--topic', topic, '--partitions', '4', '--brokers', broker().brokers];
        const result = await runCli([
          'produce',
          '--acks',
          acks,
          '--limit',
          String(rows),
          '--rate',
          'max',
          '--quiet',
          ...to,
        ]);
        assert.deepEqual([result.code, result.stderr], [0, '']);
        assert.equal(await held(topic), rows);
      }
    });
  }

  it('0 goes on after an outage, and says that messages may be missing', async () => {
    const run = pipeline();
    const produce = run.produce('--rate', '20k', '--acks', '0');
    await run.written(2000);
    await broker().kill();
    const said = stderrSays(
      produce,
      /cannot tell what raw-\S+ holds: a broker closed the connection, up to [\d,]+ messages/,
    );
    await broker().start();
    await said;
    const { code, stderr } = await produce.result();
    assert.equal(code, 1);
    const [, lost] = /up to ([\d,]+) messages sent with --acks 0 may be missing\n$/.exec(stderr) ?? [];
    const rows = await held(run.topic);
    assert.ok(rows <= 200_000 && rows >= 200_000 - Number(lost.replaceAll(',', '')), `${rows} rows, lost ${lost}`);
  });
});
