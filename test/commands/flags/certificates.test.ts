import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertFails, runCli } from '../../helpers/program/cli.js';
import { skipCertificates } from '../../helpers/servers/certificates.js';
import { openUntrustedServer } from '../../helpers/servers/untrusted-server.js';
import { tempFolder } from '../../sources/temp-folder.js';

/** Turns the check off in programs that leave it to Node. */
const careless = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };

describe('a server that nobody trusts', { skip: skipCertificates }, () => {
  it('gets no password of Kafka', async (t) => {
    const server = await openUntrustedServer();
    t.after(() => server.close());
    const sasl = { DTSTREAM_KAFKA_SASL: 'plain', DTSTREAM_KAFKA_USER: 'me', DTSTREAM_KAFKA_PASSWORD: 'secret' };
    const env = { ...careless, ...sasl, DTSTREAM_KAFKA_TLS: 'true', DTSTREAM_BROKERS: `127.0.0.1:${server.port}` };
    const result = await runCli(['topics', '--broker-wait', '100ms'], { env });
    assertFails(result, 1, /cannot reach Kafka at .*: TLS failed, the authority of the certificate is not trusted/);
    const doctor = await runCli(['doctor', '--broker-wait', '100ms'], { env });
    assert.match(doctor.stdout, /^fail {2}brokers .*: TLS failed, the authority of the certificate is not trusted/m);
    assert.equal(server.bytesTaken(), 0);
  });

  it('gets no token of a machine that asks for credentials of S3', async (t) => {
    const server = await openUntrustedServer();
    t.after(() => server.close());
    const cwd = tempFolder(t, { token: 'of this machine' });
    const identity = { AWS_ROLE_ARN: 'arn:aws:iam::1:role/x', AWS_WEB_IDENTITY_TOKEN_FILE: 'token', AWS_REGION: 'x-1' };
    const env = { ...careless, ...identity, AWS_ENDPOINT_URL_STS: `https://127.0.0.1:${server.port}` };
    const result = await runCli(['process', 's3://runs/', '--summary'], { cwd, env });
    assertFails(result, 1, /cannot read s3:\/\/runs\/: .*(self-signed|signed by itself)/);
    assert.equal(server.bytesTaken(), 0);
  });
});
