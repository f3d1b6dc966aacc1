import { AsyncEvent } from '../../../async-event.js';
import { DtstreamError } from '../../../errors.js';
import {
  holeBatch,
  type LogReader,
  type PartitionState,
  type ReadFrom,
  type ReadOptions,
  type RecordBatch,
} from '../../transport.js';
import { protocolError } from '../client/kafka-error.js';
import { BrokerClient } from '../client/broker-client.js';
import type { ResolvedKafkaOptions } from '../client/kafka-options.js';
import { listOffsets, offsetTime } from '../topics/list-offsets.js';
import { loadCodec } from '../protocol/codecs.js';
import { RecordBatchReader, surveyRecords } from '../protocol/record-batch-reader.js';
import { type FetchedPartition, fetchRequest } from '../protocol/requests.js';

interface Position {
  readonly partition: number;
  /** What {@link KafkaReader.read} gives next. */
  offset: number;
  /** The next fetch. */
  fetchOffset: number;
  /** Fetched and not yet taken apart, and holes between. */
  fetched: { readonly batches: { next(): RecordBatch | undefined }; readonly bytes: number }[];
  /** Time of the last records read: partitions are read in the order of these times. */
  timestampMs: number;
  paused: boolean;
}

/** Bytes of a fetch of one partition: more are hardly quicker, fewer are slower. */
const partitionBytesMax = 1 << 20;
const partitionBytesMin = 64 << 10;
/** Bytes fetched ahead in all partitions, about. */
const aheadBytes = 32 << 20;
/** Bytes of one fetch from one broker. */
const fetchBytesMax = 16 << 20;
const fetchWaitMs = 500;
/** Part of the partitions that are asked for together, at least. */
const askedShareMin = 0.25;
/** How long partitions at their end wait for others, whose stock is full, to be asked for together. */
const roomWaitMs = 20;

/**
 * Reads partitions of a topic: a fetch under way per broker, a bounded stock of what came, records taken apart when they are
 * asked for.
 *
 * ```
 *  broker ─► fetch loop ─► Position.fetched (undecoded) ─► read(): the oldest of the partitions first
 *                  ▲ while a partition's stock is below its bound          │ wakes the loop
 *                  └───────────────────────────────────────────────────────┘
 * ```
 */
export class KafkaReader implements LogReader {
  readonly #topic: string;
  readonly #positions: ReadonlyMap<number, Position>;
  readonly #shared: BrokerClient;
  /** Fetches wait at the broker, so they go over connections of their own. */
  readonly #client: BrokerClient;
  readonly #stockBytesMax: number;
  readonly #onClose: () => void;
  #fetching = false;
  #failure: { readonly error: unknown } | undefined;
  #lostRecords = 0;
  #interruptions = 0;
  readonly #arrived = new AsyncEvent();
  readonly #hasRoom = new AsyncEvent();

  static async open(
    context: { readonly client: BrokerClient; readonly options: ResolvedKafkaOptions; readonly onClose: () => void },
    topic: string,
    from: ReadFrom,
    partitions?: readonly number[],
  ): Promise<KafkaReader> {
    const starts = await context.client.retrying(`read ${topic}`, (client) =>
      startOffsets(client, topic, from, partitions),
    );
    return new KafkaReader(context, topic, starts);
  }

