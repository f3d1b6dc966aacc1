import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { rootCertificates } from 'node:tls';
import { kafkaSecurity } from '../../../src/commands/flags/kafka-security.js';

const [authority] = rootCertificates;

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
    const config = { tls: { ca: file('ca.pem', authority) }, sasl };
    assert.deepEqual(await kafkaSecurity({}, config), {
      tls: { ca: authority },
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

  it('takes only files that hold what they should, and names one that does not', async () => {
    const two = file('two.pem', `# comment\n${authority}\n${rootCertificates[1]}\n`);
    assert.ok((await kafkaSecurity({ DTSTREAM_KAFKA_CA: two })).tls?.ca?.startsWith('# comment'));
    const none = file('none.pem', 'no certificate\n');
    const config = { code: 'config' };
    await assert.rejects(kafkaSecurity({ DTSTREAM_KAFKA_CA: none }), {
      ...config,
      message: `cannot use ${none}: it must hold certificates as PEM text, got none`,
    });
    const lines = authority.split('\n');
    const cut = file('cut.pem', `${rootCertificates[1]}\n${[...lines.slice(0, 3), lines.at(-1)].join('\n')}\n`);
    await assert.rejects(kafkaSecurity({ DTSTREAM_KAFKA_CA: cut }), {
      ...config,
      message: `cannot use ${cut}: it must hold certificates as PEM text, but number 2 is damaged`,
    });
    const cert = file('own.pem', authority);
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'prime256v1',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const key = file('own.key', privateKey);
    await assert.rejects(kafkaSecurity({ DTSTREAM_KAFKA_CERT: cert, DTSTREAM_KAFKA_KEY: key }), {
      ...config,
      message: /cannot use .*own\.key: it must hold the private key .*, got the key of another certificate$/,
    });
    await assert.rejects(kafkaSecurity({ DTSTREAM_KAFKA_CERT: cert, DTSTREAM_KAFKA_KEY: none }), {
      ...config,
      message: /cannot use .*none\.pem: .*, got none that can be read$/,
    });
  });
});
