import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addressText,
  brokerAddressOf,
  brokersIn,
  decodeHost,
  encodeSeed,
} from '../../../../src/transport/kafka/client/broker-address.js';

describe('addresses of brokers', () => {
  it('are host:port, with brackets around those of IPv6', () => {
    assert.deepEqual(brokersIn('a:1, b.example:9092,[::1]:9092,[fe80::1%eth0]:65535'), [
      'a:1',
      'b.example:9092',
      '[::1]:9092',
      '[fe80::1%eth0]:65535',
    ]);
    assert.deepEqual(brokerAddressOf('[::1]:9092'), { host: '::1', port: 9092 });
    assert.equal(addressText({ host: '::1', port: 9092 }), '[::1]:9092');
    assert.equal(addressText({ host: 'a', port: 1 }), 'a:1');
  });

  it('pass kafkajs, which splits them at the first colon', () => {
    const [host, port] = encodeSeed('[fd00::a:1]:9092').split(':');
    assert.deepEqual([decodeHost(host), port], ['fd00::a:1', '9092']);
    assert.equal(encodeSeed('broker:9092'), 'broker:9092');
  });

  it('are no list when one of them is none', () => {
    for (const list of ['', 'a', 'a:0', 'a:65536', 'a:1,', '::1:9092', 'http://a:1', 'a b:1', 'amy:SECRET@host:9092']) {
      assert.equal(brokersIn(list), undefined, list);
    }
  });
});
