import { type CommonChambers, joinChambers } from '../domain/chamber-channels.js';
import type { IncomingMessage } from './incoming-message.js';
import { addPacked, packNumbers } from './packed-numbers.js';
import type { PhysicsShape } from './physics-shape.js';

/** A number, and when the batch that it is of closed: ms since 1970. */
interface Timed {
  readonly value: number;
  readonly atMs: number;
}

/** What some messages say that is no sum. */
export interface PartFacts {
  readonly messages: number;
  /** When the first and the last of their batches closed, where they are placed: ms since 1970. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** First opened and last closed as the messages say it, with their raw orbits. */
  readonly fromMs: number | undefined;
  readonly orbitFirst: number | null;
  readonly toMs: number | undefined;
  readonly orbitLast: number | null;
  /** The first and the last lit slot, and when their batches closed. */
  readonly slotFirst: Timed | undefined;
  readonly slotLast: Timed | undefined;
  /** Of messages with physics. */
  readonly producers: readonly string[];
  readonly common: CommonChambers;
}

/** Messages of a history that are kept as one: a message, or what a minute has. Never changed. */
export interface HistoryPart extends PartFacts {
  /** Sums as `message-counts.ts` lays them out, packed. */
  readonly counts: Uint8Array;
  readonly countsLength: number;
  /** By shape, that of the newest message last. */
  readonly physics: readonly { readonly shape: PhysicsShape; readonly numbers: Uint8Array }[];
  /** Orbits by chamber and band of the number of active channels. */
  readonly bands: Float64Array;
}

/** Bytes that a part takes, about. */
export function partBytes({ counts, physics, bands }: HistoryPart): number {
  const overhead = 600;
  return physics.reduce((sum, { numbers }) => sum + numbers.length, overhead + counts.length + bands.byteLength);
}

/** Facts of one message. @param of its producer in a list, slots that it has, and when its batch closed, ms since 1970 */
export function factsOf(
  { batch }: IncomingMessage,
  of: {
    readonly common: CommonChambers;
    readonly producers: readonly string[];
    readonly slots: { readonly first: number | null; readonly last: number | null } | undefined;
    readonly closedMs: number;
  },
): PartFacts {
  const { common, producers, slots, closedMs } = of;
  const [fromMs, toMs] = [Date.parse(batch?.opened ?? ''), Date.parse(batch?.closed ?? '')];
  return {
    ...{ messages: 1, firstMs: closedMs, lastMs: closedMs },
    ...{ fromMs: Number.isNaN(fromMs) ? undefined : fromMs, orbitFirst: batch?.orbit_first ?? null },
    ...{ toMs: Number.isNaN(toMs) ? undefined : toMs, orbitLast: batch?.orbit_last ?? null },
    ...{ slotFirst: timed(slots?.first, closedMs), slotLast: timed(slots?.last, closedMs) },
    ...{ producers: slots === undefined ? [] : producers, common },
  };
}

function timed(value: number | null | undefined, atMs: number): PartFacts['slotFirst'] {
  return value === undefined || value === null ? undefined : { value, atMs };
}

/** Facts of both; of the same moment the one that is added later comes last. */
export function joinFacts(one: PartFacts, other: PartFacts): PartFacts {
  return factsOfAll([one, other]) ?? one;
}

/** Facts of all; of the same moment the one that is added later comes last. Undefined of none. */
export function factsOfAll(parts: readonly PartFacts[]): PartFacts | undefined {
  const [first, ...others] = parts;
  if (parts.length === 0) return undefined;
  // Changed in place: a frame may join a thousand.
  const sum: { -readonly [Key in keyof PartFacts]: PartFacts[Key] } = factsIn(first);
  for (const other of others) {
    sum.messages += other.messages;
    sum.firstMs = Math.min(sum.firstMs, other.firstMs);
    sum.lastMs = Math.max(sum.lastMs, other.lastMs);
    if ((other.fromMs ?? Infinity) < (sum.fromMs ?? Infinity)) {
      sum.fromMs = other.fromMs;
      sum.orbitFirst = other.orbitFirst ?? sum.orbitFirst;
    }
    if ((other.toMs ?? -Infinity) >= (sum.toMs ?? -Infinity)) {
      sum.toMs = other.toMs ?? sum.toMs;
      sum.orbitLast = other.orbitLast ?? sum.orbitLast;
    }
    const { slotFirst, slotLast } = other;
    if (slotFirst !== undefined && !(sum.slotFirst && sum.slotFirst.atMs <= slotFirst.atMs)) sum.slotFirst = slotFirst;
    if (slotLast !== undefined && !(sum.slotLast && sum.slotLast.atMs > slotLast.atMs)) sum.slotLast = slotLast;
    if (sum.producers !== other.producers) sum.producers = joinNames(sum.producers, other.producers);
    if (sum.common !== other.common) sum.common = joinChambers(sum.common, other.common);
  }
  return sum;
}

