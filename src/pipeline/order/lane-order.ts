import { type Anchor, type ClockState, PartitionClock, type ReleasedRow } from '../../domain/orbit-clock.js';
import { type Run, Timeline } from '../../domain/timeline.js';
import { slotEnd, slotOf } from '../../domain/slot.js';
import { type BatchInput, BatchInputBuilder, withReleased } from './batch-input.js';
import { type DecodedChunk, endOfRecord, placeChunk, type PlacedChunk } from './placed-chunk.js';
import { nextWatermark } from './watermark.js';

/** What a lane keeps of one of its partitions. */
interface Partition {
  readonly clock: PartitionClock;
  /** Largest orbit among the rows taken, -Infinity before the first. */
  orbitMax: number;
  waiting: number;
  /** Offset of the first row not placed. */
  placed: number;
  /** Whether it holds the watermark back. */
  holds: boolean;
  /** Where each part of a chunk began that a restart may have to read again, oldest first. */
  readonly marks: PartMark[];
  /** Offset of the first row not taken. */
  read: number;
  /** Records that were deleted before they were read. */
  lost: number;
}

/** Where a restart may begin: the start of a part of a chunk, with the clock as it was there. */
interface PartMark {
  readonly offset: number;
  readonly nextOffset: number;
  readonly state: ClockState;
  readonly clockRows: number;
  /** Rows that waited there: a restart must begin before the oldest of them. */
  readonly waitingFrom: number;
  /** Largest orbit of the part, -Infinity until it is placed. */
  orbitMax: number;
}

/** Where and how a partition continues after a restart (C and its state). */
export interface PartitionOrderState {
  /** First offset that is still needed (C). */
  readonly needed: number;
  /** Next unread offset (R). */
  readonly read: number;
  readonly clock: ClockState;
  /** Anchors of the rows from C on, counted from C. */
  readonly anchors: readonly Anchor[];
  /** Largest orbit up to R, -Infinity before the first. */
  readonly orbitMax: number;
  /** Records before R that were deleted before they were read. */
  readonly lost: number;
}

/** How far a lane is with a partition. */
export interface PartitionProgress {
  readonly partition: number;
  /** Next offset that no cut has taken, and next offset that is not placed. */
  readonly read: number;
  readonly placed: number;
  /** Largest orbit taken, -Infinity before the first. */
  readonly orbitMax: number;
}

export interface LaneOptions {
  readonly shards: number;
  /** Orbits that hits may come late by without being late hits. */
  readonly lateness: number;
  /** See `PartitionClock`; default: the real bound. */
  readonly waitRowsMax?: number;
}

/** How a lane holds what it has placed. */
export interface LaneMemory<Chunk extends DecodedChunk> {
  /**
   * Whether {@link LaneOrder.state} is called regularly: between calls one mark per part of a chunk is kept. Default: yes; otherwise
   * nothing is kept of a chunk that a cut has taken.
   */
  readonly restarts?: boolean;
  /** Makes one chunk of two neighbours that no cut has begun to take, where they are small; default: never. */
  readonly pack?: (first: PlacedChunk<Chunk>, second: PlacedChunk<Chunk>) => PlacedChunk<Chunk> | undefined;
}

/** State from which a lane continues. */
export interface LaneState {
  readonly watermark: number;
  readonly runs: readonly Run[];
  readonly partitions: ReadonlyMap<number, PartitionOrderState>;
}

/** The rows of a lane, from decoded chunks to what becomes messages. */
export type LaneRows<Chunk extends DecodedChunk = DecodedChunk> = Pick<LaneOrder<Chunk>, keyof LaneOrder<Chunk>>;

/**
 * The one place where order matters: takes the decoded chunks of a lane in the order of reading, places their rows on
 * the time line, and cuts batches off with their watermark. Touches no hit unless the orbit counter does something
 * unusual; the hits themselves stay in the chunks' shared lists.
 */
export class LaneOrder<Chunk extends DecodedChunk = DecodedChunk> {
  readonly timeline = new Timeline();
  readonly #options: LaneOptions & LaneMemory<Chunk>;
  readonly #partitions = new Map<number, Partition>();
  readonly #queue: PlacedChunk<Chunk>[] = [];
  #rowsReady = 0;
  #holesReady = 0;
  #watermark = 0;

