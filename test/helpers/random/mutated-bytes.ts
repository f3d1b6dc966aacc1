import type { RandomSource } from './random-source.js';

/** What lengths, counts and offsets are set to: the borders of what their fields can say. */
const extremes = [
  ...[0, 1, -1, -2, -12, 2, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x10000],
  ...[0x7fffffff, 0x80000000, 0xfffffff4, 0xffffffff],
];

type Change = (bytes: Buffer, random: RandomSource) => Buffer;

const changes: readonly Change[] = [
  // A bit or a byte is another one.
  (bytes, random) => at(bytes, random, (copy, place) => (copy[place] ^= 1 << random.below(8))),
  (bytes, random) => at(bytes, random, (copy, place) => (copy[place] = random.below(256))),
  // A field of 8, 16, 32 or 64 bits, or a varint, says something extreme.
  (bytes, random) => at(bytes, random, (copy, place) => setField(copy, place, random)),
  (bytes, random) => at(bytes, random, (copy, place) => copy.subarray(place, place + 1 + random.below(10)).fill(0xff)),
  (bytes, random) => at(bytes, random, (copy, place) => copy.subarray(place, place + 1 + random.below(16)).fill(0)),
  // The end is missing, or a part of the middle.
  (bytes, random) => Buffer.from(bytes.subarray(0, random.below(bytes.length + 1))),
  (bytes, random) => {
    const { from, to } = rangeOf(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  // Something else, or a part of the same, stands in between or at the end.
  (bytes, random) => insert(bytes, random.below(bytes.length + 1), random.bytes(1 + random.below(12))),
  (bytes, random) => {
    const { from, to } = rangeOf(bytes, random);
    return insert(bytes, random.oneIn(2) ? bytes.length : to, bytes.subarray(from, to));
  },
];

/** Valid bytes with one to four things wrong with them, of all that happens to bytes; a copy. */
export function mutatedBytes(bytes: Uint8Array, random: RandomSource): Buffer {
  let mutated: Buffer = Buffer.from(bytes);
  for (let left = 1 + random.below(4); left > 0; left--) mutated = random.pick(changes)(mutated, random);
  return mutated;
}

/** Bytes of nothing in particular, often short, often with many zeros or many ones. */
export function arbitraryBytes(random: RandomSource, lengthMax = 300): Buffer {
  const bytes = random.bytes(random.below(random.oneIn(2) ? 24 : lengthMax));
  const filler = random.pick([0, 0xff, 0x7f, 0x80]);
  if (random.oneIn(2)) bytes.forEach((_, place) => (bytes[place] = random.oneIn(3) ? bytes[place] : filler));
  return bytes;
}

function at(bytes: Buffer, random: RandomSource, change: (copy: Buffer, place: number) => unknown): Buffer {
  if (bytes.length === 0) return random.bytes(1);
  const copy = Buffer.from(bytes);
  change(copy, random.below(bytes.length));
  return copy;
}

function setField(copy: Buffer, place: number, random: RandomSource): void {
  const value = BigInt(random.pick(extremes));
  const width = random.pick([1, 2, 4, 8]);
  const field = Buffer.alloc(8);
  if (random.oneIn(2)) {
    field.writeBigInt64BE(value);
    field.copy(copy, place, 8 - width);
  } else {
    field.writeBigInt64LE(value);
    field.copy(copy, place, 0, width);
  }
}

function rangeOf(bytes: Buffer, random: RandomSource): { readonly from: number; readonly to: number } {
  const from = random.below(bytes.length + 1);
  return { from, to: Math.min(bytes.length, from + random.below(random.oneIn(2) ? 9 : 200)) };
}

function insert(bytes: Buffer, place: number, part: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, place), part, bytes.subarray(place)]);
}
