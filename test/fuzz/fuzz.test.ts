import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FuzzTask, runFuzz } from './run-fuzz.js';

/** A slice of what `npm run fuzz` does, another one each time. */
const seed = Date.now() % 2 ** 31;

describe('fuzzed input', () => {
  for (const [kind, until] of [
    ['rows', 100_000],
    ['batches', 3000],
  ] as const) {
    it(`of ${until} ${kind} has every row in the ledger, as the model has it`, async (t) => {
      const task: FuzzTask = { kind, seed, from: 0, until };
      t.diagnostic(`seed ${seed}`);
      const { batches, rows } = await runFuzz(task, () => undefined);
      assert.ok((kind === 'rows' ? rows : batches) >= until && rows > until / 2);
    });
  }
});
