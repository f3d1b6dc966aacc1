import type { RejectReason } from '../../domain/row-code.js';
import { kindOf, rowCode } from '../../domain/row-code.js';
import type { DecodedRaw } from './decode-raw.js';
import type { ByteSource } from './loaded-chunks.js';
import { rejectedStride } from '../../compute/row-block.js';

/** What became of the rows of one source. */
export interface SourceTally {
  readonly name: string;
  readonly format: ByteSource['format'];
  /** Whether the source was read to its end. */
  readonly isWhole: boolean;
  readonly rows: number;
  /** Rows that are hits by themselves, whether or not they came in time. */
  readonly hits: number;
  readonly scintillator: number;
  readonly dropped: Readonly<Record<'head' | 'channel', number>>;
  readonly rejected: Readonly<Record<RejectReason, number>>;
  /** Rows among those rejected by `range` that only a negative orbit keeps from being hits. */
  readonly signedOrbits: number;
  readonly firstRejected: { readonly line: number; readonly explanation: string } | undefined;
}

/** A tally in the making. */
interface OpenTally {
  readonly source: ByteSource;
  readonly kinds: Float64Array;
  rows: number;
  /** Lines of the source up to the next chunk. */
  lines: number;
  signedOrbits: number;
  firstRejected: SourceTally['firstRejected'];
}

/** Adds up what became of the rows of sources, which come one after the other, each chunk in its turn. */
export class SourceTallies {
  readonly #onEnd: (tally: SourceTally) => void;
  /** Sources that were opened and are not ended; the first is the one whose chunks come. */
  readonly #open: OpenTally[] = [];
  #hasRows = false;

  constructor(onEnd: (tally: SourceTally) => void) {
    this.#onEnd = onEnd;
  }

  /** Lets sources through, and remembers their order. */
  async *watch(sources: AsyncIterable<ByteSource>): AsyncGenerator<ByteSource, void, undefined> {
    for await (const source of sources) {
      const kinds = new Float64Array(kindOf(rowCode.rejectedRange) + 1);
      const lines = source.linesBefore ?? 0;
      this.#open.push({ source, kinds, rows: 0, lines, signedOrbits: 0, firstRejected: undefined });
      yield source;
    }
  }

  /**
   * Adds the next chunk; sources before its own have ended.
   *
   * @returns lines of its source before it
   */
  add({ raw, decoded }: DecodedRaw): number {
    while (this.#open.length > 1 && this.#open[0].source !== raw.source) this.#endFirst(true);
    const [tally] = this.#open;
    this.#hasRows = true;
    tally.rows += decoded.rows;
    decoded.kinds.forEach((count, kind) => (tally.kinds[kind] += count));
    tally.signedOrbits += decoded.notes?.signedOrbits ?? 0;
    const { lines } = tally;
    if (tally.firstRejected === undefined && decoded.rejected.length >= rejectedStride) {
      const explanation = decoded.notes?.explanation ?? '';
      tally.firstRejected = { line: lines + decoded.rejected[1] + 1, explanation };
    }
    tally.lines += decoded.lines;
    return lines;
  }

  /** All sources were read to their end. */
  endAll(): void {
    while (this.#open.length > 0) this.#endFirst(true);
  }

  /** Reading ends within the source of the last chunk. */
  endLast(): void {
    if (this.#open.length > 0 && this.#hasRows) this.#endFirst(false);
  }

  #endFirst(isWhole: boolean): void {
    this.#hasRows = false;
    const tally = this.#open.shift();
    if (tally === undefined) return;
    const { source, kinds, rows, signedOrbits, firstRejected } = tally;
    const count = (code: number): number => kinds[kindOf(code)];
    this.#onEnd({
      name: source.name,
      format: source.format,
      isWhole,
      rows,
      hits: rows - kinds.reduce((sum, each) => sum + each, 0),
      scintillator: count(rowCode.scintillator),
      dropped: { head: count(rowCode.droppedHead), channel: count(rowCode.droppedChannel) },
      rejected: {
        fields: count(rowCode.rejectedFields),
        number: count(rowCode.rejectedNumber),
        range: count(rowCode.rejectedRange),
      },
      signedOrbits,
      firstRejected,
    });
  }
}
