import { crc32 } from 'node:zlib';
import { DtstreamError } from '../../errors.js';
import { LoopClock } from './loop-clock.js';
import type { Packer } from './packer.js';
import { Prefetch } from './prefetch.js';
import { type RowChunk, readRows } from './read-rows.js';
import type { ResumeState } from './resume-state.js';
import type { PlacedSource, ProduceInput, RowPlace } from './row-source.js';
import { RowTable, shiftOrbits } from './row-table.js';
import { scanCsv } from './scan-csv.js';
import { scanWords } from './scan-words.js';

export interface FeedOptions {
  /** Replay the input at its end, with orbits that keep increasing. */
  readonly loop: boolean;
  /** Continue after the rows written before. */
  readonly resume: ResumeState | undefined;
  /** The place that the packers share. */
  readonly packPlace: { readonly partition: number };
}

/**
 * The rows of an input, ready to be taken: read ahead, found in their bytes, moved to the orbits of the pass, and those
 * written before left out. Knows how far it is, for resuming.
 */
export class RowFeed {
  readonly #input: ProduceInput;
  readonly #options: FeedOptions;
  /** Ends the reading: at the end of the run, or when its signal aborts. */
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.#stop.abort();
  readonly #table = new RowTable();
  #chunks: Prefetch<RowChunk>;
  #chunk: RowChunk | undefined;
  /** Bytes on disk consumed before the chunk, of its source. */
  #doneBefore = 0;
  /** Where the next rows of the chunk begin. */
  #at = 0;
  /** The next row of the table. */
  #next = 0;
  /** Rows of the source up to the next one. */
  #sourceRows = 0;
  #rows: number;
  #last: ResumeState['last'] | undefined;
  #begun: PlacedSource[] = [];
  #taken: PlacedSource | undefined;
  #pass: number;
  #passOffset: number;
  #clock: LoopClock;
  #isPassEmpty: boolean;
  /** Whether the last row written before is yet to be found. */
  #isSeeking: boolean;
  #ended = false;

  constructor(input: ProduceInput, options: FeedOptions, signal: AbortSignal) {
    const { resume } = options;
    this.#input = input;
    this.#options = options;
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#stop.abort();
    this.#rows = resume?.rows ?? 0;
    this.#last = resume?.last;
    this.#pass = resume?.pass ?? 0;
    this.#passOffset = resume?.passOffset ?? 0;
    this.#clock = new LoopClock(resume?.clock);
    this.#isSeeking = resume !== undefined;
    this.#isPassEmpty = resume === undefined;
    const from = resume && { ...resume.last, offset: resume.last.offset };
    this.#chunks = this.#open(from);
  }

  /** Rows that can be taken now. */
  get available(): number {
    return this.#table.count - this.#next;
  }

