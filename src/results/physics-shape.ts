import { type Physics, physicsSchema } from '../domain/physics-message.js';

/** Keys of which all messages of one shape say the same. */
const constants = new Set(['version', 'geometry', 'tick_first', 'ticks_bin', 'offset_ns']);
/** Keys that are no sums, and what they may be. */
const apart: Readonly<Record<string, (value: unknown) => boolean>> = {
  live_s: isPositive,
  rate_hz: (value) => value === null || isPositive(value),
  first: (value) => value === null || isCount(value),
  last: (value) => value === null || isCount(value),
};
/** Sums that may be below 0. */
const signed = new Set(['sum_um']);
/** Keys that a message may leave out: with and without them are two shapes. */
const optional = ['drift_chambers', 'segments'];

/** What stands at a place of physics: one number, a list of them, what is the same in all messages, or more places. */
type Place =
  | { readonly kind: 'number'; readonly isSigned: boolean }
  | { readonly kind: 'numbers'; readonly length: number }
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'apart'; readonly isRight: (value: unknown) => boolean }
  | { readonly kind: 'list'; readonly places: readonly Place[] }
  | { readonly kind: 'object'; readonly keys: readonly string[]; readonly places: readonly Place[]; isRecord: boolean };

/**
 * Which numbers `physics` of a message has, in their order: those of all messages of one configuration are vectors of the
 * same length. A message is checked while its vector is filled, far quicker than by its schema.
 */
export class PhysicsShape {
  readonly length: number;
  readonly geometry: string;
  /** Seconds of a slot, as the messages say it. */
  slotS = 0;
  readonly #place: Place;
  #scratch: Float64Array | undefined;

