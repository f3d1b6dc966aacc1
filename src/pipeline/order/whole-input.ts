import { type HitLists, viewHitLists } from '../../compute/hit-lists.js';
import { Timeline } from '../../domain/timeline.js';
import { rowKinds } from '../../domain/row-code.js';
import { DtstreamError } from '../../errors.js';
import type { BatchInput } from './batch-input.js';
import { type ChunkPart, rowsOfPart } from './chunk-parts.js';
import type { LaneRows, LaneState, PartitionProgress } from './lane-order.js';
import type { DecodedChunk } from './placed-chunk.js';

/** Where the hits and scintillator rows of an input are held until its end. */
export interface RowStore {
  /** Takes a chunk's rows: `starts` says where the list of each shard begins, and the last one ends. */
  add(lists: HitLists, starts: Uint32Array): void;
  /** @throws DtstreamError `limit` when more is held than may be */
  check(): void;
}

interface Partition {
  /** Offset of the first row not added. */
  next: number;
  lost: number;
  mark: string | undefined;
}

/**
 * `--lateness all`: the rows of a lane that has an end, in whatever order they come. An orbit is its raw counter, so that
 * a row has its place without a clock, and nothing is closed before the end: one cut takes everything.
 */
export class WholeInput<Chunk extends DecodedChunk = DecodedChunk> implements LaneRows<Chunk> {
  /** Has no run: there is one, without a clock. */
  readonly timeline = new Timeline();
  /** A hole is no border here. */
  readonly holesReady = 0;
  readonly #store: RowStore;
  readonly #lastOrbit: number;
  readonly #partitions = new Map<number, Partition>();
  readonly #kinds = new Uint32Array(rowKinds);
  readonly #input = new Map<number, [number, number]>();
  readonly #lost = new Map<number, (readonly [number, number])[]>();
  #rowsReady = 0;
  #watermark = 0;
  /** The mark of the rows so far, where there are any; undefined = they have none. */
  #mark: { readonly id: string | undefined } | undefined;

  /** @param lastOrbit largest orbit that a row can have */
  constructor(store: RowStore, lastOrbit: number) {
    this.#store = store;
    this.#lastOrbit = lastOrbit;
  }

  get rowsReady(): number {
    return this.#rowsReady;
  }

  get watermark(): number {
    return this.#watermark;
  }

  open(partition: number, offset: number): void {
    this.#partition(partition, offset);
  }

  /** Nothing holds back what is closed at the end only. */
  hold(): void {
    // On purpose nothing.
  }

  *progress(): Generator<PartitionProgress> {
    for (const [partition, { next }] of this.#partitions) {
      yield { partition, read: next, placed: next, orbitMax: -Infinity };
    }
  }

  /**
   * Takes the next chunk of a partition; its lists are free again afterwards.
   *
   * @throws DtstreamError `limit` when more rows are held than may be; `transport` when rows were deleted between others,
   *   or are of several runs
   */
  add(chunk: Chunk): void {
    const { parts, decoded } = chunk;
    for (const [index, part] of parts.entries()) {
      const [from, to] = rowsOfPart(chunk, index);
      this.#addPart(part, { hasRows: to > from, isHole: chunk.isHole === true });
    }
    this.#rowsReady += decoded.rows;
    decoded.kinds.forEach((count, kind) => (this.#kinds[kind] += count));
    this.#store.add(viewHitLists(chunk.lists), decoded.starts);
    this.#store.check();
  }

  cut(): BatchInput<Chunk> {
    throw new Error('rows that are closed at the end only must not be cut');
  }

  /** Everything; the hits themselves are in the store. */
  flush(): BatchInput<Chunk> {
    this.#store.check();
    const cut = {
      rowsRead: this.#rowsReady,
      kinds: this.#kinds.slice(),
      slices: [],
      input: new Map(this.#input),
      lost: new Map(this.#lost),
      waiting: 0,
      watermark: Infinity,
      taken: [],
      finished: [],
    };
    this.#rowsReady = 0;
    this.#kinds.fill(0);
    this.#input.clear();
    this.#lost.clear();
    return cut;
  }

  commitWatermark(): void {
    this.#watermark = this.#lastOrbit;
  }

  /** Nothing of it is read again. */
  get state(): LaneState {
    const partitions = [...this.#partitions].map(([number, { next, lost, mark }]) => {
      const clock = { last: undefined, run: 0, ...(mark !== undefined && { mark }) };
      return [number, { needed: next, read: next, clock, anchors: [], orbitMax: -Infinity, lost }] as const;
    });
    return { watermark: this.#watermark, runs: [], partitions: new Map(partitions) };
  }

  #partition(number: number, offset: number): Partition {
    let partition = this.#partitions.get(number);
    if (partition === undefined) {
      partition = { next: offset, lost: 0, mark: undefined };
      this.#partitions.set(number, partition);
    }
    return partition;
  }

  #addPart(part: ChunkPart, { hasRows, isHole }: { readonly hasRows: boolean; readonly isHole: boolean }): void {
    const { partition: number, firstOffset, nextOffset, mark } = part;
    const partition = this.#partition(number, firstOffset);
    partition.next = nextOffset;
    if (isHole) {
      this.#addHole(part, partition);
      return;
    }
    if (mark !== undefined) partition.mark = mark;
    if (hasRows) this.#checkMark(partition.mark);
    const range = this.#input.get(number);
    if (range === undefined) this.#input.set(number, [firstOffset, nextOffset]);
    else range[1] = nextOffset;
  }

  #addHole({ partition: number, firstOffset, nextOffset }: ChunkPart, partition: Partition): void {
    if (this.#input.has(number)) {
      throw new DtstreamError(
        'transport',
        `cannot count with --lateness all: retention deleted offsets ${firstOffset}-${nextOffset} of partition ${number} ` +
          'while they were to be read; nothing is published, start it again',
        { retryable: true },
      );
    }
    partition.lost += nextOffset - firstOffset;
    this.#lost.set(number, [...(this.#lost.get(number) ?? []), [firstOffset, nextOffset]]);
  }

  /** All rows must have the same mark, or none: orbits of two runs would be added up. */
  #checkMark(id: string | undefined): void {
    this.#mark ??= { id };
    if (this.#mark.id === id) return;
    throw new DtstreamError(
      'transport',
      'cannot count with --lateness all: the topic must have one run, got several (produce --new-run); ' +
        'give a number of orbits as --lateness, or write each run to a topic of its own',
    );
  }
}
