import type { ComputePool } from '../../compute/pool.js';
import { geometryHash } from './geometry-hash.js';
import { DtstreamError } from '../../errors.js';
import type { LaneLease, LogReader } from '../../transport/transport.js';
import { BatchComputer } from '../batch/batch-computer.js';
import { HeldHits, HeldRows, lastOrbitOfAll } from '../batch/held-hits.js';
import { type AssemblerState, MessageAssembler, openHitsMax, tooManyOpen } from '../batch/message-assembler.js';
import type { BatchInput } from '../order/batch-input.js';
import { LaneOrder, type LaneRows } from '../order/lane-order.js';
import { WholeInput } from '../order/whole-input.js';
import { BatchPolicy, type CloseReason } from './batch-policy.js';
import { checkGeometry, checkHeld, checkLanes, checkLateness, checkWhole } from './check-lanes.js';
import { HeldRejected } from './held-rejected.js';
import { IdleClock } from './idle-clock.js';
import { type CommitFrame, decodeCheckpoint, type LaneCheckpoint } from './lane-checkpoint.js';
import { type LaneChunk, LaneReader } from './lane-reader.js';
import { laneTransaction, rejectedOf } from './lane-transaction.js';
import type { SessionEnd, SessionOptions } from './session-options.js';

/** Carried hits above which partitions that are ahead wait for the one behind, and below which they resume. */
const carriedHigh = 800_000;
const carriedLow = 400_000;

/**
 * The work of one lane while it is owned: read, compute and publish batch by batch, each batch with its offsets in one
 * transaction. The next batch is computed while the one before is committed.
 *
 * ```
 *  recover [C, R) ─► wait for rows or time ─► cut ─► publish (pool) ─► commit ─┐
 *                          ▲                                                   │
 *                          └───────────────────────────────────────────────────┘
 * ```
 */
export class LaneSession {
  readonly #lease: LaneLease;
  readonly #pool: ComputePool;
  readonly #options: SessionOptions;
  /** Replaced by its continuation after a flush. */
  #lane: LaneRows<LaneChunk>;
  /** Of rows in any order: all of them, and those that were rejected. */
  readonly #held: HeldHits | undefined;
  readonly #heldRejected = new HeldRejected();
  readonly #publisher: MessageAssembler;
  readonly #checkpoint: LaneCheckpoint | undefined;
  readonly #history: string;
  readonly #geometry: string;
  readonly #stop: AbortSignal;
  #commit: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  readonly #idle: IdleClock;
  #openedMs: number | undefined;
  /** Ends of partitions, where something was unread at the start. */
  #backlog: ReadonlyMap<number, number> | undefined;
  #paused: readonly number[] = [];
  /** Whether rows that were read before are gone now that they should be read again. */
  #hasReplayHole = false;

  constructor(lease: LaneLease, pool: ComputePool, options: SessionOptions, stop: AbortSignal) {
    this.#lease = lease;
    this.#pool = pool;
    this.#options = options;
    this.#idle = new IdleClock(options);
    // With ends that are noted once, partitions that come later do not matter.
    this.#stop = AbortSignal.any([stop, lease.lost, ...(options.untilEnd ? [] : [lease.grown])]);
    this.#checkpoint = decodeCheckpoint(lease.committed);
    this.#history = this.#checkpoint?.history ?? options.newHistory();
    this.#geometry = geometryHash(options.geometry);
    if (options.lateness === Infinity) {
      this.#held = new HeldHits(pool, pool.setup, options.heldRows ?? new HeldRows());
      this.#lane = new WholeInput<LaneChunk>(this.#held, lastOrbitOfAll);
    } else {
      this.#lane = new LaneOrder<LaneChunk>({ ...options, shards: pool.setup.shards }, this.#checkpoint?.lane);
    }
    this.#publisher = new MessageAssembler(
      this.#held ?? new BatchComputer(pool, pool.setup),
      { ...options, producer: `${options.group}/${lease.lane}`, history: this.#history },
      this.#publisherState(),
    );
  }

