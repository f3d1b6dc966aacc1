import assert from 'node:assert/strict';
import { plainReading } from '../../src/domain/text-reading.js';
import { appendFileSync, closeSync, openSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { filesInput } from '../../src/commands/produce/input.js';
import type { ComputePool } from '../../src/compute/pool.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { processDirect } from '../../src/pipeline/direct/direct.js';
import { ProduceRun } from '../../src/pipeline/produce/produce.js';
import { expandInputs } from '../../src/sources/expand-inputs.js';
import { openAll } from '../../src/sources/open-source.js';
import { openSimulator } from '../../src/sources/simulator/simulator.js';
import { directPool } from '../helpers/program/direct.js';
import { readAll } from '../sources/read-all.js';
import { tempFolder } from '../sources/temp-folder.js';
import { MemoryWriter, realClock } from './produce/rows.js';

/** What may happen to a file of which a part was read, and what is said then. */
const changes: readonly [what: string, change: (path: string, bytes: Buffer) => void, message: RegExp][] = [
  ['cut', (path, { length }) => truncateSync(path, length >> 1), /: (at offset \d+: )?truncated while being read, /],
  ['cut off before all of it', (path) => truncateSync(path, 0), /: (at offset \d+: )?truncated while being read, /],
  ['replaced', (path, bytes) => { writeFileSync(`${path}.new`, bytes); renameSync(`${path}.new`, path); }, /: replaced while being read, /],
  ['overwritten in place', overwrite, /: modified while being read, /],
]; // prettier-ignore

function failOn(message: string): void {
  assert.fail(message);
}

function overwrite(path: string): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, '9', 100);
  closeSync(fd);
}

describe('a file that changes while it is read', () => {
  let csv: Buffer;
  let pool: ComputePool;
  before(async () => {
    csv = await readAll(openSimulator({ rows: 200_000, seed: 3 }));
    pool = directPool();
  });
  after(() => pool.close());

  /** Rows that direct mode publishes of a file that changes once its first batch is done, and how it ended. */
  async function direct(path: string, change: () => void, warn: (message: string) => void = failOn) {
    const files = await expandInputs([path]);
    const sources = openAll(files, { format: 'auto', warn: ({ message }) => warn(message) });
    let rows = 0;
    let failure: unknown;
    try {
      const options = { geometry: defaultGeometry, lateness: 4096, batchRows: 2000, detail: 'none' } as const;
      for await (const { message } of processDirect(sources, pool, { ...options, producer: 'a/0', now: () => 0 })) {
        if (rows === 0) change();
        rows += message.ledger.rows_read;
      }
    } catch (error) {
      failure = error;
    }
    return { rows, failure };
  }

  /** The same of produce, once its first rows are written. */
  async function produced(path: string, change: () => void, warn: (message: string) => void = failOn) {
    const files = await expandInputs([path]);
    let rows = 0;
    const writer = new MemoryWriter({
      onAppend: (count) => {
        if (rows === 0) change();
        rows += count;
      },
    });
    const input = filesInput([path], files, {
      format: 'auto',
      reading: plainReading,
      warn: ({ message }) => warn(message),
    });
    const run = new ProduceRun(input, writer, {
      ...{ partitions: 1, partitionBy: 'orbit', encoding: 'csv', rowsPerMessage: 1000, pace: Infinity },
      ...{ rowsMax: Infinity, lingerMs: 0, appendBytes: 1 << 16, loop: false, resume: undefined },
      clock: realClock,
      signal: new AbortController().signal,
    });
    const failure: unknown = await run.run().then(() => undefined, (error: unknown) => error); // prettier-ignore
    return { rows, failure };
  }

  function inFile(t: TestContext, name: string, bytes: Uint8Array): string {
    return join(tempFolder(t, { [name]: bytes }), name);
  }

  for (const [read, what] of [
    [direct, 'direct mode'],
    [produced, 'produce'],
  ] as const) {
    // prettier-ignore
    for (const [title, change, message] of changes) {
      it(`is an error of ${what} after its rows when it is ${title}`, async (t) => {
        const path = inFile(t, 'a.csv', csv);
        const { rows, failure } = await read(path, () => change(path, csv));
        assert.match(String(failure), message);
        assert.ok(rows > 0 && rows <= 200_000);
      });
    }

    it(`is an error of ${what}, packed or in other columns`, async (t) => {
      const columns = csv.toString().replaceAll(',', ';');
      for (const [name, bytes] of [['a.csv.gz', gzipSync(csv, { level: 0 })], ['b.csv', Buffer.from(columns)]] as const) {
        const path = inFile(t, name, bytes);
        const { failure } = await read(path, () => changes[2][1](path, bytes));
        assert.match(String(failure), changes[2][2]);
      }
    }); // prettier-ignore

    it(`is read on by ${what} when it grows, with a warning`, async (t) => {
      const path = inFile(t, 'a.csv', csv);
      const warnings: string[] = [];
      const { rows, failure } = await read(path, () => appendFileSync(path, '2,0,1,5,3,4\n'), (text) => warnings.push(text));
      assert.deepEqual([rows, failure], [200_001, undefined]);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0], /a\.csv: grew from \d+ to \d+ bytes while being read, and was read up to byte \d+$/);
    }); // prettier-ignore
  }
});