  /** @param physics of the first message, checked by its schema */
  constructor(physics: Physics) {
    this.geometry = physics.geometry;
    this.#place = placeOf(physics, '');
    this.length = lengthOf(this.#place);
  }

  /** Whether physics has this shape, every number is right, and nothing else is in it. */
  isOf(physics: unknown): physics is Physics {
    this.#scratch ??= new Float64Array(this.length);
    return this.fill(this.#scratch, physics) && hasOnly(this.#place, physics);
  }

  /** Fills a vector with the numbers of a message; false = it is of another shape, or wrong. */
  fill(values: Float64Array, physics: unknown): physics is Physics {
    return fillFrom(this.#place, physics, { values, at: 0 });
  }

  /** Physics with the numbers of a vector; live time, rates and slots that are no sums are left at 0 and null. */
  physicsOf(values: Float64Array): Physics {
    return build(this.#place, { values, at: 0 }) as Physics;
  }
}

/** The shapes of a stream of messages; at most {@link shapesMax}, physics of further ones counts as none. */
const shapesMax = 32;
export class PhysicsShapes {
  readonly #shapes: PhysicsShape[] = [];
  #values = new Float64Array(0);

  /**
   * @param physics as JSON has it
   * @returns its shape and its numbers, which stand until the next call; undefined for physics of another form
   */
  read(physics: unknown): { shape: PhysicsShape; values: Float64Array; physics: Physics } | undefined {
    for (const [at, shape] of this.#shapes.entries()) {
      if (this.#values.length < shape.length) this.#values = new Float64Array(shape.length);
      const values = this.#values.subarray(0, shape.length);
      if (!shape.fill(values, physics)) continue;
      // The newest one is the likeliest.
      if (at > 0) this.#shapes.unshift(...this.#shapes.splice(at, 1));
      return { shape, values, physics };
    }
    if (this.#shapes.length >= shapesMax) return undefined;
    const parsed = physicsSchema.safeParse(physics);
    if (!parsed.success) return undefined;
    const shape = new PhysicsShape(parsed.data);
    const values = new Float64Array(shape.length);
    if (!shape.fill(values, parsed.data)) return undefined;
    this.#shapes.unshift(shape);
    return { shape, values, physics: parsed.data };
  }
}

/** Whether there are no keys but those of a place. */
function hasOnly(place: Place, value: unknown): boolean {
  if (place.kind === 'list') return place.places.every((of, index) => hasOnly(of, (value as unknown[])[index]));
  if (place.kind !== 'object') return true;
  const object = value as Readonly<Record<string, unknown>>;
  return (
    Object.keys(object).length === place.keys.length &&
    place.keys.every((key, index) => hasOnly(place.places[index], object[key]))
  );
}

function placeOf(value: unknown, key: string): Place {
  if (constants.has(key)) return { kind: 'constant', value };
  if (key in apart) return { kind: 'apart', isRight: apart[key] };
  if (Array.isArray(value)) {
    const isOfNumbers = value.every((entry) => typeof entry === 'number');
    if (isOfNumbers) return { kind: 'numbers', length: value.length };
    return { kind: 'list', places: value.map((entry) => placeOf(entry, '')) };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, of]) => of !== undefined);
    const places = entries.map(([name, of]) => placeOf(of, name));
    return { kind: 'object', keys: entries.map(([name]) => name), places, isRecord: key === 'chambers' };
  }
  return { kind: 'number', isSigned: signed.has(key) };
}

function lengthOf(place: Place): number {
  switch (place.kind) {
    case 'number':
      return 1;
    case 'numbers':
      return place.length;
    case 'constant':
    case 'apart':
      return 0;
    case 'list':
    case 'object':
      return place.places.reduce((sum, of) => sum + lengthOf(of), 0);
    default:
      return place satisfies never;
  }
}

/** A vector and how far it is filled or read. */
interface Cursor {
  readonly values: Float64Array;
  at: number;
}

function fillFrom(place: Place, value: unknown, cursor: Cursor): boolean {
  switch (place.kind) {
    case 'number':
      if (place.isSigned ? !Number.isSafeInteger(value) : !isCount(value)) return false;
      cursor.values[cursor.at++] = value as number;
      return true;
    case 'numbers':
      return fillList(place.length, value, cursor);
    case 'constant':
      return value === place.value;
    case 'apart':
      return place.isRight(value);
    case 'list':
      if (!Array.isArray(value) || value.length !== place.places.length) return false;
      return place.places.every((of, index) => fillFrom(of, value[index], cursor));
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      const object = value as Record<string, unknown>;
      const { keys, places, isRecord } = place;
      if (isRecord && Object.keys(object).length !== keys.length) return false;
      if (optional.some((key) => object[key] !== undefined && !keys.includes(key))) return false;
      return keys.every((key, index) => fillFrom(places[index], object[key], cursor));
    }
    default:
      return place satisfies never;
  }
}

/** By index: nearly all numbers of a message are in lists. */
function fillList(length: number, value: unknown, cursor: Cursor): boolean {
  if (!Array.isArray(value) || value.length !== length) return false;
  const { values, at } = cursor;
  for (let index = 0; index < length; index++) {
    const count: unknown = value[index];
    if (!isCount(count)) return false;
    values[at + index] = count;
  }
  cursor.at += length;
  return true;
}

function build(place: Place, cursor: Cursor): unknown {
  switch (place.kind) {
    case 'number':
      return cursor.values[cursor.at++];
    case 'numbers':
      cursor.at += place.length;
      return listOf(cursor.values.subarray(cursor.at - place.length, cursor.at));
    case 'constant':
      return place.value;
    case 'apart':
      return place.isRight(null) ? null : 0;
    case 'list':
      return place.places.map((of) => build(of, cursor));
    case 'object':
      return Object.fromEntries(place.keys.map((key, index) => [key, build(place.places[index], cursor)]));
    default:
      return place satisfies never;
  }
}

/** By index, as where it is filled: an iterator makes an object a number. */
function listOf(values: Float64Array): number[] {
  const list = new Array<number>(values.length);
  for (let index = 0; index < values.length; index++) list[index] = values[index];
  return list;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
