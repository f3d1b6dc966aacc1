import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { outputFormats, type OutputFormat } from '../../../src/commands/convert/output-format.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { csvHeader } from '../../../src/domain/hit.js';
import { decodeWord } from '../../../src/domain/word.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { readAll } from '../../sources/read-all.js';
import { someHits, wordsOf } from '../../sources/words/hit-words.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { classify } from '../../model/classify.js';
import { lineArbitrary, writeLine } from '../../model/line-arbitrary.js';
import { type Content, convertBytes, parquetSource } from './convert-bytes.js';

/** A decimal number, exactly: `digits × 10^exponent`, without zeros at the end of the digits. */
interface Value {
  readonly digits: bigint;
  readonly exponent: number;
}

function valueOf(text: string): Value {
  const [, sign, before, behind = '', exponent = '0'] = /^\s*([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?\s*$/.exec(text) ?? [];
  let digits = BigInt(before + behind) * (sign === '-' ? -1n : 1n);
  let power = Number(exponent) - behind.length;
  if (digits === 0n) return { digits, exponent: 0 };
  for (; digits % 10n === 0n; power++) digits /= 10n;
  return { digits, exponent: power };
} // prettier-ignore

function isSame(one: Value, other: Value): boolean {
  return one.digits === other.digits && one.exponent === other.exponent;
}

/** Whether a whole number in [min, max]. */
function isWholeIn({ digits, exponent }: Value, min: bigint, max: bigint): boolean {
  if (exponent < 0 || exponent > 30) return false;
  const whole = digits * 10n ** BigInt(exponent);
  return whole >= min && whole <= max;
}

function isDouble(value: Value): boolean {
  const double = Number(`${value.digits}e${value.exponent}`);
  return Number.isFinite(double) && isSame(valueOf(String(double)), value);
}

const wordBits = [3n, 3n, 9n, 32n, 12n, 5n];
const int32Max = 2n ** 31n - 1n;
const safeMax = 2n ** 53n - 1n;

/** What each format holds, said once more. */
const holds: Readonly<Record<OutputFormat, (values: readonly Value[]) => boolean>> = {
  csv: () => true,
  dat: (values) => values.every((value, field) => isWholeIn(value, 0n, 2n ** wordBits[field] - 1n)),
  parquet: (values) =>
    values.every((value, field) => {
      if (field === 5) return isDouble(value);
      return field === 3 ? isWholeIn(value, -safeMax, safeMax) : isWholeIn(value, -int32Max - 1n, int32Max);
    }),
};

/** The six numbers of a line, undefined for a malformed one. */
function numbersOf(line: string): readonly Value[] | undefined {
  const fate = classify(line, defaultGeometry);
  return fate.kind === 'rejected' && fate.reason !== 'range' ? undefined : line.split(',').map(valueOf);
}

/** The lines of what was written. */
async function linesOf({ format, bytes }: Content, folder: string): Promise<readonly string[]> {
  if (format === 'dat') {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: bytes.length / 8 }, (_, row) => Object.values(decodeWord(view, 8 * row)).join(','));
  }
  const text = format === 'csv' ? Buffer.from(bytes) : await parquetText(bytes, folder);
  const lines = text.toString('latin1').split('\n').slice(0, -1);
  if (format === 'csv') assert.equal(lines.shift(), csvHeader);
  return lines;
}

async function parquetText(bytes: Uint8Array, folder: string): Promise<Buffer> {
  const source = await parquetSource(bytes, folder);
  try {
    return await readAll(source);
  } finally {
    await source.close();
  }
}

const extremes = ['0', '-0', '1', '7', '8', '511', '512', '4095', '4096', '32', '-9', '3.5', '31.999', '0.1', '1e-7', '2147483647', '2147483648', '-2147483648', '4294967295', '4294967296', '9007199254740991', '9007199254740993', '1e22', '0.30000000000000004', '0.1000000000000000055511151231257827', '1e400', '123456789012345678']; // prettier-ignore
const anyLine = fc.oneof(
  { weight: 2, arbitrary: lineArbitrary({ disorder: 40, corrupt: true }).map((spec) => writeLine(spec, 2 ** 32 - 7).text) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...extremes), { minLength: 6, maxLength: 6 }).map(String) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(7), fc.nat(7), fc.nat(511), fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.nat(4095), fc.nat(31))
      .map(String),
  },
); // prettier-ignore

