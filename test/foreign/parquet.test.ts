import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runCli, summaryOf } from '../helpers/program/cli.js';
import { runPython, runPythonProgram, skipPython } from '../helpers/program/python.js';
import { tempFolder } from '../sources/temp-folder.js';

interface Found {
  readonly rows: number;
  /** By column. */
  readonly sums: readonly number[];
  /** By board and channel. */
  readonly hits: Readonly<Record<string, number>>;
  readonly orbits: number;
}

interface AllFound {
  readonly pandas: Found;
  readonly polars: Found;
  readonly duckdb: Found;
  readonly types: Readonly<Record<string, string>>;
}

const simulatedRows = 200_000;

/** A folder with simulated rows, none malformed, in `run.csv` and `run.parquet`. */
async function simulated(t: TestContext): Promise<string> {
  const cwd = tempFolder(t);
  for (const args of [
    ['simulate', '--rows', `${simulatedRows}`, '--malformed-share', '0', '--out', 'run.csv', '--quiet'],
    ['convert', 'run.csv', '--out', 'run.parquet', '--quiet'],
  ]) {
    const { code, stderr } = await runCli(args, { cwd });
    assert.deepEqual([code, stderr], [0, '']);
  }
  return cwd;
}

/** Runs what needs the Python packages; the test is skipped where they cannot be installed. */
async function withPython<T>(t: TestContext, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const isInstall = error instanceof Error && / -m (pip|venv) /.test(error.message);
    if (!isInstall || process.env.CI === 'true') throw error;
    t.skip('the Python packages of test/foreign cannot be installed here');
    return undefined;
  }
}

test('pandas, Polars and DuckDB find in Parquet what is in the rows', { skip: skipPython }, async (t) => {
  const cwd = await simulated(t);
  const said = await withPython(t, () => runPython('foreign', 'read_parquet.py', join(cwd, 'run.parquet')));
  if (said === undefined) return;
  const { pandas, polars, duckdb, types } = JSON.parse(said) as AllFound;
  const lines = readFileSync(join(cwd, 'run.csv'), 'utf8').trimEnd().split('\n').slice(1);
  const rows = lines.map((line) => line.split(',').map(Number));
  const hits: Record<string, number> = {};
  const orbits = new Set<number>();
  for (const [head, fpga, channel, orbit] of rows.filter((row) => row[0] === 2)) {
    assert.equal(head, 2);
    hits[`${fpga}:${channel}`] = (hits[`${fpga}:${channel}`] ?? 0) + 1;
    orbits.add(orbit);
  }
  const sums = [0, 1, 2, 3, 4, 5].map((field) => rows.reduce((sum, row) => sum + row[field], 0));
  const expected: Found = { rows: simulatedRows, sums, hits, orbits: orbits.size };
  assert.deepEqual(pandas, expected);
  assert.deepEqual(polars, expected);
  assert.deepEqual(duckdb, expected);
  const int = 'int32';
  assert.deepEqual(types, { HEAD: int, FPGA: int, TDC_CHANNEL: int, ORBIT_CNT: 'int64', BX_COUNTER: int, TDC_MEAS: 'float64' }); // prettier-ignore
});

test('Parquet of pandas, Polars, DuckDB and Arrow is read as the rows that it is of', { skip: skipPython }, async (t) => {
  const cwd = await simulated(t);
  const out = tempFolder(t);
  const written = await withPython(t, () => runPython('foreign', 'write_parquet.py', join(cwd, 'run.csv'), out));
  if (written === undefined) return;
  const names = readdirSync(out).sort();
  assert.equal(names.length, 12);
  const flags = ['--summary', '--threads', '2', '--quiet'];
  const expected = summaryOf(await runCli(['process', 'run.csv', ...flags], { cwd }));
  for (const name of names) {
    const processed = await runCli(['process', name, ...flags], { cwd: out });
    if (name === 'arrow-lz4.parquet') {
      assert.match(processed.stderr, /packed as LZ4(_RAW)?: write it with zstd, snappy, gzip, brotli or without compression/);
    } else {
      assert.deepEqual(summaryOf(processed), expected, name);
    }
  }
}); // prettier-ignore

test('the program of docs/convert.md counts the same three times', { skip: skipPython }, async (t) => {
  const cwd = await simulated(t);
  const page = readFileSync(new URL('../../../docs/convert.md', import.meta.url), 'utf8');
  const program = /^```python\n([^]*?)^```$/m.exec(page)?.[1];
  assert.ok(program !== undefined);
  writeFileSync(join(cwd, 'count.py'), program);
  const said = await withPython(t, () => runPythonProgram('foreign', join(cwd, 'count.py'), cwd));
  if (said === undefined) return;
  const [first, ...others] = said.trimEnd().split('\n');
  assert.match(first, /^\{0: \d{5}, 1: \d{5}\}$/);
  assert.deepEqual(others, [first, first]);
});
