import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  maskedAddress,
  maskedText,
  maskedValue,
  withoutSecrets,
} from '../../../src/commands/console/without-secrets.js';

describe('an address', () => {
  for (const [given, shown] of [
    ['https://s3.example.org:9000', 'https://s3.example.org:9000'],
    ['broker-1:9092,[::1]:9092', 'broker-1:9092,[::1]:9092'],
    ['https://me:hunter2@host:9000', 'https://********@host:9000'],
    ['https://me@host', 'https://********@host'],
    ['https://me:hunter2@host:99999', 'https://********@host:99999'],
    ['http//me:hunter2@host', '********@host'],
    ['https:/me:hunter2@host', '********@host'],
    ['https:\\\\me:hunter2@host', '********@host'],
    ['HTTPS://me:hunter2@host', 'HTTPS://********@host'],
    ['me:hunter2@host:9092', '********@host:9092'],
    ['me:hunter2%40host:9092', '********@host:9092'],
    ['a:9092,me:hunter2@host:9092', '********@host:9092'],
    ['https://me:hun@ter/hunter2@host', 'https://********@host'],
    ['https://me:hunter 2\nhunter2@host', 'https://********@host'],
    ['https://me:hunter2@', 'https://********@'],
    ['', ''],
  ] as const) {
    it(`given as ${JSON.stringify(given)} is shown as ${shown}`, () => {
      assert.equal(maskedAddress(given), shown);
      for (const flag of ['brokers', 's3-endpoint']) assert.equal(maskedValue(flag, given), shown);
    });
  }

  it('never shows what stands before its last @', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', 'https://', 'http//', 's3:', '//', 'a:1,'),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('host', 'h:99999', '[::1]:9092', 'h/path', ''),
        (before, secret, host) => {
          const shown = maskedAddress(`${before}user:<${secret}>@${host}`);
          assert.ok(shown.endsWith(`********@${host}`), shown);
          assert.doesNotMatch(shown, /[<>]|user/);
        },
      ),
    );
  });
});

describe('a line', () => {
  for (const [given, shown] of [
    ['cannot read https://me:hunter2@host/run.csv: not found', 'cannot read https://********@host/run.csv: not found'],
    ['s3n://KEY:hunter2@bucket/run', 's3n://********@bucket/run'],
    ['no connection to http://127.0.0.1:9000: refused', 'no connection to http://127.0.0.1:9000: refused'],
    ['cannot read s3://runs/me@lab/run.csv', 'cannot read s3://runs/me@lab/run.csv'],
    ['cannot read runs/12:30@lab.csv', 'cannot read runs/12:30@lab.csv'],
  ] as const) {
    it(`that says ${given} is shown as ${shown}`, () => assert.equal(withoutSecrets(given), shown));
  }

  for (const [given, shown] of [
    ["unknown option '--broker=me:hunter2@host:9092'", "unknown option '--broker=********@host:9092'"],
    ["unknown command 'me:hunter2@host'", "unknown command '********@host'"],
    ['got https://me:hun/ter2@host', 'got ********@host'],
    ['--brokers must be host:port, got ********@h:1', '--brokers must be host:port, got ********@h:1'],
    [
      'must be a number of rows per second, got https://me:hunter2@h',
      'must be a number of rows per second, got https://********@h',
    ],
  ] as const) {
    it(`of the command line that says ${given} is shown as ${shown}`, () => assert.equal(maskedText(given), shown));
  }
});
