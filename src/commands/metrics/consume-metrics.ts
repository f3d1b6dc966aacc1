import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { BatchMessage } from '../../domain/batch-message.js';
import type { ConsumeMetrics, PublishedBatch } from '../../pipeline/metrics.js';
import { lostOf } from '../../domain/summary.js';
import { durationBuckets } from './registry.js';

const dropReasons = ['head', 'channel'] as const;
const rejectReasons = ['fields', 'number', 'range'] as const;

/**
 * What `process` publishes, as counters. They start at 0 with the process and rise with each commit, so their sum over
 * all processes of a group is the sum of the ledgers of the messages that these have published.
 */
export class PromConsumeMetrics implements ConsumeMetrics {
  readonly #rows: Counter;
  readonly #hits: Counter<'chamber'>;
  readonly #scintillator: Counter;
  readonly #dropped: Counter<'reason'>;
  readonly #rejected: Counter<'reason'>;
  readonly #lost: Counter<'partition'>;
  readonly #carriedLost: Counter;
  readonly #lateHits: Counter;
  readonly #lateOrbits: Counter;
  readonly #orbits: Counter;
  readonly #messages: Counter;
  readonly #commits: Counter;
  readonly #batchSeconds: Histogram;
  readonly #commitSeconds: Histogram;
  readonly #carried: Gauge<'producer'>;
  readonly #lanesOwned: Gauge;
  /** Next unread offset of each partition of the lanes that are owned. */
  readonly #read = new Map<number, number>();
  readonly #lanes = new Map<number, readonly number[]>();

  constructor(registry: Registry, chambers: number) {
    const registers = [registry];
    const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });
    this.#rows = counter('dtstream_rows_read_total', 'Rows read for the first time.');
    this.#hits = new Counter({
      name: 'dtstream_hits_total',
      help: 'Hits published, by chamber.',
      labelNames: ['chamber'],
      registers,
    });
    this.#scintillator = counter('dtstream_scintillator_total', 'Rows of the trigger channels published.');
    this.#dropped = new Counter({
      name: 'dtstream_dropped_rows_total',
      help: 'Rows dropped, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.#rejected = new Counter({
      name: 'dtstream_rejected_rows_total',
      help: 'Malformed rows, by the rule they break.',
      labelNames: ['reason'],
      registers,
    });
    this.#lost = new Counter({
      name: 'dtstream_lost_messages_total',
      help: 'Messages of the topic deleted before they were read, by partition.',
      labelNames: ['partition'],
      registers,
    });
    this.#carriedLost = counter(
      'dtstream_carried_lost_rows_total',
      'Rows of open orbits that were deleted before they were read again.',
    );
    this.#lateHits = counter('dtstream_late_hits_total', 'Hits whose orbit was already published.');
    this.#lateOrbits = counter('dtstream_late_orbits_total', 'Orbits with late hits.');
    this.#orbits = counter('dtstream_orbits_total', 'Closed orbits with a hit.');
    this.#messages = counter('dtstream_messages_total', 'Messages published.');
    this.#commits = counter('dtstream_commits_total', 'Transactions committed.');
    this.#batchSeconds = new Histogram({
      name: 'dtstream_batch_duration_seconds',
      help: 'Time from the first row of a batch to its publication.',
      buckets: durationBuckets,
      registers,
    });
    this.#commitSeconds = new Histogram({
      name: 'dtstream_commit_duration_seconds',
      help: 'Duration of a transaction.',
      buckets: durationBuckets,
      registers,
    });
    this.#carried = new Gauge({
      name: 'dtstream_carried_rows',
      help: 'Hits and scintillator rows of orbits that are still open, by producer (group/lane).',
      labelNames: ['producer'],
      registers,
    });
    this.#lanesOwned = new Gauge({
      name: 'dtstream_lanes_owned',
      help: 'Lanes that this process owns.',
      registers,
    });
    // Create all series at the start: a rate over a series that appears later misses its first step.
    for (let chamber = 0; chamber < chambers; chamber++) this.#hits.inc({ chamber }, 0);
    for (const reason of dropReasons) this.#dropped.inc({ reason }, 0);
    for (const reason of rejectReasons) this.#rejected.inc({ reason }, 0);
  }

  /** Next unread offset by partition, of the lanes that are owned. */
  get read(): ReadonlyMap<number, number> {
    return this.#read;
  }

  /** Whether a partition belongs to a lane that is owned, of so many. */
  owns(partition: number, lanes: number): boolean {
    return this.#lanes.has(partition % lanes);
  }

  laneTaken(lane: number, read: ReadonlyMap<number, number>): void {
    this.#lanes.set(lane, [...read.keys()]);
    this.#lanesOwned.set(this.#lanes.size);
    for (const [partition, offset] of read) {
      this.#read.set(partition, offset);
      this.#lost.inc({ partition }, 0);
    }
  }

  laneLeft(lane: number): void {
    for (const partition of this.#lanes.get(lane) ?? []) this.#read.delete(partition);
    this.#lanes.delete(lane);
    this.#lanesOwned.set(this.#lanes.size);
  }

  published({ messages, commitMs }: PublishedBatch): void {
    for (const message of messages) this.#add(message);
    if (commitMs === undefined) return;
    this.#commits.inc();
    this.#commitSeconds.observe(commitMs / 1000);
  }

  #add({ ledger, hit_count_chamber, producer, input, ...message }: BatchMessage): void {
    this.#messages.inc();
    this.#rows.inc(ledger.rows_read);
    hit_count_chamber.forEach((count, chamber) => this.#hits.inc({ chamber }, count));
    this.#scintillator.inc(ledger.scintillator);
    for (const reason of dropReasons) this.#dropped.inc({ reason }, ledger.dropped[reason]);
    for (const reason of rejectReasons) this.#rejected.inc({ reason }, ledger.rejected[reason]);
    this.#lateHits.inc(message.late_hits);
    this.#lateOrbits.inc(message.late_orbits);
    this.#orbits.inc(message.orbits);
    this.#carried.set({ producer }, ledger.carried_out);
    this.#batchSeconds.observe(message.batch.duration_ms / 1000);
    this.#carriedLost.inc(ledger.carried_lost ?? 0);
    for (const [partition, count] of lostOf(message)) this.#lost.inc({ partition }, count);
    const lostTo = Object.entries(message.lost ?? {}).map(
      ([partition, ranges]) => [partition, ranges[ranges.length - 1][1]] as const,
    );
    const readTo = Object.entries(input).map(([partition, [, to]]) => [partition, to] as const);
    for (const [partition, to] of [...lostTo, ...readTo]) {
      if (this.#read.has(Number(partition))) this.#read.set(Number(partition), to);
    }
  }
}
