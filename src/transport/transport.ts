/**
 * The contract between the pipeline and a log: topics of partitions, records with key, value and headers, readers that
 * wake, and lanes whose results and offsets are committed in one transaction. Every implementation passes the suite in
 * `test/transport/contract.ts`.
 *
 * Offsets count records of a partition from 0 and only rise; a range of offsets is half open.
 */

/** Headers of a record; all records of a batch share one set. */
export type Headers = Readonly<Record<string, string>>;

/** Headers that dtstream itself writes and understands. */
export const headerNames = {
  /** `text/csv` (the default without the header) or `application/x-dt-words`. */
  contentType: 'content-type',
  /** Orbits in one block, when a block of orbits goes to one partition; absent = not keyed by orbit. */
  orbitBlock: 'dt-orbit-block',
  /**
   * Id of a `produce --new-run`, on its first records of each partition: their orbits and the following ones are of a run
   * of their own.
   */
  run: 'dt-run',
} as const;
export const contentTypes = { csv: 'text/csv', words: 'application/x-dt-words' } as const;

/** Records of one partition with the same headers, back to back. */
export interface OutgoingBatch {
  readonly partition: number;
  readonly headers: Headers;
  /** Values of all records, one after the other. */
  readonly values: Uint8Array;
  /** End of each record's value in `values`, ascending; as long as there are records. */
  readonly valueEnds: Uint32Array;
  /** Key of each record; absent = no record has one. */
  readonly keys?: readonly (string | null)[];
}

/** A batch as it is read back; its memory belongs to the caller of the read, unless it is lent. */
export interface RecordBatch extends OutgoingBatch {
  /** Offset of the first record. */
  readonly firstOffset: number;
  /** Offset of each record, where they are not consecutive from `firstOffset`. */
  readonly offsets?: Float64Array;
  /** Next offset to read after this batch; skips records that are not data, such as transaction markers. */
  readonly nextOffset: number;
  /** When the batch was appended, ms since 1970. */
  readonly timestampMs: number;
  /** The batch is a hole: the records [firstOffset, nextOffset) were deleted before this reader came to them. */
  readonly isHole?: boolean;
}

/** The batch that stands for records [from, to) of a partition that were deleted before they were read. */
export function holeBatch(partition: number, from: number, to: number): RecordBatch {
  const nothing = { values: new Uint8Array(0), valueEnds: new Uint32Array(0), headers: {} };
  return { partition, ...nothing, firstOffset: from, nextOffset: to, timestampMs: 0, isHole: true };
}

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Bytes kept in all partitions together; the oldest go first. Absent = the implementation's default. */
  readonly retentionBytes?: number;
  /**
   * Writer of the topic: `produce` (default) through {@link Transport.openWriter}, or `group` with its commits only
   * (results and rejected rows). An implementation may store the two kinds differently.
   */
  readonly writer?: 'produce' | 'group';
}

export interface PartitionState {
  readonly partition: number;
  /** Oldest offset still held, and the offset that the next record will get. */
  readonly first: number;
  readonly end: number;
  /** Records from `end` on that wait for a transaction which is open; absent = none. */
  readonly undecided?: number;
}

export interface TopicState {
  readonly topic: string;
  /** Distinguishes the topic from a recreated one of the same name; absent if unknown. */
  readonly id?: string;
  readonly partitions: readonly PartitionState[];
  readonly bytes: number;
  /** Copies of the topic, where the implementation keeps several. */
  readonly replicationFactor?: number;
}

/** What a group has committed of one partition; `metadata` is opaque to the transport. */
export interface CommittedOffset {
  /** First record that is still needed: where reading starts after a restart (C). */
  readonly offset: number;
  readonly metadata: string;
}

export interface GroupState {
  readonly group: string;
  readonly topic: string;
  readonly committed: ReadonlyMap<number, CommittedOffset>;
  /** Whether a member holds a lane of the group now. */
  readonly alive: boolean;
}

