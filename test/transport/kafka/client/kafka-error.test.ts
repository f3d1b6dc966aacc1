import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as kafkaJs from 'kafkajs/src/errors.js';
import { DtstreamError } from '../../../../src/errors.js';
import {
  connectionTrouble,
  errorType,
  failedAddress,
  isRetryable,
  kafkaError,
  protocolError,
  reasonOf,
  refusal,
} from '../../../../src/transport/kafka/client/kafka-error.js';
import { seedsFailure } from '../../../../src/transport/kafka/client/seeds-failed.js';

const connection = (code: string, message = 'anything, a timeout or a certificate'): Error =>
  new kafkaJs.KafkaJSConnectionError(message, { broker: 'b:9092', code });

describe('errors of Kafka', () => {
  it('are told by their type, whatever their message says', () => {
    const timeout = protocolError(50);
    assert.equal(errorType(timeout), 'INVALID_TRANSACTION_TIMEOUT');
    assert.match(reasonOf(timeout), /the brokers allow no transaction of 5 s \(transaction\.max\.timeout\.ms\)/);
    assert.equal(isRetryable(timeout), false);
    assert.match(reasonOf(protocolError(32)), /the clock of this machine is too far from that of the brokers/);
    assert.match(reasonOf(protocolError(87)), /cleanup\.policy/);
  });

  it('are told by the code of the system, of TLS and of the connection', () => {
    assert.equal(reasonOf(connection('ECONNREFUSED')), 'no broker answers there (connection refused)');
    assert.equal(reasonOf(connection('ETIMEDOUT')), 'no broker answers in time');
    assert.equal(connectionTrouble(connection('ECONNRESET')), 'closed');
    assert.equal(failedAddress(connection('ECONNRESET')), 'b:9092');
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT']) {
      assert.equal(isRetryable(connection(code)), true, code);
    }
    for (const [code, reason] of [
      ['CERT_HAS_EXPIRED', /has expired/],
      ['ERR_TLS_CERT_ALTNAME_INVALID', /for another host/],
      ['SELF_SIGNED_CERT_IN_CHAIN', /authority of the certificate is not trusted/],
      ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /requires a client certificate/],
      ['ERR_SSL_WRONG_VERSION_NUMBER', /takes no TLS/],
      ['ERR_SSL_SOMETHING_NEW', /^TLS failed, anything/],
    ] as const) {
      assert.match(reasonOf(connection(code)), reason);
      assert.equal(isRetryable(connection(code)), false, code);
    }
  });

  it('are found in what kafkajs wraps around them, and one that refuses counts before those that may pass', () => {
    const denied = protocolError(30);
    const wrapped = new kafkaJs.KafkaJSNonRetriableError(denied, { cause: denied });
    assert.equal(errorType(wrapped), 'GROUP_AUTHORIZATION_FAILED');
    assert.equal(isRetryable(wrapped), false);
    assert.equal(reasonOf(wrapped), 'the user may not use this group');
    const topics = [protocolError(5), protocolError(29)];
    const both = new kafkaJs.KafkaJSAggregateError('Topic creation errors', topics);
    assert.equal(reasonOf(both), 'the user may not use this topic');
    assert.equal(isRetryable(both), false);
  });

  it('become one line that says what was tried, and keep what is one already', () => {
    const error = kafkaError('read x', connection('ECONNREFUSED'));
    assert.equal(error.message, 'cannot read x: no broker answers there (connection refused)');
    assert.equal(error.retryable, true);
    assert.equal(kafkaError('write y', error), error);
    const named = kafkaError('read x', connection('ECONNRESET'), 'broker 2 (b:9092) is unreachable');
    assert.equal(named.message, 'cannot read x: broker 2 (b:9092) is unreachable');
    assert.equal(kafkaError('z', refusal('the user may not')).retryable, false);
    assert.ok(error instanceof DtstreamError);
  });
});

describe('a list of addresses that all fail', () => {
  const failed = (...codes: readonly string[]): { address: string; error: unknown }[] =>
    codes.map((code, index) => ({ address: `b${index}:1`, error: connection(code) }));

  it('is one reason where all have the same, else each with its own', () => {
    const same = seedsFailure(failed('ECONNREFUSED', 'ECONNREFUSED'), false);
    assert.equal(reasonOf(same), 'no broker answers there (connection refused)');
    const mixed = seedsFailure(failed('ECONNREFUSED', 'ENOTFOUND'), false);
    assert.equal(reasonOf(mixed), 'b0:1: no broker answers there (connection refused); b1:1: there is no such host');
  });

  it('may pass when one of them may, but not where no name is known or a broker refuses the user', () => {
    assert.equal(isRetryable(seedsFailure(failed('ENOTFOUND', 'ECONNREFUSED'), false)), true);
    assert.equal(isRetryable(seedsFailure(failed('ENOTFOUND', 'ENOTFOUND'), false)), false);
    assert.equal(isRetryable(seedsFailure(failed('ENOTFOUND'), false)), false);
    assert.equal(isRetryable(seedsFailure(failed('ENOTFOUND'), true)), true);
    assert.equal(isRetryable(seedsFailure(failed('EAI_AGAIN'), false)), true);
    assert.equal(isRetryable(seedsFailure(failed('CERT_HAS_EXPIRED', 'ECONNREFUSED'), false)), true);
    const refused = [...failed('ECONNREFUSED'), { address: 'c:1', error: protocolError(58) }];
    assert.equal(isRetryable(seedsFailure(refused, false)), false);
  });
});
