import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { channelBand } from '../../src/quality/bands.js';
import { channelRates } from '../../src/quality/channel-rate.js';
import { BusyChannelStatistic, ChannelStatistic } from '../../src/quality/count-statistics.js';
import { Detector } from '../../src/quality/detector.js';
import type { LookSums } from '../../src/quality/look.js';
import { defaultQuality } from '../../src/quality/quality-settings.js';
import type { Measure, Statistic } from '../../src/quality/statistic.js';
import { RandomSource } from '../helpers/random/random-source.js';
import { emptyChamber } from './looks-of.js';

const slotS = 64 * 89.1e-6;
const lookSlots = 176;
/** Evidence that makes an alarm of four chambers with a reference. */
const height = 18.5627;
/** Of the channel 1:37 of the drill at ten times the default rates. */
const busyHz = 365;
const at = { chamber: 0, channel: 37 };
const band = channelBand('high', defaultQuality);

/** What a reference of so many seconds says of a channel whose hits come one by one. */
function ratesOf(hz: number, seconds: number, side: 'low' | 'high' = 'high') {
  const slots = seconds / slotS;
  const activeSlots = slots * -Math.expm1(-hz * slotS);
  const activeOrbits = 64 * slots * -Math.expm1((-hz * slotS) / 64);
  return channelRates({ activeSlots, activeOrbits }, channelBand(side, defaultQuality), { slots, slotS, side });
}

function busyStatistic(hz: number, seconds: number): BusyChannelStatistic {
  const [bySlots, byOrbits] = ratesOf(hz, seconds);
  assert.ok(byOrbits !== undefined);
  return new BusyChannelStatistic(at, band, [bySlots, byOrbits]);
}

/** Measures so many slots, of them those with a hit, and all orbits with one. */
function measured(statistic: Statistic, slots: number, activeSlots: number, activeOrbits: number): Readonly<Measure> {
  const chamber = emptyChamber();
  const activeAt = (count: number): number[] => chamber.active_slots.map((_, channel) => (channel === 37 ? count : 0));
  const counts = { ...chamber, active_slots: activeAt(activeSlots), active_orbits: activeAt(activeOrbits) };
  const look: LookSums = {
    ...{ last: 0, closed: '', runS: 0, run: 0, isCut: false, slots, liveS: slots * slotS, rowsRead: 0 },
    ...{ rejected: { fields: 0, number: 0, range: 0 }, droppedChannel: 0, triggerOrbits: 0, chambers: [counts] },
  };
  const measure = statistic.measure(look);
  assert.ok(!('why' in measure));
  return measure;
}

/**
 * E[exp(increment)] of some slots, summed exactly.
 *
 * @param shares probability of each number of active orbits of a slot, from 0 to 64
 */
function meanOf(statistic: Statistic, slots: number, shares: readonly number[]): number {
  // By slots with a hit, then by orbits with one.
  let states = [[1]];
  for (let slot = 0; slot < slots; slot++) {
    const next = Array.from({ length: slot + 2 }, () => new Array<number>(64 * (slot + 1) + 1).fill(0));
    states.forEach((byOrbits, active) => {
      byOrbits.forEach((probability, orbits) => {
        if (probability === 0) return;
        shares.forEach((share, more) => (next[active + Number(more > 0)][orbits + more] += probability * share));
      });
    });
    states = next;
  }
  let mean = 0;
  states.forEach((byOrbits, active) => {
    byOrbits.forEach((probability, orbits) => {
      if (probability > 0) mean += probability * Math.exp(measured(statistic, slots, active, orbits).increments[0]);
    });
  });
  return mean;
}

/** Probabilities of 0 to 64 active orbits of a slot, each active at this share alone. */
function independent(share: number): number[] {
  const shares: number[] = [];
  let logChoose = 0;
  for (let orbits = 0; orbits <= 64; orbits++) {
    shares.push(Math.exp(logChoose + orbits * Math.log(share) + (64 - orbits) * Math.log1p(-share)));
    logChoose += Math.log((64 - orbits) / (orbits + 1));
  }
  return shares;
}

