import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { BatchMessage } from '../../src/domain/batch-message.js';
import { openEmbeddedLog } from '../../src/transport/embedded/embedded-log.js';
import type { LaneLease, OutgoingBatch } from '../../src/transport/transport.js';
import { type MovedPlace, movedMessage, placeBefore } from './moved-messages.js';

const topics = { topic: 'data_raw', results: 'data_clean', rejected: 'data_rejected' } as const;
const history = 'soak';
const minuteMs = 60_000;
/** Messages of the past come at this pace, a tenth of them in each step. */
const pastMessagesPerSecond = 100;
const stepMs = 100;

/** Messages of `process`, and what they are to be. */
export interface SoakMessages {
  /** Batches of several seconds: those that the past is made of. */
  readonly long: readonly BatchMessage[];
  /** Batches of 100 ms. */
  readonly short: readonly BatchMessage[];
  /** Time that the past takes. */
  readonly pastMinutes: number;
}

/** What was written. */
export interface Fed {
  readonly messages: number;
  readonly hits: number;
}

/** A topic of results that has no message yet. */
export async function makeSoakStore(store: string): Promise<void> {
  const log = await openEmbeddedLog({ dir: store });
  try {
    const spec = { partitions: 1, replicationFactor: 1 };
    await log.createTopics([
      { topic: topics.topic, ...spec },
      { topic: topics.results, ...spec, writer: 'group' },
      { topic: topics.rejected, ...spec, writer: 'group' },
    ]);
  } finally {
    await log.close();
  }
}

/**
 * Writes messages as `process` does: a past as fast as `watch` can read it, which ends now, and then live ones until a
 * file is there.
 *
 * @param options.onLive told when the past is written @param options.signal ends it before
 */
export async function feedSoak(
  store: string,
  { long, short, pastMinutes }: SoakMessages,
  options: { readonly stopFile: string; readonly onLive: () => void; readonly signal: AbortSignal },
): Promise<Fed> {
  const log = await openEmbeddedLog({ dir: store });
  const member = await log.joinGroup({ group: 'dtstream', ...topics, lanes: 1, reset: false });
  const { stopFile, onLive, signal } = options;
  const lane = await member.nextLane(signal);
  if (lane === undefined) throw new Error('the lane of a new group must be free');
  try {
    const pastMs = pastMinutes * minuteMs;
    const messages = pastMs / meanLiveMs(long);
    const takesMs = (messages / pastMessagesPerSecond) * 1000;
    const feed = new SoakFeed(lane, placeBefore(long[0], Date.now() + takesMs - pastMs));
    const beganMs = performance.now();
    const due = (): number => Math.min(1, (performance.now() - beganMs) / takesMs) * messages;
    while (!signal.aborted && feed.fed.messages < messages) {
      await feed.write(long, due() - feed.fed.messages);
      await delay(stepMs);
    }
    onLive();
    while (!signal.aborted && !existsSync(stopFile)) {
      await feed.writeUntil(short, Date.now());
      await delay(stepMs / 4);
    }
    return feed.fed;
  } finally {
    await lane.release();
    await member.close();
    await log.close();
  }
}

/** Where a feed stands. */
class SoakFeed {
  readonly #lane: LaneLease;
  #place: MovedPlace;
  #hits = 0;
  #taken = 0;

  constructor(lane: LaneLease, place: MovedPlace) {
    this.#lane = lane;
    this.#place = place;
  }

  get fed(): Fed {
    return { messages: this.#place.id, hits: this.#hits };
  }

  /** Writes as many messages, those of a list in turn. */
  async write(list: readonly BatchMessage[], count: number): Promise<void> {
    const messages: BatchMessage[] = [];
    for (let i = 0; i < count; i++) messages.push(this.#next(list));
    await this.#commit(messages);
  }

  /** Writes the messages whose batches are closed by then. */
  async writeUntil(list: readonly BatchMessage[], ms: number): Promise<void> {
    const messages: BatchMessage[] = [];
    while (this.#place.atMs + liveMs(list[this.#taken % list.length]) <= ms) messages.push(this.#next(list));
    await this.#commit(messages);
  }

  #next(list: readonly BatchMessage[]): BatchMessage {
    const { message, next } = movedMessage(list[this.#taken++ % list.length], this.#place, history);
    this.#place = next;
    this.#hits += message.hit_count;
    return message;
  }

  async #commit(messages: readonly BatchMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await this.#lane.commit({ results: [batchOf(messages)], rejected: [], offsets: new Map() });
  }
}

function batchOf(messages: readonly BatchMessage[]): OutgoingBatch {
  const values = messages.map((message) => Buffer.from(JSON.stringify(message)));
  let end = 0;
  const valueEnds = Uint32Array.from(values, (value) => (end += value.length));
  return { partition: 0, headers: {}, values: Buffer.concat(values), valueEnds };
}

function liveMs({ physics }: BatchMessage): number {
  return (physics?.live_s ?? 0) * 1000;
}

function meanLiveMs(messages: readonly BatchMessage[]): number {
  return messages.reduce((sum, message) => sum + liveMs(message), 0) / messages.length;
}
