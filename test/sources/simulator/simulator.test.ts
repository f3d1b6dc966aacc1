import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Hit, csvHeader, formatHit } from '../../../src/domain/hit.js';
import { type SimulatorOptions } from '../../../src/sources/simulator/options.js';
import { malformedKinds } from '../../../src/sources/simulator/malformed.js';
import { openSimulator, simulateRows } from '../../../src/sources/simulator/simulator.js';
import { groupBy, isHit, readAll, simulateCsv, simulateWords, wellFormedRows } from './read-all.js';

const everything: SimulatorOptions = { malformedShare: 0.1, corruptOrbitShare: 0.01, restartAfterRows: [1500] };

/** The fate of one line of bytes by the rules of docs/semantics.md, written from that page, for the default geometry. */
function fateOf(line: string): string {
  const fields = line.split(',');
  if (fields.length !== 6) return 'fields';
  if (!fields.every((field) => /^[ \t]*[+-]?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?[ \t]*$/i.test(field))) return 'number';
  const [head, fpga, channel, orbit, bx, tdc] = fields.map(Number);
  if (head !== 2) return 'head';
  const isWhole = (value: number, max: number): boolean => Number.isInteger(value) && value >= 0 && value <= max;
  if (!isWhole(fpga, 7) || !isWhole(channel, 511) || !isWhole(orbit, 4294967295) || !isWhole(bx, 4095)) return 'range';
  if (tdc < 0 || tdc >= 32) return 'range';
  if (fpga === 1 && channel === 128) return 'scintillator';
  return fpga <= 1 && channel < 128 ? `chamber ${fpga * 2 + (channel >> 6)}` : 'channel';
}

test('same seed and options give the same bytes in reads of any sizes, another seed gives others', async () => {
  const expected = await simulateCsv({ ...everything, rows: 4000 });
  assert.notDeepEqual(await simulateCsv({ ...everything, rows: 4000, seed: 2 }), expected);
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 100_000 })), {
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(sizes, async (reads) => {
      const bytes = await readAll(openSimulator({ ...everything, rows: 4000 }), [...reads, 50_000]);
      assert.ok(bytes.equals(expected));
    }),
    { numRuns: 20 },
  );
});

test('a longer simulation begins with the bytes of a shorter one', async () => {
  const long = await simulateCsv({ ...everything, rows: 9000 });
  const short = await simulateCsv({ ...everything, rows: 4000 });
  assert.ok(long.subarray(0, short.length).equals(short));
});

test('CSV begins with the header, ends every line in LF and has the rows asked for', async () => {
  const text = (await simulateCsv({ rows: 1000 })).toString();
  const lines = text.split('\n');
  assert.equal(lines[0], csvHeader);
  assert.equal(lines.length, 1002);
  assert.equal(lines.at(-1), '');
  assert.equal((await simulateCsv({ rows: 0 })).toString(), `${csvHeader}\n`);
});

test('the tally is what counting the lines by the row rules gives, malformed rows of every kind included', async () => {
  const source = openSimulator({ ...everything, rows: 20_000 });
  const lines = (await readAll(source)).toString('latin1').split('\n').slice(1, -1);
  const fates = groupBy(lines, fateOf);
  const count = (fate: string): number => fates.get(fate)?.length ?? 0;
  const tally = source.tally();
  assert.equal(tally.rows, 20_000);
  assert.equal(tally.runs, 2);
  assert.deepEqual(
    tally.hits,
    [0, 1, 2, 3].map((chamber) => count(`chamber ${chamber}`)),
  );
  assert.equal(tally.scintillator, count('scintillator'));
  assert.deepEqual(tally.dropped, { head: count('head'), channel: count('channel') });
  assert.deepEqual(tally.rejected, { fields: count('fields'), number: count('number'), range: count('range') });
  assert.deepEqual(Object.keys(tally.malformed), [...malformedKinds]);
  for (const [kind, rows] of Object.entries(tally.malformed)) assert.ok(rows > 80, `${kind}: ${rows}`);
  for (const rows of [...tally.hits, tally.scintillator, tally.dropped.head, tally.dropped.channel])
    assert.ok(rows > 0);
  assert.ok(tally.muons >= tally.scintillator && tally.muons < 1.3 * tally.scintillator);
});

test('no malformed row has a line end or is blank', () => {
  for (const row of simulateRows({ rows: 20_000, malformedShare: 0.9 })) {
    if (isHit(row)) continue;
    const text = Buffer.from(row.bytes).toString('latin1');
    assert.ok(text.trim() !== '' && !/[\r\n]/.test(text), JSON.stringify(text));
  }
});

/** A row as a word can hold it: only ancillary rows may change. */
function cutToWord(row: Hit): Hit {
  if (row.head === 2) return row;
  return { ...row, bxCounter: row.bxCounter % 4096, tdcMeas: Math.floor(Math.abs(row.tdcMeas)) };
}

test('words and CSV of one seed are the same rows, apart from what no word can hold', async () => {
  const options = { rows: 5000, disorderOrbits: 600 };
  assert.deepEqual(await simulateWords(options), wellFormedRows(options).map(cutToWord));
  const mixed = wellFormedRows({ ...options, malformedShare: 0.3 }).map(cutToWord);
  const words = await simulateWords({ ...options, malformedShare: 0.3 });
  assert.equal(words.length, 5000);
  assert.deepEqual(words.slice(0, mixed.length), mixed);
});

test('the rows as objects are the rows of the bytes', async () => {
  const options = { ...everything, rows: 3000 };
  const lines = [...simulateRows(options)].map((row) =>
    isHit(row) ? Buffer.from(formatHit(row)) : Buffer.from(row.bytes),
  );
  const bytes = Buffer.concat([csvHeader, ...lines].flatMap((line) => [Buffer.from(line), Buffer.from('\n')]));
  assert.ok(bytes.equals(await simulateCsv(options)));
});

test('without a row limit it goes on, counts the bytes it gave, and ends when closed', async () => {
  const source = openSimulator();
  const target = new Uint8Array(100_000);
  for (let read = 1; read <= 5; read++) {
    assert.equal(await source.read(target), 100_000);
    assert.equal(source.bytesDone, 100_000 * read);
  }
  await source.close();
  await source.close();
  assert.equal(await source.read(target), 0);
  assert.equal(source.bytesTotal, undefined);
});

test('shared memory is filled like any other', async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(5000));
  const count = await openSimulator().read(shared);
  const own = new Uint8Array(5000);
  assert.equal(count, await openSimulator().read(own));
  assert.deepEqual([...shared], [...own]);
});