  constructor(options: LaneOptions & LaneMemory<Chunk>, state?: LaneState) {
    this.#options = options;
    if (state === undefined) return;
    this.#watermark = state.watermark;
    this.timeline.runs.push(...state.runs.map((run) => ({ ...run })));
    for (const [number, { needed, clock: clockState, anchors, orbitMax, lost }] of state.partitions) {
      const clock = new PartitionClock(this.timeline, clockState, { ...this.#options, replay: anchors });
      const partition = this.#addPartition(number, clock, needed);
      partition.orbitMax = orbitMax;
      partition.lost = lost;
    }
  }

  /** Rows placed and not yet taken; rows read again are not counted. */
  get rowsReady(): number {
    return this.#rowsReady;
  }

  /** Holes that no cut has taken yet: a cut ends before the hole of a partition that it has read from. */
  get holesReady(): number {
    return this.#holesReady;
  }

  /** Largest orbit that is closed. */
  get watermark(): number {
    return this.#watermark;
  }

  /** Declares that a partition belongs to the lane and is read from `offset` on. */
  open(partition: number, offset: number): void {
    this.#partition(partition, offset);
  }

  /** Declares whether a partition holds the watermark back: it has unread rows, or was not idle for long enough. */
  hold(partition: number, holds: boolean): void {
    this.#partition(partition, 0).holds = holds;
  }

  /** How far each partition is. */
  *progress(): Generator<PartitionProgress> {
    for (const [partition, { read, placed, orbitMax }] of this.#partitions) yield { partition, read, placed, orbitMax };
  }

  /** Places the next chunk. */
  add(chunk: Chunk): void {
    const marks: PartMark[] = [];
    const placed = placeChunk(chunk, ({ partition: number, firstOffset, nextOffset }) => {
      const partition = this.#partition(number, firstOffset);
      const { clock } = partition;
      partition.placed = nextOffset;
      if (this.#options.restarts === false) {
        clock.forgetAnchors();
      } else {
        const { state, clockRows, waiting } = clock;
        const waitingFrom = waiting[0]?.offset ?? Infinity;
        const mark = { offset: firstOffset, nextOffset, state, clockRows, waitingFrom, orbitMax: -Infinity };
        partition.marks.push(mark);
        marks.push(mark);
      }
      return clock;
    });
    marks.forEach((mark, index) => (mark.orbitMax = placed.parts[index].max));
    this.#enqueue(placed);
    this.#packNewest();
    if (chunk.replayed) return;
    this.#rowsReady += chunk.decoded.rows;
    if (chunk.isHole === true) this.#holesReady++;
  }

  /**
   * Takes up to `rowsMax` rows, whole records where there are some. The watermark of the cut becomes the lane's with
   * {@link commitWatermark}, when something was published.
   */
  cut(rowsMax: number): BatchInput<Chunk> {
    const cut = new BatchInputBuilder<Chunk>(this.#options.shards);
    for (let placed = this.#queue[0]; placed !== undefined; placed = this.#queue[0]) {
      const { chunk } = placed;
      const left = chunk.decoded.rows - placed.rowsTaken;
      // A chunk without rows goes with the rows after it, so that a message reports its range.
      if (!chunk.replayed && (rowsMax === 0 || (left > 0 && cut.rowsRead >= rowsMax))) break;
      if (chunk.isHole === true && cut.input.has(chunk.parts[0].partition)) break;
      const wanted = chunk.replayed ? left : Math.min(left, rowsMax - cut.rowsRead);
      this.#take(placed, endOfRecord(chunk, placed.rowsTaken + wanted), cut);
      if (placed.rowsTaken < chunk.decoded.rows) break;
      this.#queue.shift();
      cut.finished.push(chunk);
    }
    this.#rowsReady -= cut.rowsRead;
    let waiting = 0;
    for (const partition of this.#partitions.values()) waiting += partition.waiting;
    const { rowsRead, kinds, slices, input, lost, taken, finished } = cut;
    const { runs } = this.timeline;
    const { lateness } = this.#options;
    const watermark = nextWatermark(this.#watermark, this.#partitions.values(), { runs, lateness });
    return { rowsRead, kinds, slices, input, lost, waiting, watermark, taken, finished };
  }

  /** Takes the remaining rows, gives every waiting row its claimed orbit, and closes everything. */
  flush(): BatchInput<Chunk> {
    const cut = this.cut(Infinity);
    const released: ReleasedRow[] = [];
    for (const partition of this.#partitions.values()) {
      released.push(...partition.clock.flush());
      partition.waiting = 0;
    }
    return { ...cut, slices: withReleased(cut.slices, released, false), waiting: 0, watermark: Infinity };
  }

  /** A cut was published with this watermark. */
  commitWatermark(watermark: number): void {
    const newest = this.timeline.newest?.max;
    const last = newest === undefined ? 0 : slotEnd(slotOf(newest));
    this.#watermark = watermark === Infinity ? Math.max(this.#watermark, last) : watermark;
  }

  /** What a restart needs, when everything closed up to the last cut is published. */
  get state(): LaneState {
    if (this.#options.restarts === false) throw new Error('a lane without restarts must not be asked for its state');
    const partitions = new Map<number, PartitionOrderState>();
    for (const [number, partition] of this.#partitions) {
      const mark = this.#firstNeeded(partition);
      partitions.set(number, {
        needed: mark === undefined ? partition.read : mark.offset,
        read: partition.read,
        clock: mark === undefined ? partition.clock.state : mark.state,
        anchors: partition.clock.anchorsFrom(mark?.clockRows ?? Infinity),
        orbitMax: partition.orbitMax,
        lost: partition.lost,
      });
    }
    return { watermark: this.#watermark, runs: this.timeline.runs, partitions };
  }

  #partition(number: number, offset: number): Partition {
    return (
      this.#partitions.get(number) ??
      this.#addPartition(number, new PartitionClock(this.timeline, undefined, this.#options), offset)
    );
  }

  #addPartition(number: number, clock: PartitionClock, offset: number): Partition {
    const nothing = { orbitMax: -Infinity, waiting: 0, holds: true, lost: 0 };
    const partition: Partition = { clock, ...nothing, placed: offset, marks: [], read: offset };
    this.#partitions.set(number, partition);
    return partition;
  }

  /** Rows that are read again come before the new ones, whichever partition was quicker to be read. */
  #enqueue(placed: PlacedChunk<Chunk>): void {
    const firstNew = placed.chunk.replayed ? this.#queue.findIndex(({ chunk }) => !chunk.replayed) : -1;
    if (firstNew < 0) this.#queue.push(placed);
    else this.#queue.splice(firstNew, 0, placed);
  }

  /** Packs the newest chunks, so that many small ones take no more memory than a few large ones. */
  #packNewest(): void {
    const { pack } = this.#options;
    if (pack === undefined) return;
    for (let last = this.#queue.length - 1; last > 0; last--) {
      const packed = pack(this.#queue[last - 1], this.#queue[last]);
      if (packed === undefined) return;
      this.#queue.splice(last - 1, 2, packed);
    }
  }

  /** Moves the rows up to `rowEnd` of a chunk into the cut. */
  #take(placed: PlacedChunk<Chunk>, rowEnd: number, cut: BatchInputBuilder<Chunk>): void {
    const { isHole, replayed } = placed.chunk;
    for (const { part, from, to, max, waiting } of cut.take(placed, rowEnd)) {
      const partition = this.#partition(part.partition, part.firstOffset);
      partition.orbitMax = Math.max(partition.orbitMax, max);
      partition.waiting = waiting;
      partition.read = to;
      if (isHole === true && !replayed) partition.lost += to - from;
    }
    if (isHole === true && !replayed) this.#holesReady--;
  }

  /** The oldest chunk start from which everything unpublished is read again; drops those before it. */
  #firstNeeded({ marks, clock, read }: Partition): PartMark | undefined {
    const waitingFrom = clock.waiting[0]?.offset ?? Infinity;
    let index = marks.findIndex((mark) => mark.orbitMax > this.#watermark || mark.nextOffset > read);
    if (index < 0) index = marks.length;
    let needed = Math.min(waitingFrom, marks[index]?.waitingFrom ?? Infinity);
    while (index > 0 && (marks[index]?.offset ?? Infinity) > needed) {
      index--;
      needed = Math.min(needed, marks[index]?.waitingFrom ?? Infinity);
    }
    marks.splice(0, index);
    return marks[0];
  }
}
