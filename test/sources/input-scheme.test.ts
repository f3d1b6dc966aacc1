import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { normalInput, pathOfFileUrl, refuseScheme } from '../../src/sources/input-scheme.js';

describe('normalInput', () => {
  test('S3 in any spelling is s3://', () => {
    for (const scheme of ['s3', 'S3', 's3a', 's3n', 'S3A']) {
      assert.equal(normalInput(`${scheme}://Bucket/a%20b/Key`), 's3://Bucket/a%20b/Key');
    }
  });

  test('a file URL is its path, whatever that has', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'grapheme', minLength: 1 }).map((part) => part.replace(/[/\0]/g, '_')),
          { minLength: 1 },
        ),
        (parts) => {
          const path = `/${parts.join('/')}`;
          const url = `file://${encodeURI(path).replaceAll('#', '%23')}`;
          assert.equal(normalInput(url), path);
        },
      ),
    );
    assert.equal(normalInput('FILE://localhost/runs/data_?.csv'), '/runs/data_?.csv');
    assert.equal(pathOfFileUrl('file:a%20b.csv'), 'a b.csv');
    assert.equal(pathOfFileUrl('a:b.csv'), undefined);
  });

  test('bytes that are not UTF-8 are as those of an argument', () => {
    assert.equal(normalInput('file:///run_%ff.csv'), '/run_\ufffd.csv');
  });

  test('a file of another machine and what is no escape are refused', () => {
    for (const url of ['file://host/a', 'file://', 'file:///a%2', 'file:///a%zz', 'file:///a%00b']) {
      assert.throws(() => normalInput(url), { code: 'usage', message: /^cannot read file:/ }, url);
    }
  });

  test('all else stays as it is', () => {
    for (const input of ['-', '', 'run.csv', 's3:b', 'file.csv', './s3://x', 'http://x', 'a://b', '/s3://b']) {
      assert.equal(normalInput(input), input);
    }
  });
});

describe('refuseScheme', () => {
  test('says how to read what is of another service', () => {
    const told: readonly [string, RegExp][] = [
      ['https://h/x.csv', /got https:\/\/; use curl -fsS https:\/\/h\/x\.csv \| dtstream process -$/],
      ['gs://b/x', /use gcloud storage cat gs:\/\/b\/x/],
      ['hdfs://n/x', /use hdfs dfs -cat hdfs:\/\/n\/x/],
      ['root://e//x', /use xrdcp root:\/\/e\/\/x -/],
      ['abfs://x', /copy it to a file, or pipe it to dtstream process -$/],
    ];
    for (const [input, message] of told) assert.throws(() => refuseScheme(input), { code: 'usage', message });
  });

  test('tells no password and no signature', () => {
    for (const url of [
      'https://user:secret@h/x',
      'https://u@s:secret@h/x',
      'http://h/x?sig=secret',
      'http://h#secret',
    ]) {
      assert.throws(() => refuseScheme(url), ({ message }: Error) => !message.includes('secret')); // prettier-ignore
    }
  });

  test('lets paths pass', () => {
    for (const input of ['run.csv', 'a:b', '/x//y', '*://x', 'file:run.csv']) refuseScheme(input);
  });
});
