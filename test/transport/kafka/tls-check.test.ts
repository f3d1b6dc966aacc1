import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspectKafka } from '../../../src/transport/kafka/topics/inspect-kafka.js';
import { openKafkaLog } from '../../../src/transport/kafka/kafka-log.js';
import { type KafkaLogOptions, resolveKafkaOptions } from '../../../src/transport/kafka/client/kafka-options.js';
import { skipCertificates } from '../../helpers/servers/certificates.js';
import { openUntrustedServer, type UntrustedServer } from '../../helpers/servers/untrusted-server.js';

describe('a broker whose certificate nobody trusts', { skip: skipCertificates }, () => {
  const careless = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  let server: UntrustedServer;
  before(async () => {
    server = await openUntrustedServer();
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  });
  after(() => {
    if (careless === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = careless;
    server.close();
  });
  const options = (): KafkaLogOptions => ({
    brokers: [`127.0.0.1:${server.port}`],
    security: { tls: {}, sasl: { mechanism: 'plain', username: 'me', password: 'secret' } },
    connectWaitMs: 100,
  });

  it('is told nothing, whatever the environment says', async () => {
    const refused = {
      code: 'transport',
      message: /^cannot reach Kafka at .*: TLS failed, the authority of the certificate is not trusted/,
    };
    await assert.rejects(openKafkaLog(options()), refused);
    await assert.rejects(
      inspectKafka(options(), {
        topic: 'data_raw',
        results: 'data_clean',
        rejected: 'data_rejected',
        group: 'dtstream',
      }),
      refused,
    );
    assert.equal(server.bytesTaken(), 0);
  });

  it('is refused on every connection that the options are for', () => {
    assert.deepEqual(resolveKafkaOptions(options()).security.tls, { rejectUnauthorized: true });
    assert.equal(resolveKafkaOptions({ brokers: [] }).security.tls, undefined);
  });
});