/** Where a reader begins: an offset by partition, or a rule for all. */
export type ReadFrom = 'earliest' | 'latest' | { readonly timeMs: number } | ReadonlyMap<number, number>;

export interface LogWriter {
  /**
   * Appends all batches or none and resolves when they are durable by the implementation's rule. Appends of one writer
   * become visible in the order of the calls; memory of a batch must stay as it is until its append resolves.
   *
   * @param points what {@link LogWriter.resumePoint} will return after this append, by input, stored in the same
   *   transaction where the implementation can
   * @throws DtstreamError `limit` when retention may not delete and the log stays full; `fenced` when another writer has
   *   come between with this input since its resume point was read; `gone` when the log is no longer the one that was opened
   */
  append(batches: readonly OutgoingBatch[], ...points: readonly ResumePoint[]): Promise<void>;
  /** Records that appends of this writer have pushed out while no group read the topic; absent where that is not known. */
  readonly deletedUnread?: number;
  /**
   * State stored by the last append of this input, or undefined. After this call the writer continues only from there.
   *
   * @throws DtstreamError `fenced` when another running writer writes this input
   */
  resumePoint(input: string): Promise<ResumePoint | undefined>;
  /** What {@link resumePoint} returns, only to be looked at: neither refused nor bound to be continued. */
  peekResumePoint(input: string): Promise<ResumePoint | undefined>;
  /** Finishes what was appended; an append that waits for room fails at once. Idempotent. */
  close(): Promise<void>;
}

/** How far an input was written: opaque to the transport but for the name. */
export interface ResumePoint {
  readonly input: string;
  readonly state: string;
}

export interface ReadOptions {
  readonly bytesMax: number;
  readonly waitMs: number;
  readonly signal?: AbortSignal;
  readonly lent?: boolean;
}

export interface LogReader {
  /**
   * Resolves with at least one batch as soon as there is one, with none after `waitMs` or when `signal` aborts. Records
   * that were deleted before they were read are a batch of their own, see {@link RecordBatch.isHole}.
   *
   * @param bytesMax about how many bytes of values to return at most; at least one batch is returned whatever its size
   * @param lent buffers are valid until the next call only: their memory may be reused then
   */
  read(options: ReadOptions): Promise<readonly RecordBatch[]>;
  /** Stops and resumes reading of partitions; a paused one keeps its position. */
  pause(partitions: readonly number[]): void;
  resume(partitions: readonly number[]): void;
  /** Offset that will be read next, by partition. */
  positions(): ReadonlyMap<number, number>;
  /** First and end offsets now. A transactional topic's end counts its markers. */
  bounds(): Promise<readonly PartitionState[]>;
  /** Records that retention took before this reader came to them, so far. */
  readonly lostRecords: number;
  /**
   * How often reading, or {@link bounds}, has failed and was tried again, so far: partitions may have been silent because of
   * it, for their writers too. Absent = that does not happen.
   */
  readonly interruptions?: number;
  close(): Promise<void>;
}

/** Results, rejected rows and offsets that become visible together or not at all. */
export interface LaneTransaction {
  readonly results: readonly OutgoingBatch[];
  readonly rejected: readonly OutgoingBatch[];
  readonly offsets: ReadonlyMap<number, CommittedOffset>;
}

