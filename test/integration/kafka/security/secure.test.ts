import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openKafkaLog } from '../../../../src/transport/kafka/kafka-log.js';
import { type SaslMechanism, saslMechanisms } from '../../../../src/transport/kafka/client/kafka-options.js';
import { assertFails, runCli } from '../../../helpers/program/cli.js';
import {
  type KafkaBroker,
  kafkaVersions,
  skipKafka,
  startBroker,
  testUser,
} from '../../../helpers/servers/kafka-broker.js';

describe('Kafka of the line before, with TLS and SASL', { skip: skipKafka }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-secure-'));
  let broker: KafkaBroker;
  let ca: string;
  before(async () => {
    broker = await startBroker({ version: kafkaVersions.previous, security: 'sasl-tls' });
    ca = broker.ca ?? '';
  });
  after(async () => {
    await broker.close();
    rmSync(dir, { recursive: true });
  });

  const config = (name: string, user: { username: string; password: string }, mechanism = 'scram-sha-512'): string => {
    const write = (file: string, text: string): string => {
      writeFileSync(join(dir, file), text);
      return join(dir, file);
    };
    const passwordFile = write(`${name}.password`, user.password);
    const sasl = { mechanism, username: user.username, passwordFile };
    return write(`${name}.yaml`, JSON.stringify({ kafka: { tls: { ca: write('ca.pem', ca) }, sasl } }));
  };

  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const satisfies readonly SaslMechanism[]) {
    it(`is reached with ${mechanism}`, async () => {
      const log = await openKafkaLog({
        brokers: [broker.brokers],
        security: { tls: { ca }, sasl: { mechanism, ...testUser } },
      });
      assert.deepEqual(await log.topics(['none']), []);
      await log.close();
    });
  }

  it('carries the whole line', async () => {
    const flags = ['--brokers', broker.brokers, '--config', config('line', testUser)];
    const produced = await runCli(['produce', '--limit', '2000', '--rate', 'max', '--quiet', ...flags]);
    assert.deepEqual([produced.code, produced.stderr], [0, '']);
    const processed = await runCli(['process', '--until-end', '--quiet', '--threads', '1', ...flags]);
    assert.deepEqual([processed.code, processed.stderr], [0, '']);
  });

  it('refuses a wrong password, an unknown certificate and a user without permission in one line each', async () => {
    const at = ['--brokers', broker.brokers, '--config'];
    const wrong = { ...testUser, password: 'not the secret' };
    const refused = await runCli(['topics', ...at, config('wrong', wrong)]);
    assertFails(refused, 1, /^dtstream: cannot reach Kafka at .*: the user or the password is refused/);
    assert.doesNotMatch(refused.stderr, /not the secret/);
    const watched = await runCli(['watch', '--json', ...at, config('wrong', wrong)]);
    assertFails(watched, 1, /the user or the password is refused/);
    const plain = await runCli(['topics', '--broker-wait', '500ms', '--brokers', broker.brokers]);
    assertFails(plain, 1, /cannot reach Kafka at .*: the listener at \S+ wants TLS/);

    const unknownCa = join(dir, 'unknown.yaml');
    writeFileSync(unknownCa, 'kafka: { tls: true }');
    assertFails(
      await runCli(['topics', ...at, unknownCa]),
      1,
      /TLS failed, the authority of the certificate is not trusted/,
    );

    const guest = config('guest', { username: 'guest', password: 'guest-secret' }, 'plain');
    const process = await runCli(['process', '--until-end', ...at, guest]);
    assertFails(process, 1, /cannot look at topic data_raw: the user may not use this topic/);
    const produce = await runCli(['produce', '--limit', '1', ...at, guest]);
    assertFails(produce, 1, /the user may not use this topic/);
  });
});

describe('Kafka without protection', { skip: skipKafka }, () => {
  it('says in plain words that it takes no user', async (t) => {
    const broker = await startBroker();
    t.after(() => broker.close());
    for (const mechanism of saslMechanisms) {
      const env = {
        DTSTREAM_KAFKA_SASL: mechanism,
        DTSTREAM_KAFKA_USER: testUser.username,
        DTSTREAM_KAFKA_PASSWORD: testUser.password,
      };
      const result = await runCli(['topics', '--brokers', broker.brokers], { env });
      assertFails(result, 1, /cannot reach Kafka at .*: a user is set, but the listener takes none \(no SASL there\)/);
    }
    const fromMs = performance.now();
    const result = await runCli(['topics', '--brokers', broker.brokers], { env: { DTSTREAM_KAFKA_TLS: 'true' } });
    assertFails(result, 1, /cannot reach Kafka at .*: the listener at \S+ takes no TLS; turn it off/);
    assert.ok(performance.now() - fromMs < 9000, 'it is known at once, not after the time to wait for brokers');
  });
});
