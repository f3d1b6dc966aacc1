import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { hitFields } from '../../../src/domain/hit.js';
import { DtstreamError } from '../../../src/errors.js';
import { ParquetReader } from '../../../src/sources/parquet/parquet-reader.js';
import { MemoryReader } from '../memory-reader.js';
import { readAll, readUntilEnd } from '../read-all.js';
import { openParquetFile } from '../../pipeline/convert/convert-bytes.js';
import { tempFolder } from '../temp-folder.js';

/** A table of two rows; columns with a name of one of its own take its place. */
function tableOf(...columns: readonly ColumnSource[]): Uint8Array {
  const standard = hitFields.map((name, field) => ({ name, data: Int32Array.of(field, field + 10) }));
  const others = standard.filter(({ name }) => columns.every((column) => column.name.trim().toUpperCase() !== name));
  return new Uint8Array(parquetWriteBuffer({ columnData: [...others, ...columns] }));
}

async function openBytes(t: TestContext, bytes: Uint8Array): Promise<ParquetReader> {
  const file = openParquetFile(bytes, tempFolder(t));
  t.after(() => file.close());
  return ParquetReader.open('table', file);
}

async function textOf(t: TestContext, bytes: Uint8Array, sizes?: readonly number[]): Promise<string> {
  return (await readAll(await openBytes(t, bytes), sizes)).toString();
}

/** What opening or reading fails with. */
async function failureOf(bytes: Uint8Array, folder: string): Promise<unknown> {
  const file = openParquetFile(bytes, folder);
  try {
    return (await readUntilEnd(await ParquetReader.open('table', file))).failure;
  } catch (error) {
    return error;
  } finally {
    await file.close();
  }
}