  private constructor(
    context: { readonly client: BrokerClient; readonly options: ResolvedKafkaOptions; readonly onClose: () => void },
    topic: string,
    starts: ReadonlyMap<number, number>,
  ) {
    this.#shared = context.client;
    this.#client = new BrokerClient(context.options);
    this.#onClose = context.onClose;
    this.#topic = topic;
    this.#stockBytesMax = Math.min(partitionBytesMax, Math.max(partitionBytesMin, aheadBytes / starts.size));
    const place = { fetched: [], timestampMs: 0, paused: false };
    this.#positions = new Map(
      [...starts].map(([partition, offset]) => [
        partition,
        { partition, offset, fetchOffset: offset, ...place, fetched: [] },
      ]),
    );
  }

  get lostRecords(): number {
    return this.#lostRecords;
  }

  get interruptions(): number {
    return this.#interruptions;
  }

  async read({ bytesMax, waitMs, signal }: ReadOptions): Promise<readonly RecordBatch[]> {
    const deadlineMs = performance.now() + waitMs;
    this.#startFetching();
    for (;;) {
      if (this.#client.closed.aborted || signal?.aborted) return [];
      if (this.#failure !== undefined) throw this.#failure.error;
      const batches = this.#take(bytesMax);
      const leftMs = deadlineMs - performance.now();
      if (batches.length > 0 || leftMs <= 0) return batches;
      await this.#arrived.wait({ waitMs: leftMs, signal });
    }
  }

  pause(partitions: readonly number[]): void {
    for (const partition of partitions) this.#position(partition).paused = true;
  }

  resume(partitions: readonly number[]): void {
    for (const partition of partitions) this.#position(partition).paused = false;
    this.#hasRoom.notify();
    this.#arrived.notify();
  }

  positions(): ReadonlyMap<number, number> {
    return new Map([...this.#positions.values()].map(({ partition, offset }) => [partition, offset]));
  }

  bounds(): Promise<readonly PartitionState[]> {
    let tries = 0;
    return this.#shared.retrying(`read ${this.#topic}`, (client) => {
      if (tries++ > 0) this.#interruptions++;
      return partitionStates(client, this.#topic, [...this.#positions.keys()]);
    });
  }

  async close(): Promise<void> {
    if (this.#client.closed.aborted) return;
    this.#onClose();
    const closed = this.#client.close();
    this.#hasRoom.notify();
    this.#arrived.notify();
    await closed;
  }

  /** Batches, always of the partition whose last one is the oldest, until `bytesMax`. */
  #take(bytesMax: number): RecordBatch[] {
    const batches: RecordBatch[] = [];
    for (let bytes = 0; batches.length === 0 || bytes < bytesMax;) {
      const position = this.#oldest();
      if (position === undefined) break;
      const [stock] = position.fetched;
      const batch = stock.batches.next();
      if (batch === undefined) {
        position.fetched.shift();
        this.#hasRoom.notify();
        continue;
      }
      position.offset = batch.nextOffset;
      if (batch.isHole !== true) position.timestampMs = batch.timestampMs;
      bytes += batch.values.length;
      const last = batches.at(-1);
      const isMarker = batch.valueEnds.length === 0 && batch.isHole !== true;
      if (isMarker && last?.partition === batch.partition && last.isHole !== true) {
        batches[batches.length - 1] = { ...last, nextOffset: batch.nextOffset };
      } else {
        batches.push(batch);
      }
    }
    return batches;
  }

  #oldest(): Position | undefined {
    let oldest: Position | undefined;
    for (const position of this.#positions.values()) {
      if (position.paused || position.fetched.length === 0) continue;
      if (oldest === undefined || position.timestampMs < oldest.timestampMs) oldest = position;
    }
    return oldest;
  }

  #position(partition: number): Position {
    const position = this.#positions.get(partition);
    if (position === undefined) throw new RangeError(`partition ${partition} of ${this.#topic} is not read here`);
    return position;
  }

  #startFetching(): void {
    if (this.#fetching) return;
    this.#fetching = true;
    this.#fetchAll().catch((error: unknown) => {
      if (this.#client.closed.aborted) return;
      this.#failure = { error };
      this.#arrived.notify();
    });
  }

  /** One loop per leader; when leaders change, all loops restart. */
  async #fetchAll(): Promise<void> {
    const { closed } = this.#client;
    let tries = 0;
    while (!closed.aborted) {
      const endless = { graceMs: Infinity };
      const fetchAll = async (client: BrokerClient, works: () => void): Promise<void> => {
        if (tries++ > 0) this.#interruptions++;
        const leaders = await client.leaders(this.#topic);
        const nodes = new Map<number, Position[]>();
        for (const position of this.#positions.values()) {
          const leader = leaders.get(position.partition) ?? -1;
          nodes.set(leader, [...(nodes.get(leader) ?? []), position]);
        }
        const stop = new AbortController();
        const loops = [...nodes].map(([nodeId, positions]) =>
          this.#fetchFrom(nodeId, positions, { works, stop: AbortSignal.any([closed, stop.signal]) }).finally(() =>
            stop.abort(),
          ),
        );
        const ends = await Promise.allSettled(loops);
        for (const end of ends) if (end.status === 'rejected') throw end.reason;
      };
      await this.#client.retrying(`read ${this.#topic}`, fetchAll, endless);
    }
  }

  /** Fetches until the first failure: the caller counts only consecutive failures. */
  async #fetchFrom(
    nodeId: number,
    positions: readonly Position[],
    { works, stop }: { readonly works: () => void; readonly stop: AbortSignal },
  ): Promise<void> {
    const broker = await this.#client.broker(nodeId);
    let hasWorked = false;
    while (!stop.aborted) {
      // Paused ones, too: their stock is bounded as well, and is ready when they resume.
      const asked = positions.filter(
        ({ fetched }) => fetched.reduce((sum, { bytes }) => sum + bytes, 0) < this.#stockBytesMax,
      );
      // A fetch for the one partition that has room would be followed by one for the next: with many partitions most of
      // the work. So it waits until some have room, or one has nothing left.
      const isDry = asked.some(({ fetched }) => fetched.length === 0);
      if (asked.length === 0 || (!isDry && asked.length < positions.length * askedShareMin)) {
        await this.#hasRoom.wait({ signal: stop });
        continue;
      }
      // The broker must not be waited for while a partition that is left out may soon have room.
      const isWhole = asked.length === positions.length;
      const request = fetchRequest({
        topic: this.#topic,
        maxWaitMs: isWhole ? fetchWaitMs : 0,
        maxBytes: fetchBytesMax,
        partitions: asked.map(({ partition, fetchOffset }) => ({
          partition,
          offset: fetchOffset,
          maxBytes: this.#stockBytesMax,
        })),
      });
      try {
        const partitions = await this.#client.send(broker, request);
        const isEmpty = partitions.every(({ errorCode, records }) => errorCode === 0 && records.length === 0);
        if (isEmpty && !isWhole) await this.#hasRoom.wait({ waitMs: roomWaitMs, signal: stop });
        // All of a response at once: reading partitions in the order of time needs the parts that belong together.
        const surveyed = partitions.map((fetched) => ({ ...fetched, ...surveyRecords(fetched.records) }));
        for (const { packed } of surveyed) for (const compression of packed) await loadCodec(compression);
        const outOfRange = surveyed.filter((fetched) => !this.#store(fetched));
        this.#arrived.notify();
        for (const { partition } of outOfRange) await this.#moveIntoRange(this.#position(partition));
        hasWorked = true;
        works();
      } catch (error) {
        // A broker that has answered before gets the whole time of an outage again.
        if (hasWorked && !stop.aborted) return;
        throw error;
      }
    }
  }

  /** False when the offset asked for is not there. */
  #store({ partition, errorCode, aborted, records, end }: FetchedPartition & { end: number | undefined }): boolean {
    const position = this.#position(partition);
    if (errorCode === offsetOutOfRange) return false;
    if (errorCode !== 0) throw protocolError(errorCode);
    if (records.length === 0) return true;
    const batches = new RecordBatchReader({ topic: this.#topic, partition, records, aborted }, position.fetchOffset);
    if (end === undefined || end <= position.fetchOffset)
      throw noProgress(batches, this.#topic, position, records.length);
    position.fetchOffset = end;
    position.fetched.push({ batches, bytes: records.length });
    return true;
  }

  async #moveIntoRange(position: Position): Promise<void> {
    const [{ first, end }] = await this.#shared.retrying(`read ${this.#topic}`, (client) =>
      partitionStates(client, this.#topic, [position.partition]),
    );
    const { partition, fetchOffset } = position;
    if (fetchOffset > end) throw beyondEnd(this.#topic, partition, fetchOffset, end);
    if (fetchOffset >= first) return;
    this.#lostRecords += first - fetchOffset;
    position.fetchOffset = first;
    position.fetched.push({ batches: once(holeBatch(partition, fetchOffset, first)), bytes: 0 });
    this.#arrived.notify();
  }
}

const offsetOutOfRange = 1;

/**
 * Error for a response without the requested record, which would be requested forever: brokers answer with the whole
 * record batch of an offset, however large it is, or with nothing.
 */
function noProgress(
  batches: RecordBatchReader,
  topic: string,
  { partition, fetchOffset }: Position,
  bytes: number,
): DtstreamError {
  batches.next(); // What is no record batch at all is refused in its own words.
  return new DtstreamError(
    'transport',
    `cannot read ${topic}/${partition} at offset ${fetchOffset}: the broker must send its record batch whole, got ${bytes} bytes without it`,
  );
}

/** One batch among fetched ones. */
function once(batch: RecordBatch): { next(): RecordBatch | undefined } {
  const left = [batch];
  return { next: () => left.shift() };
}

/** First and end offsets of partitions, and what waits behind the end for a transaction. */
export async function partitionStates(
  client: BrokerClient,
  topic: string,
  partitions: readonly number[],
): Promise<PartitionState[]> {
  // Before the end, so that records appended meanwhile do not count as waiting.
  const all = await listOffsets(client, topic, partitions, offsetTime.end, 'readUncommitted');
  const [first, end] = await Promise.all([
    listOffsets(client, topic, partitions, offsetTime.first),
    listOffsets(client, topic, partitions, offsetTime.end),
  ]);
  return partitions.map((partition) => {
    const undecided = (all.get(partition) ?? 0) - (end.get(partition) ?? 0);
    return {
      partition,
      first: first.get(partition) ?? 0,
      end: end.get(partition) ?? 0,
      ...(undecided > 0 && { undecided }),
    };
  });
}

async function startOffsets(
  client: BrokerClient,
  topic: string,
  from: ReadFrom,
  partitions: readonly number[] | undefined,
): Promise<Map<number, number>> {
  const own = partitions ?? [...(await client.leaders(topic)).keys()].sort((a, b) => a - b);
  const states = await partitionStates(client, topic, own);
  const timed =
    typeof from === 'object' && 'timeMs' in from ? await listOffsets(client, topic, own, from.timeMs) : undefined;
  return new Map(states.map((state) => [state.partition, startOf(topic, state, from, timed)]));
}

function startOf(
  topic: string,
  { partition, first, end }: PartitionState,
  from: ReadFrom,
  timed: ReadonlyMap<number, number> | undefined,
): number {
  if (from === 'earliest') return first;
  if (from === 'latest') return end;
  if ('timeMs' in from) {
    const offset = timed?.get(partition) ?? -1;
    return offset < 0 ? end : offset;
  }
  const offset = from.get(partition) ?? first;
  if (offset > end) throw beyondEnd(topic, partition, offset, end);
  return offset;
}

function beyondEnd(topic: string, partition: number, offset: number, end: number): DtstreamError {
  return new DtstreamError(
    'transport',
    `cannot read ${topic}/${partition} from offset ${offset}: it must not be beyond the end, got end ${end}`,
  );
}
