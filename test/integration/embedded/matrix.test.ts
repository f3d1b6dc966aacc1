import { describe } from 'node:test';
import { withLog } from '../../pipeline/consume/lane-harness.js';
import { matrixTests } from '../common/matrix.js';

describe('every mix of layout, threads, shards and batches', () => {
  matrixTests({
    withPlace: (partitions, use) => withLog(partitions, (log) => use({ log, topic: 'data_raw', prefix: '' })),
  });
});
