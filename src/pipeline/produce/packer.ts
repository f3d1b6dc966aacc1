import { type Headers, type OutgoingBatch, contentTypes, headerNames } from '../../transport/transport.js';
import { type MessageKind, PartitionBuilder } from './partition-builder.js';
import { type RowTable, rowFlag } from './row-table.js';

/** How rows are written: as CSV text, or as words where a word holds the row exactly. */
export const encodings = ['csv', 'words'] as const;
export type Encoding = (typeof encodings)[number];

/** How rows are spread over partitions: blocks of orbits, or message by message in turn. */
export const partitionings = ['orbit', 'round-robin'] as const;
export type Partitioning = (typeof partitionings)[number];

/**
 * Orbits that go to one partition together: a row of orbit o goes to `floor(o / 64) mod partitions`.
 *
 * Long enough that the rows of a few milliseconds are written together, and short enough that ten partitions differ by
 * only 640 orbits, which is small compared with the default lateness of 4096.
 */
export const orbitBlock = 64;
const orbitBlockBits = 6;

export interface PackOptions {
  readonly partitions: number;
  readonly partitionBy: Partitioning;
  readonly encoding: Encoding;
  readonly rowsPerMessage: number;
}

/** The place of rows whose orbit says none: where the last row went, or whose turn it is. */
export interface PackPlace {
  partition: number;
}

/**
 * Makes messages of rows. In every partition rows keep their order, also where words and lines alternate: then messages
 * are shorter than they might be.
 */
export class Packer {
  readonly #options: PackOptions;
  readonly #builders: readonly PartitionBuilder[];
  readonly #place: PackPlace;
  #rows = 0;

  /** @param place shared by the packers of a run, which take turns */
  constructor(options: PackOptions, place: PackPlace) {
    this.#options = options;
    this.#place = place;
    const rules = { rowsPerMessage: options.rowsPerMessage, headers: headersOf(options) };
    this.#builders = Array.from(
      { length: options.partitions },
      (_, partition) => new PartitionBuilder(partition, rules),
    );
  }

  /** Rows held. */
  get rows(): number {
    return this.#rows;
  }

  /** Bytes held. */
  get size(): number {
    return this.#builders.reduce((sum, builder) => sum + builder.size, 0);
  }

  /** Takes rows `from` to `to` (excluded) of the table, whose text is in `bytes`. */
  add(table: RowTable, source: RowSource, from: number, to: number): void {
    if (this.#options.partitionBy === 'orbit') this.#addByOrbit(table, source, from, to);
    else this.#addInTurn(table, source, from, to);
    this.#rows += to - from;
  }

  /** All messages; their memory is used again after {@link clear}. */
  batches(): OutgoingBatch[] {
    const batches: OutgoingBatch[] = [];
    // The open message ends here, and with it a turn.
    if (this.#options.partitionBy === 'round-robin' && this.#builders[this.#place.partition].isOpen) this.#nextTurn();
    for (const builder of this.#builders) builder.collect(batches);
    return batches;
  }

  clear(): void {
    for (const builder of this.#builders) builder.clear();
    this.#rows = 0;
  }

  #addByOrbit(table: RowTable, source: RowSource, from: number, to: number): void {
    const { partitions } = this.#options;
    const { flags, orbits } = table;
    let partition = this.#place.partition;
    for (let row = from; row < to; row++) {
      if ((flags[row] & rowFlag.orbit) !== 0) partition = (orbits[row] >>> orbitBlockBits) % partitions;
      this.#addRow(this.#builders[partition], table, source, row);
    }
    this.#place.partition = partition;
  }

  #addInTurn(table: RowTable, source: RowSource, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const open = this.#builders[this.#place.partition];
      if (open.isOpen && open.kind !== this.#kindOf(table, row)) {
        open.endMessage();
        this.#nextTurn();
      }
      const builder = this.#builders[this.#place.partition];
      this.#addRow(builder, table, source, row);
      if (!builder.isOpen) this.#nextTurn();
    }
  }

  #addRow(builder: PartitionBuilder, table: RowTable, { format, bytes }: RowSource, row: number): void {
    const { flags, starts, ends, lows, highs, orbits } = table;
    if (this.#kindOf(table, row) === 'words') {
      builder.addWord(lows[row], highs[row]);
    } else if (format === 'words' || (table.isShifted && (flags[row] & rowFlag.word) !== 0)) {
      builder.addWordAsLine(lows[row], highs[row]);
    } else if (table.isShifted && (flags[row] & rowFlag.orbit) !== 0) {
      builder.addWithOrbit({ bytes, start: starts[row], end: ends[row] }, orbits[row]);
    } else {
      builder.addLine(bytes, starts[row], ends[row]);
    }
  }

  #kindOf(table: RowTable, row: number): MessageKind {
    return this.#options.encoding === 'words' && (table.flags[row] & rowFlag.word) !== 0 ? 'words' : 'csv';
  }

  #nextTurn(): void {
    this.#place.partition = (this.#place.partition + 1) % this.#options.partitions;
  }
}

interface RowSource {
  readonly format: MessageKind;
  readonly bytes: Uint8Array;
}

/** A message without a content type is CSV, so that the plain form, one row as text, needs no header. */
function headersOf({ partitionBy, rowsPerMessage }: PackOptions): Record<MessageKind, Headers> {
  const keyed: Headers = partitionBy === 'orbit' ? { [headerNames.orbitBlock]: String(orbitBlock) } : {};
  return {
    csv: rowsPerMessage === 1 ? keyed : { [headerNames.contentType]: contentTypes.csv, ...keyed },
    words: { [headerNames.contentType]: contentTypes.words, ...keyed },
  };
}
