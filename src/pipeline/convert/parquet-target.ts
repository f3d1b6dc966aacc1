import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { hitFields } from '../../domain/hit.js';
import { rowFlag } from '../produce/row-table.js';
import { sixNumbers, takeNumbers } from './row-numbers.js';
import type { ColumnLimits, FoundRows, RowTarget, WriteBytes } from './row-target.js';

/** Rows of a row group: these are in memory at a time, and other programs read one with each of their threads. */
const groupRows = 1 << 17;

const int32: ColumnLimits = { min: -(2 ** 31), max: 2 ** 31 - 1, isWhole: true };
const limits: readonly ColumnLimits[] = hitFields.map((field) => {
  if (field === 'ORBIT_CNT') return { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, isWhole: true };
  return field === 'TDC_MEAS' ? { min: -Number.MAX_VALUE, max: Number.MAX_VALUE, isWhole: false } : int32;
});
const halfTurn = 2 ** 32;

/**
 * A Parquet table of the six columns: 32-bit integers, `ORBIT_CNT` with 64 bits so that sums and products of it do not
 * wrap in programs that keep the type of a column, and `TDC_MEAS` as a double, because it may have decimals.
 */
export class ParquetTarget implements RowTarget {
  readonly name = 'Parquet';
  readonly limits = limits;
  readonly #bytes: FlushedBytes;
  readonly #writer: ParquetWriter;
  readonly #heads = new Int32Array(groupRows);
  readonly #fpgas = new Int32Array(groupRows);
  readonly #channels = new Int32Array(groupRows);
  readonly #orbits = new BigInt64Array(groupRows);
  /** Low and high half of each orbit: a bigint for each would take longer than all else. */
  readonly #orbitHalves = new Int32Array(this.#orbits.buffer);
  readonly #bxs = new Int32Array(groupRows);
  readonly #tdcs = new Float64Array(groupRows);
  readonly #numbers = new Float64Array(hitFields.length);
  #filled = 0;

  constructor(write: WriteBytes) {
    this.#bytes = new FlushedBytes(write);
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema, createdBy: 'dtstream' });
  }

  async add({ table, bytes }: FoundRows, misfit: (row: number) => void): Promise<void> {
    const { count, flags, starts, ends, lows, highs } = table;
    for (let row = 0; row < count; row++) {
      if (this.#filled === groupRows) await this.#writeGroup();
      if ((flags[row] & rowFlag.word) !== 0) this.#addWord(lows[row], highs[row]);
      else if (!this.#addText(sixNumbers(bytes, starts[row], ends[row]))) misfit(row);
    }
  }

  async finish(): Promise<void> {
    if (this.#filled > 0) await this.#writeGroup();
    await this.#writer.finish();
    await this.#bytes.flush();
  }

  #addWord(low: number, high: number): void {
    const at = this.#filled++;
    this.#heads[at] = high >>> 29;
    this.#fpgas[at] = (high >>> 26) & 7;
    this.#channels[at] = (high >>> 17) & 511;
    this.#orbitHalves[2 * at] = ((high & 0x1ffff) << 15) | (low >>> 17);
    this.#orbitHalves[2 * at + 1] = 0;
    this.#bxs[at] = (low >>> 5) & 4095;
    this.#tdcs[at] = low & 31;
  }

  /** Whether the columns hold the row. */
  #addText(text: string | undefined): boolean {
    if (text === undefined || takeNumbers(text, limits, this.#numbers) >= 0) return false;
    const [head, fpga, channel, orbit, bx, tdc] = this.#numbers;
    const at = this.#filled++;
    this.#heads[at] = head;
    this.#fpgas[at] = fpga;
    this.#channels[at] = channel;
    this.#orbitHalves[2 * at] = orbit;
    this.#orbitHalves[2 * at + 1] = Math.floor(orbit / halfTurn);
    this.#bxs[at] = bx;
    this.#tdcs[at] = tdc;
    return true;
  }

  async #writeGroup(): Promise<void> {
    const orbits = this.#smallOrbits() ?? this.#orbits;
    const columns = [this.#heads, this.#fpgas, this.#channels, orbits, this.#bxs, this.#tdcs];
    const columnData = hitFields.map((name, field) => ({
      name,
      data: columns[field].subarray(0, this.#filled),
      // Times have few values, which the library makes a dictionary of.
      ...(name !== 'TDC_MEAS' && { encoding: 'DELTA_BINARY_PACKED' as const }),
      // By its range other programs skip row groups; the ranges of the others are nearly the same in each.
      statistics: name === 'ORBIT_CNT',
    }));
    await this.#writer.write({ columnData, rowGroupSize: groupRows });
    this.#filled = 0;
  }

  /** The orbits with 32 bits, which are packed in a third of the time; undefined where one has more. */
  #smallOrbits(): Int32Array | undefined {
    const halves = this.#orbitHalves;
    const small = new Int32Array(this.#filled);
    for (let at = 0; at < small.length; at++) {
      small[at] = halves[2 * at];
      if (halves[2 * at + 1] !== 0 || small[at] < 0) return undefined;
    }
    return small;
  }
}

const schema: ConstructorParameters<typeof ParquetWriter>[0]['schema'] = [
  { name: 'hits', num_children: hitFields.length },
  ...hitFields.map((name) => ({
    name,
    type: name === 'ORBIT_CNT' ? ('INT64' as const) : name === 'TDC_MEAS' ? ('DOUBLE' as const) : ('INT32' as const),
    repetition_type: 'REQUIRED' as const,
  })),
];

/** Memory that is written out after each row group. */
class FlushedBytes extends ByteWriter {
  readonly #write: WriteBytes;

  constructor(write: WriteBytes) {
    super();
    this.#write = write;
  }

  async flush(): Promise<void> {
    await this.#write(this.getBytes());
    this.index = 0;
  }
}