/** Ownership of a fixed set of partitions: one owner at a time; a new owner fences the previous one. */
export interface LaneLease {
  readonly lane: number;
  readonly partitions: readonly number[];
  /** What the group had committed when the lease was taken, read after the owner before was fenced. */
  readonly committed: ReadonlyMap<number, CommittedOffset>;
  /** Aborts when the lane is known to be lost; its reason is a `LaneLoss` where the implementation knows one. */
  readonly lost: AbortSignal;
  /** The group's topic when the lane was taken: its id where that is known, and partitions of all lanes. */
  readonly topic: { readonly id?: string; readonly partitions: number };
  /** Aborts when the topic has got partitions of this lane: given back and taken again, the lane has them. */
  readonly grown: AbortSignal;
  /** Bytes of a record that the topic of rejected rows takes, with its headers; absent = not known. */
  readonly rejectedBytesMax?: number;
  /** A reader of the lane's partitions from the given offsets. */
  openReader(from: ReadonlyMap<number, number>): Promise<LogReader>;
  /**
   * Resolves when the transaction is decided. Readers see it within moments, and at once when the lane was given back.
   *
   * @throws DtstreamError `fenced` when the lane has another owner; nothing of the transaction is then visible.
   *   `transport` when the topic was deleted and recreated since the lane was taken, where that is known
   */
  commit(transaction: LaneTransaction): Promise<void>;
  /** Gives the lane back at once, so that another member need not wait for the lease to run out. */
  release(): Promise<void>;
}

/** Why a group cannot continue with a topic that has another id than the one it has read. */
export function topicMadeAnew(topic: string): string {
  return `topic ${topic} was deleted and recreated since it was read (--reset starts with the new one)`;
}

export interface GroupOptions {
  readonly group: string;
  readonly topic: string;
  readonly results: string;
  readonly rejected: string;
  /** Lane of a partition is `partition mod lanes`. */
  readonly lanes: number;
  /** Forget what the group has committed. Refused with `transport` while a member is alive. */
  readonly reset: boolean;
}

export interface GroupMember {
  /** Whether the group knows us and others have all lanes; false while it is waited for. */
  readonly isStandby: boolean;
  /**
   * Waits for a lane and takes it; undefined when `signal` aborts. Another member's lane is waited for.
   *
   * @throws DtstreamError `usage` when a member that is alive runs the group with another number of lanes
   */
  nextLane(signal: AbortSignal): Promise<LaneLease | undefined>;
  close(): Promise<void>;
}

export interface Transport {
  /** What the log is, for messages: `embedded log .dtstream`, `Kafka 10.0.0.1:9092`. */
  readonly name: string;
  /** Id of the cluster, by whatever address it was reached; absent where a log is known by its place. */
  clusterId?(): Promise<string | undefined>;
  /** Creates missing topics and returns all named topics as they are; an existing topic keeps its settings. */
  createTopics(specs: readonly TopicSpec[]): Promise<readonly TopicState[]>;
  /**
   * All topics. With `names` an implementation may look at those only; it then throws DtstreamError `transport` when one
   * may not be used, and leaves out one that does not exist.
   */
  topics(names?: readonly string[]): Promise<readonly TopicState[]>;
  /**
   * Deletes topics that there are with all that is in them, and what groups have committed of them; resolves when they
   * are gone.
   *
   * @throws DtstreamError `usage` where the implementation can't
   */
  deleteTopics(names: readonly string[]): Promise<void>;
  /**
   * Deletes all topics and groups whose names begin so. A group with a running member stays.
   *
   * @throws DtstreamError `usage` where the implementation can't
   */
  deleteNamed(prefix: string): Promise<void>;
  /**
   * All groups, or those with one of these names that there are. `settled` waits for commits that are being decided, which
   * a killed owner can hold up until its lane is taken or its transaction times out; without it they are left out.
   */
  groups(names?: readonly string[], options?: { readonly settled?: boolean }): Promise<readonly GroupState[]>;
  /** @throws DtstreamError `transport` (retryable) when the topic does not exist, `usage` when only groups write it */
  openWriter(topic: string): Promise<LogWriter>;
  /**
   * A plain reader that registers nothing; `partitions` absent = all. Sees committed records only.
   *
   * @throws DtstreamError `transport` (retryable) when the topic does not exist yet
   */
  openReader(topic: string, from: ReadFrom, partitions?: readonly number[]): Promise<LogReader>;
  /**
   * Joins a group, whose topics for results and rejected rows have been created.
   *
   * @throws DtstreamError `transport` (retryable) when the topic to read does not exist yet
   */
  joinGroup(options: GroupOptions): Promise<GroupMember>;
  close(): Promise<void>;
}