/** The facts of a part, without its sums. */
function factsIn({
  messages,
  firstMs,
  lastMs,
  fromMs,
  orbitFirst,
  toMs,
  orbitLast,
  slotFirst,
  slotLast,
  producers,
  common,
}: PartFacts): PartFacts {
  return { messages, firstMs, lastMs, fromMs, orbitFirst, toMs, orbitLast, slotFirst, slotLast, producers, common };
}

function joinNames(one: readonly string[], other: readonly string[]): readonly string[] {
  return other.every((name) => one.includes(name)) ? one : [...new Set([...one, ...other])];
}

/** Sums of parts as vectors: parts are added and taken off. */
export class PartSum {
  counts = new Float64Array(0);
  /** With the number of parts that have each shape. */
  readonly physics = new Map<PhysicsShape, { readonly values: Float64Array; parts: number }>();

  add({ counts, countsLength, physics }: HistoryPart, sign: 1 | -1 = 1): void {
    this.#makeRoom(countsLength);
    addPacked(this.counts, counts, sign);
    for (const { shape, numbers } of physics) {
      const sum = this.#physicsOf(shape);
      sum.parts += sign;
      addPacked(sum.values, numbers, sign);
      if (sum.parts === 0) this.physics.delete(shape);
    }
  }

  /** Adds a message as it comes. */
  addNumbers(counts: Float64Array, physics: { shape: PhysicsShape; values: Float64Array } | undefined): void {
    this.#makeRoom(counts.length);
    for (let index = 0; index < counts.length; index++) this.counts[index] += counts[index];
    if (physics === undefined) return;
    const { shape, values } = physics;
    const sum = this.#physicsOf(shape);
    sum.parts++;
    for (let index = 0; index < values.length; index++) sum.values[index] += values[index];
  }

  clone(): PartSum {
    const clone = new PartSum();
    clone.counts = this.counts.slice();
    for (const [shape, { values, parts }] of this.physics) clone.physics.set(shape, { values: values.slice(), parts });
    return clone;
  }

  /** The sums as a part. */
  toPart(facts: PartFacts, bands: Float64Array): HistoryPart {
    const physics = [...this.physics].map(([shape, { values }]) => ({ shape, numbers: packNumbers(values) }));
    return { ...facts, bands, counts: packNumbers(this.counts), countsLength: this.counts.length, physics };
  }

  #makeRoom(length: number): void {
    if (length <= this.counts.length) return;
    const counts = new Float64Array(length);
    counts.set(this.counts);
    this.counts = counts;
  }

  #physicsOf(shape: PhysicsShape): { readonly values: Float64Array; parts: number } {
    const known = this.physics.get(shape);
    if (known !== undefined) return known;
    const sum = { values: new Float64Array(shape.length), parts: 0 };
    this.physics.set(shape, sum);
    return sum;
  }
}

/** The sum of a set of parts that changes little from one call to the next: only the difference is added or taken off. */
export class RunningSum {
  #sum = new PartSum();
  #parts = new Set<HistoryPart>();

  of(parts: readonly HistoryPart[]): PartSum {
    const wanted = new Set(parts);
    const gone = [...this.#parts].filter((part) => !wanted.has(part));
    const come = parts.filter((part) => !this.#parts.has(part));
    if (gone.length + come.length > parts.length) {
      this.#sum = new PartSum();
      for (const part of parts) this.#sum.add(part);
    } else {
      for (const part of gone) this.#sum.add(part, -1);
      for (const part of come) this.#sum.add(part);
    }
    this.#parts = wanted;
    return this.#sum;
  }
}
