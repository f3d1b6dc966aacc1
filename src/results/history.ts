import { type CommonChambers, joinChambers } from '../domain/chamber-channels.js';
import { physicsOf } from '../domain/physics-of.js';
import { chambersOf, countsLength, fillCounts } from './message-counts.js';
import {
  factsOf,
  factsOfAll,
  type HistoryPart,
  joinFacts,
  partBytes,
  type PartFacts,
  PartSum,
  RunningSum,
} from './history-part.js';
import { HistoryBucket } from './history-bucket.js';
import { newestShapeOf, sumsOf } from './history-sums.js';
import type { IncomingMessage } from './incoming-message.js';
import type { MessageSums } from './message-sums.js';
import { packNumbers } from './packed-numbers.js';
import { type PhysicsShape, PhysicsShapes } from './physics-shape.js';
import { minuteMs, minuteOf, RateTrend } from './rate-trend.js';
import { StateTrend } from './state-trend.js';

/** What is kept. */
export interface HistoryLimits {
  /** Messages as they came, and the least of them where they are large. */
  readonly messagesMax: number;
  readonly messagesMin: number;
  /** How long minutes are kept, ms. */
  readonly keptMs: number;
  /**
   * Bytes that messages and minutes take together. Four chambers take less than a half of it; of more, first fewer
   * messages are kept, then fewer minutes.
   */
  readonly bytesMax: number;
}

const limitsDefault: HistoryLimits = {
  ...{ messagesMax: 600, messagesMin: 60, keptMs: 24 * 3600_000, bytesMax: 64 << 20 },
};
/** Places where minutes are cut. */
const cutsMax = 256;

/** A band of the number of active channels in an orbit, both ends included. */
export interface Band {
  readonly from: number;
  readonly to: number;
}

/** Where the screen stands: at a message, or at a minute that is older than those. */
export interface HistoryPlace {
  /** The last moment that is part of it, ms since 1970. */
  readonly atMs: number;
  readonly step: 'message' | 'minute';
}

/** Which messages a sum is of. */
export interface HistoryWindow {
  readonly kind: 'batch' | 'last' | 'mark' | 'start';
  /** Of `last`. */
  readonly seconds: number;
  /** Of `mark`: messages of batches that closed after it, ms since 1970. */
  readonly sinceMs: number;
  /** Undefined = up to the newest message. */
  readonly end: HistoryPlace | undefined;
}

/**
 * The messages of a group over time: the newest ones each as it came, those before them by minute for a day, and the sum
 * of all. A message belongs to the moment at which its batch closed, and is in exactly one part, so that sums of a window
 * are those of its messages whatever their order.
 */
export class History {
  /** Another one after each message. */
  version = 0;
  readonly trend = new RateTrend();
  readonly states = new StateTrend();
  readonly #bands: readonly Band[];
  readonly #limits: HistoryLimits;
  readonly #shapes = new PhysicsShapes();
  /** In the order of their time. */
  #messages: HistoryPart[] = [];
  #buckets: HistoryBucket[] = [];
  /** The one that messages were added to last. */
  #open: HistoryBucket | undefined;
  #cuts: number[] = [];
  #bytes = 0;
  #start = new PartSum();
  #startFacts: PartFacts | undefined;
  /** The shape of the newest message with physics. */
  #newestShape: { readonly shape: PhysicsShape; readonly atMs: number } | undefined;
  readonly #running = new RunningSum();
  readonly #sums = new Map<string, MessageSums>();
  #parts: HistoryPart[] | undefined;
  readonly #ofWindow = new Map<string, readonly HistoryPart[]>();
  /** Kept messages by start of their minute. */
  readonly #minutes = new Map<number, number>();
  /** As the messages said it last: the same list is one object, which is quickly compared. */
  #common: CommonChambers;
  #producers: readonly string[] = [];
  #values = new Float64Array(0);

