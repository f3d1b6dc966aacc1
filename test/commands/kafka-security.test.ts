import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { kafkaSecurity } from '../../src/commands/kafka-security.js';

describe('security of Kafka connections', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-security-'));
  const file = (name: string, text: string): string => {
    const path = join(dir, name);
    writeFileSync(path, text);
    return path;
  };
  after(() => rmSync(dir, { recursive: true }));

  it('is none when nothing asks for it', async () => {
    assert.deepEqual(await kafkaSecurity({}), {});
    assert.deepEqual(await kafkaSecurity({ DTSTREAM_KAFKA_TLS: 'false' }), {});
  });

  it('comes from the environment before the configuration file', async () => {
    const sasl = { mechanism: 'plain', username: 'other', passwordFile: file('password', 'from file\n') } as const;
    const config = { tls: { ca: file('ca.pem', 'CA') }, sasl };
    assert.deepEqual(await kafkaSecurity({}, config), {
      tls: { ca: 'CA' },
      sasl: { mechanism: 'plain', username: 'other', password: 'from file' },
    });
    const env = { DTSTREAM_KAFKA_SASL: 'SCRAM-SHA-512', DTSTREAM_KAFKA_USER: 'me', DTSTREAM_KAFKA_PASSWORD: 'secret' };
    assert.deepEqual((await kafkaSecurity(env, config)).sasl, {
      mechanism: 'scram-sha-512',
      username: 'me',
      password: 'secret',
    });
  });

  it('refuses a part without its other half, and never shows a password', async () => {
    const env = { DTSTREAM_KAFKA_PASSWORD: 'secret', DTSTREAM_KAFKA_SASL: 'plain' };
    await assert.rejects(kafkaSecurity(env), { code: 'config', message: /got no user \(DTSTREAM_KAFKA_USER\)$/ });
    await assert.rejects(kafkaSecurity({ DTSTREAM_KAFKA_SASL: 'md5' }), /must be one of plain, scram-sha-256/);
    await assert.rejects(kafkaSecurity({ DTSTREAM_KAFKA_CERT: file('cert.pem', 'C') }), /needs its key as well/);
    await assert.rejects(kafkaSecurity({ DTSTREAM_KAFKA_CA: join(dir, 'none') }), /cannot read .*none/);
  });
});