  /** Works until the end, a stop or the loss of the lane. The next owner reads uncommitted rows again. */
  async run(): Promise<SessionEnd> {
    checkWhole(this.#options, { ...this.#lease.topic, partitions: this.#lease.partitions }, this.#lease.committed);
    checkGeometry({ ...this.#options, geometry: this.#geometry }, this.#lease.committed);
    checkLateness(this.#options, this.#lease.committed);
    checkLanes(this.#options, this.#lease.committed);
    const starts = await this.#starts();
    const log = await this.#lease.openReader(starts);
    this.#tellTaken(starts);
    const stopReading = new AbortController();
    let reading: Promise<void> = Promise.resolve();
    let reader: LaneReader | undefined;
    try {
      const bounds = await log.bounds();
      const currentEnds = this.#idle.look(bounds);
      const replayUntil = new Map(
        [...(this.#checkpoint?.lane.partitions ?? [])].map(([partition, { read }]) => [partition, read]),
      );
      checkHeld(this.#options.group, replayUntil, bounds);
      const isBehind = bounds.some(
        ({ partition, end }) => end > (replayUntil.get(partition) ?? starts.get(partition) ?? 0),
      );
      this.#backlog = isBehind && !this.#options.untilEnd ? currentEnds : undefined;
      const ends = this.#options.untilEnd ? currentEnds : undefined;
      const { steadyNow: now, onLost, onCutRow } = this.#options;
      const onUnkeyed = (): void => {
        this.#publisher.splitSlots();
        this.#options.onUnkeyed?.();
      };
      const { rejectedBytesMax } = this.#lease;
      const told = { onUnkeyed, onLost, onCutRow, rejectedBytesMax };
      reader = new LaneReader(log, this.#pool, { starts, replayUntil, ends, now, ...told });
      reading = reader.run(AbortSignal.any([this.#stop, stopReading.signal]));
      if (this.#held !== undefined) await this.#readAll(reader, log);
      else if (await this.#recover(reader, replayUntil)) await this.#work(reader, log);
      await this.#commit;
      if (this.#lease.lost.aborted) return 'lost';
      if (reader.hasEnded && ends !== undefined && !this.#stop.aborted) return 'end';
      return this.#lease.grown.aborted ? 'grown' : 'stopped';
    } catch (error) {
      if (this.#lease.lost.aborted || (error instanceof DtstreamError && error.code === 'fenced')) return 'lost';
      throw error;
    } finally {
      stopReading.abort();
      await this.#commit.catch(() => undefined);
      await reading;
      await reader?.settled();
      this.#held?.release();
      this.#options.metrics?.laneLeft(this.#lease.lane);
      await log.close();
    }
  }

  /** Lanes of another number have counted other slots: live time begins anew. */
  #publisherState(): AssemblerState | undefined {
    const before = this.#checkpoint;
    if (before === undefined || before.lanes === this.#options.lanes) return before?.publisher;
    return { ...before.publisher, lit: undefined };
  }

  /** C of each partition, or where it begins without a commit. */
  async #starts(): Promise<Map<number, number>> {
    const starts = new Map<number, number>();
    const committed = this.#checkpoint?.lane.partitions;
    const unread = this.#lease.partitions.filter((partition) => !committed?.has(partition));
    const begins = unread.length === 0 ? undefined : await this.#options.startsOf(unread);
    for (const partition of this.#lease.partitions) {
      const start = committed?.get(partition)?.needed ?? begins?.get(partition) ?? 0;
      starts.set(partition, start);
      this.#lane.open(partition, start);
    }
    return starts;
  }

  /** What was read before a restart is not unread, also where it is read again. */
  #tellTaken(starts: ReadonlyMap<number, number>): void {
    const before = this.#checkpoint?.lane.partitions;
    const read = [...starts].map(([partition, start]): [number, number] => [
      partition,
      before?.get(partition)?.read ?? start,
    ]);
    const { lane } = this.#lease;
    this.#options.metrics?.laneTaken(lane, new Map(read));
    const { nextMessageId, carried: open } = this.#publisher.state;
    const messagesAgain = read.reduce((sum, [partition, to]) => sum + to - (starts.get(partition) ?? to), 0);
    const lastMessageId = nextMessageId === 0 ? undefined : nextMessageId - 1;
    this.#options.onTaken?.({ lane, read: new Map(read), messagesAgain, open, lastMessageId });
  }

  /**
   * Reads [C, R) again, so that the carried hits are as the last transaction left them, but for those that were deleted
   * meanwhile.
   *
   * @returns false when it was stopped before: then nothing may be published
   */
  async #recover(reader: LaneReader, replayUntil: ReadonlyMap<number, number>): Promise<boolean> {
    if (this.#checkpoint === undefined) return true;
    const isBehind = (): boolean =>
      [...this.#lane.progress()].some(({ partition, placed }) => placed < (replayUntil.get(partition) ?? 0));
    while (isBehind() && !this.#stop.aborted) {
      reader.seal();
      if (!this.#absorb(reader)) await reader.changed(50);
    }
    if (isBehind()) return false;
    const carried = await this.#publisher.recover(this.#lane.cut(0));
    const expected = this.#checkpoint.publisher.carried;
    if (this.#hasReplayHole && carried < expected) {
      this.#publisher.loseCarried(expected - carried);
      this.#options.onCarriedLost?.({ lane: this.#lease.lane, rows: expected - carried });
    } else if (carried !== expected) {
      throw new DtstreamError(
        'transport',
        `cannot continue with group ${this.#options.group}: ${expected} open hits must be read again, found ${carried}; ` +
          'rows that the group still needs are gone from the log (--reset starts over)',
      );
    }
    return true;
  }

  async #work(reader: LaneReader, log: LogReader): Promise<void> {
    const { batchRows, batchIntervalMs, steadyNow } = this.#options;
    const policy = new BatchPolicy({ batchRows, batchIntervalMs, backlog: this.#backlog });
    for (;;) {
      if (this.#lease.lost.aborted) return;
      if (this.#failure !== undefined) throw this.#failure.error;
      // A batch ahead is enough: more would only fill the memory.
      while (this.#lane.rowsReady < batchRows && this.#absorb(reader));
      if (this.#stop.aborted) return this.#close('stop', reader, log);
      const step = policy.next({
        nowMs: steadyNow(),
        openedMs: this.#openedMs ?? reader.arrivedMs,
        rowsReady: this.#lane.rowsReady,
        carried: this.#publisher.state.carried,
        hasEnded: reader.hasEnded && reader.pending === 0,
        positions: () => log.positions(),
      });
      if (step.close === undefined) await reader.changed(step.waitMs);
      else if (step.close === 'end') return this.#finish(reader, log);
      else await this.#close(step.close, reader, log);
      if (step.close === 'idle') await this.#rest(reader, log);
    }
  }

  /** Takes rows in any order up to the end, and publishes them then: what is stopped before has published nothing. */
  async #readAll(reader: LaneReader, log: LogReader): Promise<void> {
    const { group, topic } = this.#options;
    while (!reader.hasEnded || reader.pending > 0) {
      if (this.#stop.aborted) return;
      if (!this.#absorb(reader)) await reader.changed(1000);
      if (this.#checkpoint !== undefined && this.#lane.rowsReady > 0) {
        throw new DtstreamError(
          'usage',
          `cannot continue with group ${group} with --lateness all: it has counted all rows of ${topic} that were there, ` +
            'and more have come; use another --group, or start over with --reset',
        );
      }
    }
    if (!this.#stop.aborted) await this.#publish(this.#lane.flush(), reader, log);
  }

  /** Nothing new has come for a while: says so, or publishes what is open. */
  async #rest(reader: LaneReader, log: LogReader): Promise<void> {
    const { quietMs } = this.#idle;
    if (quietMs === undefined || this.#publisher.state.carried === 0) return;
    const { flushAfterMs = Infinity, idleMs, onIdle } = this.#options;
    if (quietMs >= flushAfterMs) await this.#flush(reader, log);
    else if (quietMs >= idleMs) {
      // What the last message left open is known when it is committed.
      await this.#commit;
      onIdle?.(this.#lease.lane);
    }
  }

  /** Publishes all that is open, as at the end, and continues as a restart after that would. */
  async #flush(reader: LaneReader, log: LogReader): Promise<void> {
    await this.#finish(reader, log);
    const { shards } = this.#pool.setup;
    this.#lane = new LaneOrder<LaneChunk>({ ...this.#options, shards }, this.#lane.state);
    this.#publisher.continueFrom(this.#lane.watermark);
  }

  /** Publishes a batch. What was read beyond it at a stop is read again by the next owner. */
  async #close(reason: Exclude<CloseReason, 'end'> | 'stop', reader: LaneReader, log: LogReader): Promise<void> {
    if (reason !== 'rows' && reason !== 'idle') await this.#drain(reader);
    await this.#idle.holdBack(this.#lane, reader, log);
    await this.#publish(this.#lane.cut(reason === 'idle' ? 0 : this.#options.batchRows), reader, log);
  }

  /** Takes the decoded chunks; false when there are none. */
  #absorb(reader: LaneReader): boolean {
    const chunk = reader.take();
    if (chunk === undefined) return false;
    this.#lane.add(chunk);
    if (chunk.isHole && chunk.replayed) this.#hasReplayHole = true;
    if (!chunk.replayed) this.#openedMs ??= chunk.arrivedMs;
    if (this.#held !== undefined) this.#hold(chunk, this.#held, reader);
    return true;
  }

  /** The rows of a chunk are held. */
  #hold(chunk: LaneChunk, held: HeldHits, reader: LaneReader): void {
    this.#heldRejected.add(chunk);
    const read = new Map(chunk.parts.map(({ partition, nextOffset }) => [partition, nextOffset]));
    reader.release(chunk);
    this.#options.onHeld?.({ lane: this.#lease.lane, rows: this.#lane.rowsReady, open: held.rows, read });
  }

  /** Takes everything that was read up to now. */
  async #drain(reader: LaneReader): Promise<void> {
    reader.seal();
    for (let left = reader.pending; left > 0;) {
      if (this.#absorb(reader)) left--;
      else await reader.changed(1000);
    }
  }

  /** At the end: publishes all that is left. */
  async #finish(reader: LaneReader, log: LogReader): Promise<void> {
    await this.#idle.holdBack(this.#lane, reader, log);
    while (this.#lane.rowsReady > this.#options.batchRows || this.#lane.holesReady > 0) {
      await this.#publish(this.#lane.cut(this.#options.batchRows), reader, log);
    }
    await this.#publish(this.#lane.flush(), reader, log);
  }

  get #frame(): CommitFrame {
    return {
      lanes: this.#options.lanes,
      topic: this.#lease.topic,
      history: this.#history,
      geometry: this.#geometry,
      lateness: this.#options.lateness,
    };
  }

  /** Publishes a cut and begins its transaction, once the one before is through. */
  async #publish(cut: BatchInput<LaneChunk>, reader: LaneReader, log: LogReader): Promise<void> {
    const { now, steadyNow, onBatch, metrics } = this.#options;
    const nowMs = steadyNow();
    const openMs = Math.round(nowMs - (this.#openedMs ?? reader.arrivedMs ?? nowMs));
    const messages = await this.#publisher.publish(cut, this.#lane.timeline.runs, now() - openMs, now);
    this.#openedMs = this.#lane.rowsReady + this.#lane.holesReady > 0 ? steadyNow() : undefined;
    if (messages.length > 0) {
      this.#lane.commitWatermark(cut.watermark);
      const { group } = this.#options;
      const rejected = [...this.#heldRejected.take(), ...rejectedOf(cut)];
      const state = { lane: this.#lane.state, publisher: this.#publisher.state };
      const transaction = laneTransaction({ ...state, messages, rejected, group }, this.#frame);
      await this.#commit;
      const commitFromMs = steadyNow();
      this.#commit = this.#lease.commit(transaction).then(() => {
        const commitMs = steadyNow() - commitFromMs;
        metrics?.published({ messages: messages.map(({ head }) => head), commitMs });
        onBatch?.({ lane: this.#lease.lane, messages, rejected: transaction.rejected });
      });
      // A failed commit must be seen even if no batch follows.
      this.#commit.catch((error: unknown) => {
        this.#failure = { error };
        reader.awaken();
      });
    }
    for (const chunk of cut.finished) reader.release(chunk);
    this.#balance(log);
  }

  /** Lets the partitions that are ahead wait while too many hits are open. */
  #balance(log: LogReader): void {
    const { carried } = this.#publisher.state;
    if (this.#paused.length > 0 && carried < carriedLow) {
      log.resume(this.#paused);
      this.#paused = [];
    }
    if (carried < carriedHigh) return;
    const places = [...this.#lane.progress()];
    const lowest = Math.min(...places.map(({ orbitMax }) => orbitMax));
    const highest = Math.max(...places.map(({ orbitMax }) => orbitMax));
    if (carried > openHitsMax && highest - lowest <= this.#options.lateness) throw tooManyOpen(this.#options.lateness);
    log.resume(this.#paused);
    this.#paused = places.filter(({ orbitMax }) => orbitMax > lowest).map(({ partition }) => partition);
    log.pause(this.#paused);
  }
}
