import type { Physics } from './physics-message.js';

/** Keys of which all messages of one configuration say the same. */
const constants = new Set(['version', 'geometry', 'tick_first', 'ticks_bin', 'offset_ns']);
/** Of the live time of a sum: the same whatever messages it is made of. */
const digits = 9;
/** Keys that are made of the others. */
const derived = new Set(['live_s', 'rate_hz', 'first', 'last']);

/**
 * Adds up the physics of messages under their own keys. Another configuration starts a new sum; a message whose orbits may
 * be split makes it null.
 */
export class PhysicsSum {
  #sum: Physics | undefined;
  /** Whether the sum is one message's own, which must not change. */
  #isMessage = false;
  #isSplit = false;
  readonly #producers = new Set<string>();
  #slotS = 0;

  add({ producer, physics }: { readonly producer: string; readonly physics?: Physics | null | undefined }): void {
    if (physics === null) this.#isSplit = true;
    if (physics === undefined || physics === null) return;
    if (this.#sum?.geometry !== physics.geometry) {
      this.#producers.clear();
      this.#sum = physics;
      this.#isMessage = true;
    } else {
      const sum = this.#isMessage ? copyOf(this.#sum) : this.#sum;
      this.#sum = sum;
      this.#isMessage = false;
      addNumbers(sum, physics);
      sum.slots.first ??= physics.slots.first;
      sum.slots.last = physics.slots.last ?? sum.slots.last;
    }
    this.#producers.add(producer);
    if (physics.slots.live > 0) this.#slotS = physics.live_s / physics.slots.live;
  }

  /** Undefined when no message had any; rates are per live second of the detector, which each lane counts. */
  get sum(): Physics | null | undefined {
    if (this.#isSplit) return null;
    return this.#sum && finished(this.#sum, this.#slotS, this.#producers.size);
  }
}

/**
 * Adds up physics of one configuration whose live time and rates are not filled in.
 *
 * @param of seconds of a slot, lanes that the physics is of, first and last lit slot
 */
export function withRates(
  parts: readonly Physics[],
  of: { readonly slotS: number; readonly lanes: number; readonly slots: readonly [number | null, number | null] },
): Physics | undefined {
  const [sum, ...others] = parts;
  if (parts.length === 0) return undefined;
  for (const part of others) addNumbers(sum, part);
  const [first, last] = of.slots;
  return finished({ ...sum, slots: { ...sum.slots, first, last } }, of.slotS, of.lanes);
}

/** Rates are per live second of the detector, which each lane counts. */
function finished(sum: Physics, slotS: number, lanes: number): Physics {
  const liveS = Number((sum.slots.live * slotS).toPrecision(digits));
  const rateHz = liveS === 0 ? null : (sum.trigger.orbits * lanes) / liveS;
  return { ...sum, live_s: liveS, trigger: { ...sum.trigger, rate_hz: rateHz } };
}

type Counts = Record<string, unknown>;

/** Adds all numbers of an object or list, and of those in it, to those of another one with the same keys. */
function addNumbers(sum: object, more: object): void {
  if (isNumbers(sum) && isNumbers(more)) {
    // By index, several times quicker: nearly all numbers of a message are in lists.
    for (let index = 0; index < more.length; index++) sum[index] = (sum[index] ?? 0) + more[index];
    return;
  }
  const sums = sum as Counts;
  for (const [key, value] of Object.entries(more) as [string, unknown][]) {
    if (constants.has(key) || derived.has(key)) continue;
    const known = sums[key];
    if (typeof value === 'number') sums[key] = (typeof known === 'number' ? known : 0) + value;
    else if (typeof value === 'object' && value !== null) {
      if (typeof known === 'object' && known !== null) addNumbers(known, value);
      else sums[key] = copyOf(value);
    }
  }
}

/** A copy of numbers and texts in objects and lists, ten times quicker than `structuredClone`. */
function copyOf<T>(value: T): T {
  if (isNumbers(value)) return value.slice() as T;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== 'object' || value === null) return value;
  const copy: Counts = {};
  for (const [key, part] of Object.entries(value)) copy[key] = copyOf<unknown>(part);
  return copy as T;
}

/** Lists hold either numbers or objects. */
function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && typeof value[0] === 'number';
}