describe('ParquetReader', () => {
  test('finds the six columns among others, in any order and case', async (t) => {
    const table = tableOf({ name: 'note', data: ['a,b', 'c'] }, { name: ' head', data: Int32Array.of(2, 3) });
    for (const sizes of [[65_536], [1], [7, 3]]) {
      assert.equal(await textOf(t, table, sizes), '2,1,2,3,4,5\n3,11,12,13,14,15\n');
    }
  });

  test('writes integers of 64 bits, floats and decimals exactly, and nothing where there is no value', async (t) => {
    const table = tableOf(
      { name: 'HEAD', data: [2, null], type: 'INT32', nullable: true },
      { name: 'ORBIT_CNT', data: [4294967295n, -(2n ** 63n)], type: 'INT64' },
      { name: 'FPGA', data: [2n ** 53n + 1n, -1n], type: 'INT64' },
      { name: 'BX_COUNTER', data: Float32Array.of(0.5, -9), type: 'FLOAT' },
      { name: 'TDC_MEAS', data: Float64Array.of(0.1, -1.5e300), type: 'DOUBLE' },
    );
    assert.equal(
      await textOf(t, table),
      '2,9007199254740993,2,4294967295,0.5,0.1\n,-1,12,-9223372036854775808,-9,-1.5e+300\n',
    );
    const odd = tableOf({ name: 'TDC_MEAS', data: Float64Array.of(Number.NaN, -Infinity), type: 'DOUBLE' });
    assert.equal(await textOf(t, odd), '0,1,2,3,4,nan\n10,11,12,13,14,inf\n');
  });

  test('reads row groups and pages of any size', async (t) => {
    const rows = 2000;
    const columnData = hitFields.map((name, field) => ({
      name,
      data: Int32Array.from({ length: rows }, (_, row) => (row * (field + 1)) % (10 ** (field + 1))),
    }));
    const expected = Array.from({ length: rows }, (_, row) => `${columnData.map(({ data }) => data[row]).join(',')}\n`);
    for (const [rowGroupSize, pageSize] of [[rows, 1000], [999, 64], [7, 8]] as const) {
      const table = parquetWriteBuffer({ columnData, rowGroupSize, pageSize });
      assert.equal(await textOf(t, new Uint8Array(table)), expected.join(''));
    }
  }); // prettier-ignore

  test('refuses a table without the columns, or with other things in them', async (t) => {
    const fails = (bytes: Uint8Array, message: RegExp): Promise<void> => assert.rejects(openBytes(t, bytes), message);
    const some = parquetWriteBuffer({ columnData: [{ name: 'HEAD', data: Int32Array.of(2) }] });
    await fails(
      new Uint8Array(some),
      /cannot read table: Parquet: the columns must include .*; missing: FPGA, TDC_CHANNEL, ORBIT_CNT, BX_COUNTER, TDC_MEAS$/,
    );
    await fails(tableOf({ name: 'FPGA', data: ['a', 'b'] }), /the column FPGA must be of numbers, got UTF8/);
    await fails(tableOf({ name: 'FPGA', data: [new Date(0), new Date(1)] }), /FPGA must be of numbers, got TIMESTAMP/);
    await fails(tableOf({ name: 'FPGA', data: [[1], [2]] }), /FPGA must be of numbers, got JSON/);
    await fails(
      tableOf({ name: 'fpga', data: Int32Array.of(1, 2) }, { name: 'FPGA', data: Int32Array.of(1, 2) }),
      /the column FPGA must be there once, got 2/,
    );
  });

  test('fails in one line on a file that is cut off, or of which the end is damaged', async (t) => {
    const table = tableOf();
    const folder = tempFolder(t);
    for (let bytes = 4; bytes < table.length; bytes += 5) {
      assert.ok(isInputError(await failureOf(table.subarray(0, bytes), folder)), `cut at ${bytes}`);
    }
    for (let at = table.length - 100; at < table.length; at++) {
      const damaged = Uint8Array.from(table);
      damaged[at] ^= 0x55;
      const failure = await failureOf(damaged, folder);
      assert.ok(failure === undefined || isInputError(failure), String(failure));
    }
  });

  test('fails in one line, or gives rows, whatever byte is damaged: in dictionaries, levels, runs, deltas and plain values', async (t) => {
    const rows = 200;
    const numbers = (of: (row: number) => number): number[] => Array.from({ length: rows }, (_, row) => of(row));
    const table = parquetWriteBuffer({
      pageSize: 400,
      codec: 'UNCOMPRESSED',
      columnData: [
        { name: 'HEAD', data: numbers((row) => 2 + Number(row % 50 === 0)), type: 'INT32' },
        { name: 'FPGA', data: numbers((row) => (row >> 1) % 2), type: 'INT32', nullable: true },
        {
          name: 'TDC_CHANNEL',
          data: numbers((row) => (row * 37) % 128),
          type: 'INT32',
          encoding: 'DELTA_BINARY_PACKED',
        },
        {
          name: 'ORBIT_CNT',
          data: numbers((row) => 3e9 + row).map(BigInt),
          type: 'INT64',
          encoding: 'DELTA_BINARY_PACKED',
        },
        { name: 'BX_COUNTER', data: numbers((row) => (row * 991) % 3564), type: 'INT32', encoding: 'PLAIN' },
        { name: 'TDC_MEAS', data: numbers((row) => row % 31), type: 'DOUBLE' },
      ],
    });
    const folder = tempFolder(t);
    for (let at = 4; at < table.byteLength; at++) {
      const damaged = new Uint8Array(table.slice(0));
      damaged[at] ^= at % 2 === 0 ? 0xff : 0x80;
      const failure = await failureOf(damaged, folder);
      assert.ok(failure === undefined || isInputError(failure), `byte ${at}: ${String(failure)}`);
    }
  });

  test('needs a file', async () => {
    await assert.rejects(ParquetReader.open('pipe', new MemoryReader(tableOf())), /cannot read pipe: this is Parquet, which is read from its end/);
  }); // prettier-ignore
});

function isInputError(error: unknown): boolean {
  return error instanceof DtstreamError && error.code === 'input' && !error.message.includes('\n');
}
