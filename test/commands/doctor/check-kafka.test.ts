import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBrokerClock, checkBrokers, checkRights } from '../../../src/commands/doctor/check-kafka.js';
import { adviceFor } from '../../../src/commands/doctor/kafka-advice.js';
import {
  kafkaCommands,
  type KafkaCommand,
  type Right,
  rightsOf,
} from '../../../src/transport/kafka/rights/command-rights.js';
import { kafkaError, protocolError } from '../../../src/transport/kafka/client/kafka-error.js';

const names = { topic: 'data_raw', results: 'data_clean', rejected: 'data_rejected', group: 'dtstream' };
const nothing = new Map<KafkaCommand, readonly Right[]>(kafkaCommands.map((command) => [command, []]));

describe('what doctor says of rights in Kafka', () => {
  const missing = new Map(nothing).set('process', rightsOf('process', names).slice(-1));

  it('is ok where nothing is missing', () => {
    assert.deepEqual(new Set(checkRights({ missing: nothing }, undefined).map(({ state }) => state)), new Set(['ok']));
  });

  it('warns of a command that would not work, and fails where that one was asked for', () => {
    const found = checkRights({ missing }, undefined).find(({ check }) => check === 'rights of process');
    assert.equal(found?.state, 'warn');
    assert.equal(found.text, 'missing: Write on transactional ids dtstream-lane-…');
    assert.match(
      found.advice ?? '',
      /kafka-acls\.sh --add .* --operation Write --transactional-id dtstream-lane- --resource-pattern-type prefixed$/,
    );
    const [asked] = checkRights({ missing }, ['process']);
    assert.equal(asked.state, 'fail');
    assert.deepEqual(
      checkRights({ missing }, ['watch']).map(({ state }) => state),
      ['ok'],
    );
  });

  it('fails where no command would work', () => {
    const all = new Map(kafkaCommands.map((command) => [command, rightsOf(command, names)]));
    assert.deepEqual(new Set(checkRights({ missing: all }, undefined).map(({ state }) => state)), new Set(['fail']));
  });
});

describe('what doctor says of brokers', () => {
  it('names each that does not answer at the address that it advertises', () => {
    const at = (nodeId: number, isAnswering: boolean) => ({ nodeId, address: `b${nodeId}:9092`, isAnswering });
    assert.deepEqual(checkBrokers([at(1, true), at(2, true)]).state, 'ok');
    const found = checkBrokers([at(1, true), at(2, false), at(3, false)]);
    assert.equal(found.state, 'fail');
    assert.equal(found.text, 'broker 2 advertises b2:9092, broker 3 advertises b3:9092, which do not answer');
  });

  it('compares clocks where brokers tell theirs', () => {
    const states = (clockAheadMs: number | undefined) => checkBrokerClock({ clockAheadMs }).map(({ state }) => state);
    assert.deepEqual(states(undefined), []);
    assert.deepEqual(states(-1500), ['ok']);
    assert.deepEqual(states(10_000), ['warn']);
    assert.deepEqual(states(-10_000), ['warn']);
    assert.deepEqual(states(-3_700_000), ['fail']);
    // Brokers that are ahead of us refuse nothing.
    assert.deepEqual(states(3_700_000), ['warn']);
    assert.match(
      checkBrokerClock({ clockAheadMs: -3_700_000 })[0].text,
      /^the clock of this machine is 3700 s ahead of/,
    );
  });

  it('advises by the cause of a failure, not by its words', () => {
    const failed = (code: string) =>
      kafkaError('reach Kafka', Object.assign(new Error('password TLS timeout'), { code }));
    const advice = [
      ['CERT_HAS_EXPIRED', /a valid certificate/],
      ['ERR_TLS_CERT_ALTNAME_INVALID', /the name in the certificate/],
      ['ERR_SSL_WRONG_VERSION_NUMBER', /turn TLS off/],
      ['SELF_SIGNED_CERT_IN_CHAIN', /DTSTREAM_KAFKA_CA/],
      ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /DTSTREAM_KAFKA_CERT and _KEY/],
      ['ECONNREFUSED', /start the broker/],
      ['ENOTFOUND', /correct the name/],
    ] as const;
    for (const [code, pattern] of advice) assert.match(adviceFor(failed(code)), pattern);
    assert.match(adviceFor(kafkaError('reach Kafka', protocolError(58))), /DTSTREAM_KAFKA_USER/);
    assert.match(adviceFor(kafkaError('reach Kafka', protocolError(33))), /kafka\.sasl\.mechanism/);
  });
});
