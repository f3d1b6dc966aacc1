import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Random } from '../../../src/sources/simulator/random.js';

/** sfc32 as its author writes it, in exact integers: `tmp = a + b + counter++; a = b ^ (b >> 9); …`. */
function* reference(seed: number, stream: number): Generator<number> {
  const cut = (value: bigint): bigint => BigInt.asUintN(32, value);
  let [a, b, c, counter] = [cut(BigInt(seed)), cut(BigInt(seed) >> 32n), cut(BigInt(stream)), 1n];
  for (let round = 0; ; round++) {
    const sum = cut(a + b + counter);
    counter = cut(counter + 1n);
    a = b ^ (b >> 9n);
    b = cut(c + (c << 3n));
    c = cut(((c << 21n) | (c >> 11n)) + sum);
    if (round >= 16) yield Number(sum);
  }
}

test('numbers are those of sfc32 for any seed and stream', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(100), (seed, stream) => {
      const random = new Random(seed, stream);
      const expected = reference(seed, stream);
      for (let index = 0; index < 50; index++) assert.equal(random.uint32(), expected.next().value);
    }),
    { numRuns: 50 },
  );
});

test('streams of one seed differ', () => {
  const first = (seed: number, stream: number): number => new Random(seed, stream).uint32();
  assert.equal(new Set([first(1, 0), first(1, 1), first(2, 0), first(1 + 2 ** 32, 0)]).size, 4);
});

test('distributions have the mean and the bounds that they promise', () => {
  const random = new Random(7, 0);
  const count = 20_000;
  const mean = (draw: () => number): number => {
    let sum = 0;
    for (let index = 0; index < count; index++) sum += draw();
    return sum / count;
  };
  const within = (value: number, bound: number): number => {
    assert.ok(value >= -bound && value <= bound, `${value} beyond ±${bound}`);
    return value;
  };
  assert.ok(Math.abs(mean(() => within(random.uniform(), 1)) - 0.5) < 0.01);
  assert.ok(Math.abs(mean(() => within(random.below(11), 10)) - 5) < 0.1);
  assert.ok(Math.abs(mean(() => random.exponential()) - 1) < 0.04);
  assert.ok(Math.abs(mean(() => within(random.bell(), 3.47))) < 0.04);
  assert.ok(Math.abs(mean(() => random.bell() ** 2) - 1) < 0.05);
  assert.ok(Math.abs(mean(() => Number(random.chance(0.03))) - 0.03) < 0.005);
});
