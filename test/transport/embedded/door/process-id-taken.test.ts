import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readerIds } from '../../../../src/transport/embedded/door/process-id-taken.js';

describe('the table of readers', () => {
  it('gives the ids of processes, without its head and whatever their state', () => {
    const table = '\t\tpid\t\t thread\t\t txnid\n         1 7fb833820c80 -\n     40123 7fb833820c80 144\n';
    assert.deepEqual(readerIds(table), [1, 40123]);
    assert.deepEqual(readerIds('(no active readers)\n'), []);
  });
});
