import { workerData } from 'node:worker_threads';
import { RandomSource } from '../helpers/random/random-source.js';
import { compressions } from '../../src/transport/kafka/writing/compression.js';
import { loadCodec } from '../../src/transport/kafka/protocol/codecs.js';
import { fuzzBatches } from './fuzz-batches.js';
import { fuzzRows } from './fuzz-rows.js';
import { type FuzzTask, tally } from './run-fuzz.js';

const { kind, seed, from, until, counts } = workerData as FuzzTask & { readonly counts: Float64Array };

for (const compression of compressions) await loadCodec(compression);
for (let number = from; ; number++) {
  counts[tally.number] = number;
  if ((kind === 'rows' ? counts[tally.rows] : counts[tally.batches]) >= until) break;
  const random = new RandomSource(Math.imul(seed, 0x9e3779b1) + number);
  const done = kind === 'rows' ? { batches: 0, rows: fuzzRows(random) } : await fuzzBatches(random);
  counts[tally.batches] += done.batches;
  counts[tally.rows] += done.rows;
}
