import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatHit } from '../../../src/domain/hit.js';
import { writeHitLine } from '../../../src/sources/simulator/csv-line.js';

test('a line has the bytes of formatHit for hits and ancillary rows', () => {
  const digits = (max: number) => fc.oneof(fc.nat(max), fc.constantFrom(0, 9, 10, 99, 100, max));
  const orbits = fc.oneof(digits(2 ** 32 - 1), fc.constantFrom(99_999, 100_000, 100_001, 1_000_000, 2 ** 31));
  const row = fc.record({
    head: fc.nat(7),
    fpga: fc.nat(7),
    tdcChannel: digits(511),
    orbitCnt: orbits,
    bxCounter: digits(18_504),
    tdcMeas: fc.oneof(fc.nat(31), fc.constantFrom(-9, 3.5, -0.5, 31.5)),
  });
  fc.assert(
    fc.property(row, fc.nat(10), (hit, at) => {
      const bytes = new Uint8Array(100);
      const end = writeHitLine(hit, bytes, at);
      assert.equal(Buffer.from(bytes.subarray(at, end)).toString(), `${formatHit(hit)}\n`);
    }),
  );
});