  /** @param bands that orbits are counted by @param limits default: 600 messages, a day, 64 MB */
  constructor(bands: readonly Band[], limits: Partial<HistoryLimits> = {}) {
    this.#bands = bands;
    this.#limits = { ...limitsDefault, ...limits };
  }

  /** Forgets everything: the group was reset, or its log is gone. */
  clear(): void {
    this.trend.clear();
    this.states.clear();
    [this.#messages, this.#buckets, this.#open, this.#bytes] = [[], [], undefined, 0];
    [this.#start, this.#startFacts, this.#newestShape] = [new PartSum(), undefined, undefined];
    this.#minutes.clear();
    this.#changed();
  }

  /** From here on messages before and after a moment are in different parts: a window may begin there. */
  cut(atMs: number): void {
    if (this.#cuts.includes(atMs + 1)) return;
    this.#cuts = [...this.#cuts, atMs + 1].sort((a, b) => a - b).slice(-cutsMax);
  }

  /** Adds a message. @param times when its batch was open, ms since 1970 */
  add(message: IncomingMessage, times: { readonly openedMs: number; readonly closedMs: number }): void {
    const { closedMs } = times;
    const physics = physicsOf(message);
    const read = physics === undefined ? undefined : this.#shapes.read(physics);
    const counts = this.#countsOf(message, read?.physics.live_s);
    const same = { common: this.#sameChambers(message), producers: this.#sameProducers(message) };
    const facts = factsOf(message, { ...same, slots: read?.physics.slots, closedMs });
    if (read !== undefined) {
      const { live_s: liveS, slots } = read.physics;
      if (slots.live > 0) read.shape.slotS = liveS / slots.live;
      if (closedMs >= (this.#newestShape?.atMs ?? -Infinity)) this.#newestShape = { shape: read.shape, atMs: closedMs };
    }
    this.#start.addNumbers(counts, read);
    this.#startFacts = this.#startFacts === undefined ? facts : joinFacts(this.#startFacts, facts);
    this.trend.add(times, message, read?.physics);
    const part = {
      ...facts,
      ...{ counts: packNumbers(counts), countsLength: counts.length, bands: this.#bandsOf(message) },
      physics: read === undefined ? [] : [{ shape: read.shape, numbers: packNumbers(read.values) }],
    };
    let at = this.#messages.length;
    while (at > 0 && this.#messages[at - 1].lastMs > closedMs) at--;
    this.#messages.splice(at, 0, part);
    this.#bytes += partBytes(part);
    const minute = minuteOf(closedMs);
    this.#minutes.set(minute, this.minuteMessages(minute) + 1);
    this.#giveUp();
    this.#changed();
  }

  /** Time of the newest message and of the oldest part. */
  get newestMs(): number | undefined {
    return this.#messages.at(-1)?.lastMs;
  }

  get oldestMs(): number | undefined {
    return this.#buckets.at(0)?.startMs ?? this.#messages.at(0)?.lastMs;
  }

  /** Messages that came since a moment. */
  messagesAfter(atMs: number): number {
    return this.#all().reduce((sum, { firstMs, messages }) => sum + (firstMs > atMs ? messages : 0), 0);
  }

  /** Sums of the messages of a window. The same object while nothing has come. */
  windowSums(window: HistoryWindow): MessageSums {
    if (window.kind === 'start') return this.sinceStart(window.end);
    const key = JSON.stringify(window);
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const parts = this.parts(window);
    const sums = sumsOf(this.#running.of(parts), factsOfAll(parts), newestShapeOf(parts));
    this.#sums.set(key, sums);
    return sums;
  }

  /** Sums of all messages up to a place, also of those that are no longer kept. */
  sinceStart(end?: HistoryPlace): MessageSums {
    const key = end === undefined ? 'start' : `start ${end.atMs}`;
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const all = this.#all();
    const later = end === undefined ? [] : all.filter((part) => part.firstMs > end.atMs);
    let [sum, facts, shape] = [this.#start, this.#startFacts, this.#newestShape?.shape];
    if (later.length > 0) {
      sum = sum.clone();
      for (const part of later) sum.add(part, -1);
      const before = factsOfAll(all.filter((part) => !later.includes(part)));
      const { fromMs, orbitFirst, slotFirst } = facts ?? {};
      facts = before && { ...before, fromMs, orbitFirst: orbitFirst ?? null, slotFirst };
      shape = newestShapeOf(all.filter((part) => !later.includes(part)));
    }
    const sums = sumsOf(sum, facts, shape);
    this.#sums.set(key, sums);
    return sums;
  }

  /** The parts of a window, the oldest first. A minute that it begins in is part of it. */
  parts(window: HistoryWindow): readonly HistoryPart[] {
    const key = JSON.stringify(window);
    const known = this.#ofWindow.get(key);
    if (known !== undefined) return known;
    const parts = this.#partsOf(window);
    this.#ofWindow.set(key, parts);
    return parts;
  }

  #partsOf({ kind, seconds, sinceMs, end }: HistoryWindow): readonly HistoryPart[] {
    const all = this.#all();
    const upTo = end === undefined ? all : all.filter(({ firstMs }) => firstMs <= end.atMs);
    if (kind === 'batch') return upTo.slice(-1);
    if (kind === 'start') return upTo;
    const lastMs = end?.atMs ?? this.newestMs ?? 0;
    const afterMs = kind === 'mark' ? sinceMs : lastMs - 1000 * seconds;
    const wanted: HistoryPart[] = [];
    for (const part of upTo) if (part.lastMs > afterMs) wanted.push(part);
    return wanted;
  }

  /** Messages of a minute that begins at a moment, and their sums. */
  minuteMessages(startMs: number): number {
    return this.#minutes.get(startMs) ?? 0;
  }

  minuteSums(startMs: number): MessageSums {
    const parts = this.#ofMinute(startMs);
    const sum = new PartSum();
    for (const part of parts) sum.add(part);
    return sumsOf(sum, factsOfAll(parts), newestShapeOf(parts));
  }

  /** The same without physics, in a tenth of the time. */
  minuteCounts(startMs: number): Omit<MessageSums, 'physics'> {
    const parts = this.#ofMinute(startMs).map((part) => ({ ...part, physics: [] }));
    const sum = new PartSum();
    for (const part of parts) sum.add(part);
    return sumsOf(sum, factsOfAll(parts), undefined);
  }

  #ofMinute(startMs: number): HistoryPart[] {
    return this.#all().filter(({ firstMs }) => firstMs >= startMs && firstMs < startMs + minuteMs);
  }

  /** The place of the newest message. */
  newest(): HistoryPlace | undefined {
    return this.newestMs === undefined ? undefined : { atMs: this.newestMs, step: 'message' };
  }

  oldest(): HistoryPlace | undefined {
    return this.#places().at(0);
  }

  /**
   * The place that lies a message, or a minute, before or after another one; the last one there is where there are no
   * more.
   */
  beside(place: HistoryPlace, by: { readonly step: 'message' | 'minute'; readonly direction: -1 | 1 }): HistoryPlace {
    const places = this.#places();
    const distanceMs = by.step === 'message' ? 1 : minuteMs;
    const beside =
      by.direction < 0
        ? (places.findLast(({ atMs }) => atMs <= place.atMs - distanceMs) ?? places.at(0))
        : (places.find(({ atMs }) => atMs >= place.atMs + distanceMs) ?? places.at(-1));
    return beside ?? place;
  }

  /** Oldest first: the minutes, then the messages. */
  #places(): HistoryPlace[] {
    const first = this.#messages.at(0)?.lastMs ?? Infinity;
    const minutes = this.#buckets.filter(({ endMs }) => endMs <= first);
    return [
      ...minutes.map(({ endMs }) => ({ atMs: endMs - 1, step: 'minute' as const })),
      ...this.#messages.map(({ lastMs }) => ({ atMs: lastMs, step: 'message' as const })),
    ];
  }

  /** All parts, in the order of their time. */
  #all(): readonly HistoryPart[] {
    return (this.#parts ??= [...this.#buckets.flatMap(({ part }) => part ?? []), ...this.#messages]);
  }

  #changed(): void {
    this.version++;
    this.#sums.clear();
    this.#ofWindow.clear();
    this.#parts = undefined;
  }

  #sameChambers({ chambers }: IncomingMessage): CommonChambers {
    if (chambers === undefined) return undefined;
    if (joinChambers(this.#common, chambers) !== this.#common) this.#common = chambers;
    return this.#common;
  }

  #sameProducers({ producer = '' }: IncomingMessage): readonly string[] {
    if (this.#producers.at(0) !== producer) this.#producers = [producer];
    return this.#producers;
  }

  /** The sums of a message, which stand until the next one. */
  #countsOf(message: IncomingMessage, liveS: number | undefined): Float64Array {
    const length = countsLength(chambersOf(message));
    if (this.#values.length < length) this.#values = new Float64Array(length);
    const counts = this.#values.subarray(0, length).fill(0);
    fillCounts(counts, message, { liveS, isSplit: message.physics === null });
    return counts;
  }

  #bandsOf({ active_channels_chamber: active = {} }: IncomingMessage): Float64Array {
    const chambers = Math.max(0, ...Object.keys(active).map((key) => Number(key) + 1));
    const bands = new Float64Array(chambers * this.#bands.length);
    for (const [chamber, counts] of Object.entries(active)) {
      this.#bands.forEach(({ from, to }, band) => {
        let sum = 0;
        for (let number = from; number <= to; number++) sum += counts[number] ?? 0;
        bands[Number(chamber) * this.#bands.length + band] = sum;
      });
    }
    return bands;
  }

  /** Messages and minutes beyond what is kept: a message becomes part of its minute. */
  #giveUp(): void {
    const { messagesMax, messagesMin, keptMs, bytesMax } = this.#limits;
    const isLarge = (): boolean => this.#bytes > bytesMax;
    while (this.#messages.length > messagesMax || (isLarge() && this.#messages.length > messagesMin)) {
      const [oldest] = this.#messages.splice(0, 1);
      this.#bytes -= partBytes(oldest);
      this.#intoBucket(oldest);
    }
    const fromMs = (this.newestMs ?? 0) - keptMs;
    while (this.#buckets.length > 1 && (isLarge() || this.#buckets[0].endMs <= fromMs)) {
      const [bucket] = this.#buckets.splice(0, 1);
      const { startMs, part, bytes } = bucket;
      if (this.#open === bucket) this.#open = undefined;
      this.#bytes -= bytes;
      const minute = minuteOf(startMs);
      const left = this.minuteMessages(minute) - (part?.messages ?? 0);
      if (left > 0) this.#minutes.set(minute, left);
      else this.#minutes.delete(minute);
    }
  }

  #intoBucket(message: HistoryPart): void {
    const bucket = this.#bucketOf(message.lastMs);
    if (this.#open !== bucket) {
      this.#open?.close();
      this.#bytes += (this.#open?.bytes ?? 0) - bucket.bytes;
      this.#open = bucket;
    }
    bucket.add(message);
  }

  #bucketOf(atMs: number): HistoryBucket {
    const minute = minuteOf(atMs);
    const startMs = Math.max(minute, ...this.#cuts.filter((cut) => cut <= atMs));
    let at = this.#buckets.length;
    while (at > 0 && this.#buckets[at - 1].startMs > startMs) at--;
    const known = at > 0 ? this.#buckets[at - 1] : undefined;
    // A minute that was begun before it was cut stays whole.
    if (known !== undefined && atMs < known.endMs) return known;
    const next = this.#buckets.at(at)?.startMs ?? Infinity;
    const endMs = Math.min(minute + minuteMs, next, ...this.#cuts.filter((cut) => cut > atMs));
    const bucket = new HistoryBucket(startMs, endMs);
    this.#buckets.splice(at, 0, bucket);
    return bucket;
  }
}
