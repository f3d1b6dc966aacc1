import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';

/** Grows by some 100 MB of objects, lets go of them, and tells its heap as it was and as it becomes within ten seconds. */
const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(workerData.module).then(async ({ keepHeapSmall }) => {
    const end = workerData.isKept ? keepHeapSmall(50) : () => undefined;
    let lists = Array.from({ length: 1_000_000 }, (_, index) => [index]);
    const grown = process.memoryUsage().heapTotal;
    lists = undefined;
    let least = grown;
    const untilMs = performance.now() + (workerData.isKept ? 10_000 : 500);
    while (performance.now() < untilMs && least > grown / 2) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      least = Math.min(least, process.memoryUsage().heapTotal);
    }
    end();
    parentPort.postMessage({ grown, least });
  });
`;

async function heapOf(isKept: boolean): Promise<{ grown: number; least: number }> {
  const module = new URL('../../../src/commands/watch/small-heap.js', import.meta.url).href;
  const worker = new Worker(program, { eval: true, workerData: { module, isKept } });
  try {
    const [message] = (await once(worker, 'message')) as [{ grown: number; least: number }];
    return message;
  } finally {
    await worker.terminate();
  }
}

describe('a heap that is kept small', () => {
  it('returns memory that is no longer used; left alone, it keeps it', async () => {
    const left = await heapOf(false);
    assert.ok(left.least > left.grown / 2, `without: ${JSON.stringify(left)}`);
    const kept = await heapOf(true);
    assert.ok(kept.least <= kept.grown / 2, `with: ${JSON.stringify(kept)}`);
  });
});