/** Active slots and orbits of a look; `burstsPerSlot` bursts of 50 orbits come on top. */
class Channel {
  readonly #random: RandomSource;
  readonly #burstsPerSlot: number;

  constructor(seed: number, burstsPerSlot = 0) {
    this.#random = new RandomSource(seed);
    this.#burstsPerSlot = burstsPerSlot;
  }

  look(hz: number, slots: number): { activeSlots: number; activeOrbits: number } {
    const shares = independent(-Math.expm1((-hz * slotS) / 64));
    let [activeSlots, activeOrbits] = [0, 0];
    for (let slot = 0; slot < slots; slot++) {
      let orbits = 0;
      for (let left = this.uniform() - shares[0]; left > 0 && orbits < 64; left -= shares[orbits]) orbits++;
      if (this.#burstsPerSlot > 0 && this.uniform() < this.#burstsPerSlot) orbits = Math.min(64, orbits + 50);
      if (orbits > 0) activeSlots++;
      activeOrbits += orbits;
    }
    return { activeSlots, activeOrbits };
  }

  uniform(): number {
    return this.#random.uint32() / 2 ** 32;
  }
}

/** Looks until a channel that becomes so many times as hot somewhere in a look is named, that one included. */
function delaysOf(
  statistic: Statistic,
  times: number,
  hz = busyHz,
): { readonly looks: number; readonly slots: number }[] {
  const channel = new Channel(16);
  return Array.from({ length: 50 }, () => {
    const healthy = Math.floor(channel.uniform() * lookSlots);
    const detector = new Detector();
    for (let looks = 1; ; looks++) {
      const before = looks === 1 ? channel.look(hz, healthy) : { activeSlots: 0, activeOrbits: 0 };
      const after = channel.look(times * hz, looks === 1 ? lookSlots - healthy : lookSlots);
      const [slots, orbits] = [before.activeSlots + after.activeSlots, before.activeOrbits + after.activeOrbits];
      detector.add(measured(statistic, lookSlots, slots, orbits).increments[0]);
      if (detector.height >= height) return { looks, slots: looks * lookSlots - healthy };
    }
  });
}

describe('a channel with a hit in nearly all slots', () => {
  it('is counted by its orbits, too, from 200 Hz on, where more hits are to be found', () => {
    const countedBy = (hz: number, side: 'low' | 'high'): string[] =>
      ratesOf(hz, 600, side).map((one) => one?.by ?? '');
    assert.deepEqual(countedBy(180, 'high'), ['slots']);
    for (const hz of [205, 365, 5000]) assert.deepEqual(countedBy(hz, 'high'), ['slots', 'orbits']);
    assert.deepEqual(countedBy(5000, 'low'), ['slots']);
  });

  it('has increments whose exponentials are at most 1 on average, however its hits of a slot hang together', () => {
    const forms = fc.oneof(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 }),
      // Bursts of one length among single hits.
      fc.record({ orbits: fc.integer({ min: 2, max: 64 }), share: fc.double({ min: 0, max: 1, noNaN: true }) }).map(
        ({ orbits, share }) => Array.from({ length: 64 }, (_, index) => (index === 0 ? 1 - share : index + 1 === orbits ? share : 0)), // prettier-ignore
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(210, busyHz, 1000, 4000),
        fc.constantFrom(160, 1e6),
        fc.integer({ min: 1, max: 4 }),
        forms,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (hz, seconds, slots, weights, part) => {
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          fc.pre(total > 0);
          const active = weights.map((weight) => weight / total);
          const orbits = active.reduce((sum, share, index) => sum + share * (index + 1), 0);
          const [bySlots, byOrbits] = ratesOf(hz, seconds);
          assert.ok(byOrbits !== undefined);
          // As often as both bands allow, or less.
          const most = Math.min(bySlots.sharesOf(band).edge, (byOrbits.sharesOf(band).edge * 64) / orbits);
          const shares = [1 - part * most, ...active.map((share) => part * most * share)];
          const mean = meanOf(busyStatistic(hz, seconds), slots, shares);
          assert.ok(mean <= 1 + 1e-9, `${hz} Hz, ${slots} slots: ${mean}`);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('has exactly 1 at the edge of orbits that all come at once, and more beyond', () => {
    const [, byOrbits] = ratesOf(busyHz, 600);
    assert.ok(byOrbits !== undefined);
    const { edge, alternative } = byOrbits.sharesOf(band);
    const alone = new ChannelStatistic(at, band, byOrbits);
    const atOnce = (share: number): number[] => independent(0.5).map((_, orbits) => (orbits === 0 ? 1 - share : orbits === 64 ? share : 0)); // prettier-ignore
    assert.ok(Math.abs(meanOf(alone, 3, atOnce(edge)) - 1) < 1e-9);
    assert.ok(meanOf(alone, 3, atOnce(alternative)) > 1);
    assert.ok(meanOf(busyStatistic(busyHz, 600), 3, independent(10 * edge)) > 1);
  });

  it('is named within two looks when it becomes ten times as hot, and its slots alone take longer', () => {
    const both = delaysOf(busyStatistic(busyHz, 160), 10);
    assert.deepEqual(both.filter(({ looks }) => looks > 2), []); // prettier-ignore
    assert.ok(both.every(({ slots }) => slots * slotS <= 2.01));
    const slowest = delaysOf(new ChannelStatistic(at, band, ratesOf(busyHz, 160)[0]), 10).map(({ looks }) => looks);
    assert.ok(Math.min(...slowest) > 2, slowest.join());
  });

  it('is found as late as docs/quality.md says, to 15 % and a look', () => {
    for (const [hz, times, seconds] of [
      [busyHz, 10, 1],
      [busyHz, 3, 3],
      [busyHz, 2, 8],
      [1000, 10, 1],
      [1000, 3, 3],
    ]) {
      const looks = delaysOf(busyStatistic(hz, 1e7), times, hz).map((delay) => delay.looks);
      const median = looks.sort((one, other) => one - other)[looks.length >> 1];
      assert.ok(Math.abs(median - seconds) <= 0.15 * seconds + 1, `${hz} Hz x ${times}: ${median} s`);
    }
  });

  it('says nothing of a healthy channel, nor of one with a burst of 50 orbits a second', () => {
    for (const burstsPerSlot of [0, slotS]) {
      const statistic = busyStatistic(busyHz, 160);
      const channel = new Channel(17, burstsPerSlot);
      const detector = new Detector();
      let most = 0;
      for (let look = 0; look < 2000; look++) {
        const { activeSlots, activeOrbits } = channel.look(busyHz, lookSlots);
        detector.add(measured(statistic, lookSlots, activeSlots, activeOrbits).increments[0]);
        most = Math.max(most, detector.height);
      }
      assert.ok(most < 3, `${burstsPerSlot}: ${most}`);
    }
  });

  it('is observed by its orbits, and shows what it counts where all slots are active', () => {
    const statistic = busyStatistic(busyHz, 600);
    const { activeSlots, activeOrbits } = new Channel(18).look(10 * busyHz, 10 * lookSlots);
    assert.equal(activeSlots, 10 * lookSlots);
    const { count, of } = measured(statistic, 10 * lookSlots, activeSlots, activeOrbits);
    const ratio = (statistic.observed(count, of) ?? NaN) / statistic.value;
    assert.ok(Math.abs(ratio - 10) < 0.3, `${ratio}`);
    assert.ok(Math.abs(statistic.value - busyHz) < 1);
  });

  it('is over when it is as before, also where no slot is without a hit', () => {
    for (const hz of [busyHz, 4000]) {
      const statistic = busyStatistic(hz, 600);
      const back = new Detector();
      const channel = new Channel(19);
      const returned = (times: number): number => {
        const { activeSlots, activeOrbits } = channel.look(times * hz, lookSlots);
        back.add(measured(statistic, lookSlots, activeSlots, activeOrbits).returns[0]);
        return back.height;
      };
      for (let look = 0; look < 20; look++) assert.ok(returned(3) < 1, `${hz} Hz`);
      for (let look = 0; look < 10; look++) returned(1);
      assert.ok(back.height > Math.log(1000), `${hz} Hz: ${back.height}`);
    }
  });
});
