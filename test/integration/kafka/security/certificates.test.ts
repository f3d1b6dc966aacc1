import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type CertificateFiles,
  pemOf,
  selfSigned,
  signedBy,
  skipCertificates,
} from '../../../helpers/servers/certificates.js';
import { assertFails, type CliResult, runCli } from '../../../helpers/program/cli.js';
import { type KafkaBroker, skipKafka, startBroker } from '../../../helpers/servers/kafka-broker.js';

/** A failure that no retry helps is known at once, not after the time to wait for brokers. */
const failMsMax = 9000;

describe('certificates of Kafka', { skip: skipKafka || skipCertificates }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-kafka-certificates-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  let authority: CertificateFiles;
  let other: CertificateFiles;
  /** Wants a certificate of its clients. */
  let broker: KafkaBroker;
  before(async () => {
    authority = selfSigned(dir, 'authority');
    other = selfSigned(dir, 'other');
    broker = await brokerWith(signedBy(authority, dir, 'broker'), { 'ssl.client.auth': 'required' });
  });
  after(async () => {
    await broker.close();
    rmSync(dir, { recursive: true });
  });

  /** A broker that shows this certificate, and takes clients with one of the authority. */
  const brokerWith = (own: CertificateFiles, settings = {}): Promise<KafkaBroker> =>
    startBroker({
      settings: {
        'listener.security.protocol.map': 'CLIENT:SSL,CONTROLLER:PLAINTEXT',
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': file('broker-store.pem', pemOf(own.key, own.cert)),
        'ssl.truststore.type': 'PEM',
        // Its own as well: a broker checks at its start that it trusts itself, whatever the date.
        'ssl.truststore.location': file('broker-trust.pem', pemOf(authority.cert, own.cert)),
        ...settings,
      },
    });
  const ask = async (of: KafkaBroker, env: Readonly<Record<string, string>>): Promise<CliResult> => {
    const fromMs = performance.now();
    const result = await runCli(['topics', '--brokers', of.brokers], { env });
    assert.ok(performance.now() - fromMs < failMsMax, `took ${performance.now() - fromMs} ms`);
    return result;
  };
  const withCertificate = ({ cert, key }: CertificateFiles): Readonly<Record<string, string>> => ({
    DTSTREAM_KAFKA_CA: authority.cert,
    DTSTREAM_KAFKA_CERT: cert,
    DTSTREAM_KAFKA_KEY: key,
  });

  it('of ours let us in where the broker wants one, and each that does not is named', async () => {
    const own = withCertificate(signedBy(authority, dir, 'client'));
    const flags = ['--brokers', broker.brokers, '--quiet'];
    const produced = await runCli(['produce', '--limit', '500', '--rate', 'max', ...flags], { env: own });
    assert.deepEqual([produced.code, produced.stderr], [0, '']);
    const processed = await runCli(['process', '--until-end', '--threads', '1', ...flags], { env: own });
    assert.deepEqual([processed.code, processed.stderr], [0, '']);

    const none = await ask(broker, { DTSTREAM_KAFKA_CA: authority.cert });
    assertFails(
      none,
      1,
      /cannot reach Kafka at \S+: TLS failed, the broker requires a (valid )?client certificate \(DTSTREAM_KAFKA_CERT and _KEY\)/,
    );
    const refused = /cannot reach Kafka at \S+: TLS failed, the broker requires a valid client certificate/;
    assertFails(await ask(broker, withCertificate(signedBy(other, dir, 'stranger'))), 1, refused);
    assertFails(await ask(broker, withCertificate(signedBy(authority, dir, 'old', -1))), 1, refused);
  });

  it('of authorities are those of the file that was given, and one that holds none is refused', async () => {
    const unknown = /: TLS failed, the authority of the certificate is not trusted \(name it with DTSTREAM_KAFKA_CA\)/;
    assertFails(await ask(broker, { DTSTREAM_KAFKA_CA: other.cert }), 1, unknown);
    const noCa = await ask(broker, { DTSTREAM_KAFKA_CA: file('no.pem', 'no certificate\n') });
    assertFails(noCa, 1, /cannot use \S+no\.pem: it must hold certificates as PEM text, got none/);
  });

  it('of the broker that have expired are named', async (t) => {
    const expiredBroker = await brokerWith(signedBy(authority, dir, 'expired', -1));
    t.after(() => expiredBroker.close());
    const expired = /cannot reach Kafka at \S+: TLS failed, the certificate of the broker has expired/;
    assertFails(await ask(expiredBroker, { DTSTREAM_KAFKA_CA: authority.cert }), 1, expired);
    const doctor = await runCli(['doctor', '--brokers', expiredBroker.brokers], {
      env: { DTSTREAM_KAFKA_CA: authority.cert },
    });
    assert.match(doctor.stdout, /^fail {2}brokers .*: TLS failed, the certificate of the broker has expired/m);
  });
});
