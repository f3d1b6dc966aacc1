import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { describe, it } from 'node:test';
import { assertFails, runCli } from '../../../helpers/program/cli.js';

/** A port of loopback where somebody listens who never says a word, or hangs up. */
async function silentPort(context: TestContext, { closes = false } = {}): Promise<number> {
  const server = createServer((socket) => {
    context.after(() => socket.destroy());
    if (closes) socket.on('error', () => undefined).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

describe('a Kafka that cannot be reached', () => {
  it('is named in one line when its host does not exist', async () => {
    const result = await runCli(['topics', '--brokers', 'nowhere.invalid:9092']);
    assertFails(result, 1, /^dtstream: cannot reach Kafka at nowhere\.invalid:9092: there is no such host/);
  });

  it('is given up after the time to wait when nobody listens', async () => {
    for (const command of [['produce', '--limit', '1'], ['process', '--until-end'], ['watch', '--once'], ['verify']]) {
      const result = await runCli([...command, '--quiet', '--brokers', '127.0.0.1:1', '--broker-wait', '300ms']);
      assertFails(result, 1, /^dtstream: cannot reach Kafka at 127\.0\.0\.1:1: no broker answers there/);
    }
  });

  it('is given up when it takes the connection and says nothing', async (context) => {
    const at = `127.0.0.1:${await silentPort(context)}`;
    const result = await runCli(['topics', '--brokers', at, '--broker-wait', '300ms']);
    assertFails(result, 1, new RegExp(`^dtstream: cannot reach Kafka at ${at}: no broker answers in time`));
  });

  it('is asked for TLS and SASL when it closes the connection at once', async (context) => {
    const at = `127.0.0.1:${await silentPort(context, { closes: true })}`;
    const result = await runCli(['topics', '--brokers', at, '--broker-wait', '300ms']);
    assertFails(result, 1, /: the broker closed the connection; does it want TLS, or SASL\?\n/);
  });
});