describe('convertRows', () => {
  it('keeps every number through any chain of formats: each row is written or in the rest', async (t) => {
    const folder = tempFolder(t);
    const chain = fc.array(fc.constantFrom(...outputFormats), { minLength: 1, maxLength: 4 });
    const law = fc.asyncProperty(fc.array(anyLine, { maxLength: 40 }), chain, async (text, formats) => {
      let content: Content = { format: 'csv', bytes: Buffer.from(text.map((line) => `${line}\n`).join('')) };
      let rows: readonly string[] = text.filter((line) => classify(line, defaultGeometry).kind !== 'none');
      for (const format of formats) {
        const { content: written, rest, tally } = await convertBytes(content, format, folder);
        const kept = rows.filter((line) => {
          const values = numbersOf(line);
          return values !== undefined && holds[format](values);
        });
        const lines = await linesOf(written, folder);
        assert.deepEqual(lines.map(numbersOf), kept.map(numbersOf));
        assert.deepEqual(rest, rows.filter((line) => !kept.includes(line)));
        assert.deepEqual([tally.rows, tally.restRows], [rows.length, rest.length]);
        [content, rows] = [written, lines];
      }
    });
    await fc.assert(law, { numRuns: casesOf(1000) });
  }); // prettier-ignore

  it('gives words back as they were, whatever their bits, through every format', async (t) => {
    const folder = tempFolder(t);
    const anyWords = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 50 });
    const law = fc.asyncProperty(anyWords, fc.constantFrom('csv', 'parquet'), async (numbers, between) => {
      const words = Buffer.from(BigUint64Array.from(numbers).buffer);
      const { content, rest } = await convertBytes({ format: 'dat', bytes: words }, between, folder);
      const back = await convertBytes(content, 'dat', folder);
      assert.deepEqual([back.content.bytes, rest, back.rest], [words, [], []]);
    });
    await fc.assert(law, { numRuns: casesOf(500) });
  });

  it('writes as many row groups as there are rows for', async (t) => {
    const folder = tempFolder(t);
    const words = wordsOf(someHits(300_000, { orbit: 2 ** 31 - 1000 }));
    const { content, tally } = await convertBytes({ format: 'dat', bytes: words }, 'parquet', folder);
    const back = await convertBytes(content, 'dat', folder);
    assert.ok(words.equals(back.content.bytes));
    assert.deepEqual([tally.rows, back.tally.rows, back.tally.firstRest], [300_000, 300_000, undefined]);
  });

  it('takes JSON objects as the rows that they are', async (t) => {
    const text = '{"HEAD":2,"fpga":"1","TDC_CHANNEL":5,"ORBIT_CNT":7,"BX_COUNTER":8,"TDC_MEAS":3.25}\n{"HEAD":2}\n';
    const { content, rest } = await convertBytes({ format: 'csv', bytes: Buffer.from(text) }, 'csv', tempFolder(t));
    assert.equal(Buffer.from(content.bytes).toString(), `${csvHeader}\n2,1,5,7,8,3.25\n`);
    assert.deepEqual(rest, ['{"HEAD":2}']);
  });

  it('says where the first row of the rest is, and why', async (t) => {
    const text = `${csvHeader}\n2,0,1,5,3,4\n\n3,0,1,5,18504,-9\n2,0,1,5,3.5,4\n2,0,1\n`;
    const bytes = Buffer.from(text);
    const toWords = await convertBytes({ format: 'csv', bytes }, 'dat', tempFolder(t));
    const why = 'BX_COUNTER in words must be a whole number from 0 to 4095, got 18504';
    assert.deepEqual(toWords.tally, { rows: 4, restRows: 3, firstRest: { source: 'memory', row: 2, why } });
    const toParquet = await convertBytes({ format: 'csv', bytes }, 'parquet', tempFolder(t));
    const whole = 'BX_COUNTER in Parquet must be a whole number from -2147483648 to 2147483647, got 3.5';
    assert.deepEqual(toParquet.tally, { rows: 4, restRows: 2, firstRest: { source: 'memory', row: 3, why: whole } });
    const toCsv = await convertBytes({ format: 'csv', bytes }, 'csv', tempFolder(t));
    assert.equal(toCsv.tally.firstRest?.why, '3 fields, must be 6');
  });
});