  /** The rows that can be taken now, and which of the table is the first. */
  get ahead(): { readonly table: RowTable; readonly next: number } {
    return { table: this.#table, next: this.#next };
  }

  /** Whether all rows were taken. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Sources that are done with, and bytes on disk consumed of the one at work, in this pass. */
  get progress(): { readonly sources: number; readonly bytesDone: number } {
    const chunk = this.#chunk;
    if (chunk === undefined) return { sources: 0, bytesDone: 0 };
    // A chunk may last for minutes: of its bytes, those of the rows taken.
    const at = this.available > 0 ? this.#table.starts[this.#next] : this.#at;
    const taken = ((chunk.bytesDone - this.#doneBefore) * at) / Math.max(1, chunk.length);
    return { sources: chunk.placed.place.index, bytesDone: this.#doneBefore + taken };
  }

  /**
   * Makes rows available without waiting; false when there are none yet or no more.
   *
   * @throws DtstreamError `input` when the input cannot be read, or is not what was written before
   */
  fill(): boolean {
    while (this.available === 0 && !this.#ended) {
      if (this.#chunk !== undefined && this.#at < this.#chunk.length) {
        this.#scan(this.#chunk);
        continue;
      }
      const chunk = this.#chunks.take();
      if (chunk !== undefined) this.#begin(chunk);
      else if (!this.#chunks.ended) return false;
      else this.#endPass();
    }
    return this.available > 0;
  }

  /** Resolves when {@link fill} may have something new. */
  arrival(): Promise<void> {
    return this.#chunks.arrival();
  }

  /** Hands the next `count` rows, which must be available, to the packer. */
  take(packer: Packer, count: number): void {
    const { placed, bytes, bytesBefore } = this.#currentChunk();
    const from = this.#next;
    const to = from + count;
    packer.add(this.#table, { format: placed.source.format, bytes }, from, to);
    if (this.#options.loop) this.#clock.advance(this.#table, from, to);
    this.#next = to;
    this.#rows += count;
    this.#sourceRows += count;
    if (placed !== this.#taken) this.#begun.push(placed);
    this.#taken = placed;
    const start = this.#table.starts[to - 1];
    this.#last = {
      ...placed.place,
      format: placed.source.format,
      rows: this.#sourceRows,
      offset:
        placed.offset === undefined || bytesBefore === undefined ? undefined : placed.offset + bytesBefore + start,
      crc: crc32(bytes.subarray(start, this.#table.ends[to - 1])),
    };
  }

  /** Sources whose first rows were taken since the last call. */
  takeBegun(): readonly PlacedSource[] {
    const begun = this.#begun;
    this.#begun = [];
    return begun;
  }

  /** How far the rows taken go; undefined before the first one. */
  state(): Omit<ResumeState, 'newRun' | 'content'> | undefined {
    return (
      this.#last && {
        rows: this.#rows,
        last: this.#last,
        pass: this.#pass,
        passOffset: this.#passOffset,
        clock: this.#clock.state,
        partition: this.#options.packPlace.partition,
      }
    );
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#stop.abort();
    await this.#chunks.close();
  }

  #open(from: RowPlace | undefined): Prefetch<RowChunk> {
    const { signal } = this.#stop;
    return new Prefetch(readRows(this.#input.open(from, signal), signal));
  }

  #begin(chunk: RowChunk): void {
    if (chunk.placed !== this.#chunk?.placed) {
      if (this.#isSeeking && this.#chunk !== undefined) throw this.#mismatch(this.#chunk.placed);
      const [ended, next] = [this.#chunk?.placed.place, chunk.placed.place];
      if (ended !== undefined && ended.id !== next.id) this.#input.onNext?.(ended, this.#sourceRows, next);
      this.#sourceRows = chunk.placed.rowsBefore;
      this.#doneBefore = Math.min(chunk.placed.offset ?? 0, chunk.bytesDone);
    } else {
      this.#doneBefore = this.#chunk.bytesDone;
    }
    this.#chunk = chunk;
    this.#at = 0;
  }

  #scan(chunk: RowChunk): void {
    const scan = chunk.placed.source.format === 'csv' ? scanCsv : scanWords;
    this.#at = scan(chunk.bytes, this.#at, chunk.length, this.#table);
    this.#next = 0;
    if (this.#isSeeking) this.#seek(chunk);
    shiftOrbits(this.#table, this.#passOffset);
    if (this.#table.count > 0) this.#isPassEmpty = false;
  }

  /** Leaves out what was written before, the last row of which must be the one that it was. */
  #seek({ placed, bytes }: RowChunk): void {
    const { count, starts, ends } = this.#table;
    const { rows = 0, crc } = this.#last ?? {};
    this.#next = Math.min(rows - 1 - this.#sourceRows, count);
    this.#sourceRows += this.#next;
    if (this.#next === count) return;
    if (crc32(bytes.subarray(starts[this.#next], ends[this.#next])) !== crc) throw this.#mismatch(placed);
    this.#next++;
    this.#sourceRows++;
    this.#isSeeking = false;
  }

  #endPass(): void {
    if (this.#isSeeking && !this.#signal.aborted) throw this.#mismatch(this.#chunk?.placed);
    if (!this.#options.loop || this.#signal.aborted) {
      this.#ended = true;
      return;
    }
    if (this.#isPassEmpty) throw new DtstreamError('input', 'cannot loop over the input: it has no rows');
    this.#pass++;
    this.#passOffset = (this.#passOffset + this.#clock.passOrbits()) >>> 0;
    this.#clock = new LoopClock();
    this.#isPassEmpty = true;
    this.#chunk = undefined;
    this.#chunks = this.#open(undefined);
  }

  #currentChunk(): RowChunk {
    if (this.#chunk === undefined) throw new Error('rows are taken before they are there');
    return this.#chunk;
  }

  #mismatch(placed: PlacedSource | undefined): DtstreamError {
    const { rows = 0, id = '' } = this.#last ?? {};
    const what = placed === undefined || placed.rowsBefore + 1 < rows ? `its ${rows} rows` : `its first ${rows} rows`;
    return new DtstreamError(
      'input',
      `cannot resume ${id}: ${what} must be unchanged, but it has changed or is shorter`,
    );
  }
}
