import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChamberTime, isWeakTime } from '../../src/physics/chamber-time.js';
import { casesOf } from '../helpers/random/cases-of.js';
import { RandomSource } from '../helpers/random/random-source.js';
import { bruteTimes } from './brute-time.js';
import { randomHits } from './random-hits.js';

const tickNs = 25 / 30;

describe('the time of a chamber', () => {
  it('is that of normal equations over all choices and sides, in random hits and on a lattice', () => {
    let segments = 0;
    let several = 0;
    for (let seed = 1; seed <= casesOf(100); seed++) {
      const random = new RandomSource(seed);
      const options = { velocityUmNs: random.pick([53.8, 57]), tickNs };
      const time = new ChamberTime(options);
      for (let orbit = 0; orbit < 40; orbit++) {
        const { channels, ticks } = severalMuons(random, options.velocityUmNs);
        const count = time.find(
          Uint8Array.from([7, ...channels]),
          Int32Array.from([0, ...ticks]),
          1,
          channels.length + 1,
        );
        const expected = bruteTimes(channels, ticks, options);
        assert.equal(count, expected.length, `orbit ${orbit} of seed ${seed}`);
        expected.forEach(({ t0Ns, sides }, index) => {
          assert.equal(time.sides[index], sides, `orbit ${orbit} of seed ${seed}`);
          assert.ok(Math.abs(time.t0Ns[index] - t0Ns) < 1e-8, `orbit ${orbit} of seed ${seed}`);
        });
        segments += count;
        several += Number(count > 1);
      }
    }
    assert.ok(segments > 300, `${segments} segments`);
    assert.ok(several > 10, `${several} orbits with several`);
  });

  it('comes back within 2 ns for two thirds of straight tracks measured to 3 ns', () => {
    const random = new RandomSource(591);
    const time = new ChamberTime({ velocityUmNs: 53.8, tickNs });
    const errors: number[] = [];
    for (let muon = 0; muon < 4000; muon++) {
      const { channels, ticks } = track(random, 50_000);
      if (time.find(Uint8Array.from(channels), Int32Array.from(ticks), 0, channels.length) === 1) {
        // A tick is a time rounded down.
        errors.push(Math.abs(time.t0Ns[0] + tickNs / 2 - 50_000));
      }
    }
    errors.sort((one, other) => one - other);
    assert.ok(errors.length > 3000, `${errors.length} found`);
    const within = errors[Math.floor(0.68 * errors.length)];
    assert.ok(within < 2.1, `68 % within ${within} ns`);
  });

  it('leaves groups of more than 20 hits alone, and takes orbits with very many hits', () => {
    const time = new ChamberTime({ velocityUmNs: 53.8, tickNs });
    const four = [20, 22, 21, 23];
    const ticks = [100, 330, 100, 330];
    assert.equal(time.find(Uint8Array.from(four), Int32Array.from(ticks), 0, 4), 1);
    const crowd = Array.from({ length: 17 }, (_, index) => index);
    assert.equal(time.find(Uint8Array.from([...four, ...crowd]), Int32Array.from([...ticks, ...crowd]), 0, 21), 0);
    const many = Array.from({ length: 300 }, (_, group) => ticks.map((tick) => tick + 1000 * (group % 100)));
    const channels = many.flatMap((_, group) => four.map((channel) => channel + 4 * (Math.floor(group / 100) % 3)));
    const found = time.find(Uint8Array.from(channels), Int32Array.from(many.flat()), 0, channels.length);
    assert.equal(found, bruteTimes([...channels], many.flat(), { velocityUmNs: 53.8, tickNs }).length);
    assert.equal(found, 100);
  });

  it('is uncertain where both upper hits are on one side and both lower ones on the other', () => {
    const weak = Array.from({ length: 14 }, (_, index) => index + 1).filter(isWeakTime);
    assert.deepEqual(weak, [0b0011, 0b1100]);
  });
});

/** Up to three muons at different times of an orbit, some of them close together, with noise. */
function severalMuons(random: RandomSource, velocityUmNs: number): { channels: number[]; ticks: number[] } {
  const channels: number[] = [];
  const ticks: number[] = [];
  const coarse = random.pick([1, 1, 24, 60]);
  for (let muons = 1 + random.below(3); muons > 0; muons--) {
    const start = random.pick([0, 300, 600, 5000]);
    const hits = randomHits(random, { velocityUmNs, tickNs, t0Ns: 0 }, 16, coarse);
    channels.push(...hits.channels);
    ticks.push(...hits.ticks.map((tick) => Math.max(0, tick + 600 + start * muons)));
  }
  return { channels, ticks };
}

/** The four hits of a straight track that crosses all layers, each time off by 3 ns. */
function track(random: RandomSource, startNs: number): { channels: number[]; ticks: number[] } {
  const uniform = (): number => random.uint32() / 2 ** 32;
  const bell = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const slope = 0.8 * (uniform() - 0.5);
  const place = 100 + 400 * uniform();
  const channels: number[] = [];
  const ticks: number[] = [];
  for (let layer = 0; layer < 4; layer++) {
    const x = place + slope * (19.5 - 13 * layer) - 21 * (layer & 1);
    const column = Math.floor(x / 42);
    const distance = Math.abs(x - 42 * column - 21);
    channels.push(4 * column + [0, 2, 1, 3][layer]);
    ticks.push(Math.floor((startNs + distance / 0.0538 + 3 * bell()) / tickNs));
  }
  return { channels, ticks };
}
