import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { skipKafka } from '../../../helpers/servers/kafka-broker.js';
import { kafkaLine } from '../line.js';
import { endOf } from '../pipeline.js';

const rows = 6000;
const pollMs = 200;
const done = { code: 0, signal: null };
const flush = ['--flush-after', '500ms', '--idle', '200ms'];

describe('process --flush-after on Kafka', { skip: skipKafka }, () => {
  const { pipeline } = kafkaLine(rows);

  it('publishes what is open when nothing comes, once, also when it is killed after that', async () => {
    const run = pipeline();
    assert.deepEqual(await endOf(run.produce('--rate', 'max', '--limit', '2500', '--resume')), done);
    const process = run.process('--quiet', ...flush);
    const isFlushed = async (): Promise<boolean> => {
      const messages = await run.messages();
      const read = messages.reduce((sum, { ledger }) => sum + ledger.rows_read, 0);
      return read === 2500 && messages.at(-1)?.ledger.carried_out === 0;
    };
    // Looked at again and again: the last message may come between a look and the beginning of a wait for the next one.
    const signal = AbortSignal.timeout(60_000);
    while (!(await isFlushed())) await delay(pollMs, undefined, { signal });
    process.child.kill('SIGKILL');
    await process.result();
    assert.deepEqual(await endOf(run.produce('--rate', 'max', '--resume')), done);
    assert.deepEqual(await endOf(run.process('--until-end', '--quiet')), done);
    const verify = await run.start('verify', '--topic', run.topic, '--group', run.group, '--quiet').result();
    assert.match(verify.stdout, /^equal (except \d+ late orbits )?over 6,000 rows/);
    assert.equal(verify.code, 0);
    const late = (await run.messages()).reduce((sum, { late_hits }) => sum + late_hits, 0);
    // Only hits of the orbits around row 2500.
    assert.ok(late < 100, `${late} late hits`);
  });
});
