import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { drillFaults } from '../../../src/commands/drill/faults.js';
import { forecastOf, type ForecastOptions } from '../../../src/commands/drill/forecast.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { channelDelayS } from '../../../src/quality/channel-delay.js';
import { channelCounts } from '../../../src/quality/channel-rate.js';
import { defaultQuality } from '../../../src/quality/quality-settings.js';
import { ReferenceSum } from '../../../src/quality/reference-of.js';
import { planOf, simulatedMessages } from '../../quality/reference-messages.js';

const threshold = 18.5627;

describe('the forecast of a fault', () => {
  let options: ForecastOptions;
  before(async () => {
    const sum = new ReferenceSum('test');
    for (const message of await simulatedMessages(200_000)) sum.add(message);
    const { reference } = sum;
    assert.ok(reference !== undefined);
    options = {
      geometry: defaultGeometry,
      plan: planOf(),
      settings: defaultQuality,
      reference,
      threshold,
      isWords: true,
    };
  });
  const of = (text: string, other: Partial<ForecastOptions> = {}) => {
    const [{ fault }] = drillFaults(text, defaultGeometry, 1);
    assert.ok(fault !== undefined);
    return forecastOf(fault, { ...options, ...other });
  };

  it('is the delay of the channel, by its rate in the reference', () => {
    const { slots, chambers } = options.reference;
    const delay = { slots, slotS: options.plan.slotS, settings: defaultQuality, threshold };
    const counts = channelCounts(chambers[1], 37);
    assert.deepEqual(of('dead:1:37'), { delayS: channelDelayS(counts, { ...delay, times: 0 }) });
    assert.deepEqual(of('hot:1:37:10'), { delayS: channelDelayS(counts, { ...delay, times: 10 }) });
  });

  it('is that of a rate for a chamber, a board and the trigger, a third of the dispersion later for a chamber', () => {
    const { chambers, liveS, triggerOrbits } = options.reference;
    const orbits = chambers.map(({ active }) => active.slice(1).reduce((sum, count) => sum + count, 0));
    const lost = (hz: number, divisor: number): number => (divisor * threshold) / (0.3 * hz);
    const isNear = (delayS: number | undefined, expected: number): void =>
      assert.ok(Math.abs((delayS ?? 0) - expected) < 1e-9 * expected, `${delayS}, ${expected}`);
    isNear(of('lost-chamber:1').delayS, lost(orbits[1] / liveS, 3));
    isNear(of('lost-fpga:0').delayS, lost(Math.max(orbits[0], orbits[1]) / liveS, 3));
    isNear(of('trigger-lost').delayS, lost(triggerOrbits / liveS, 1));
  });

  it('says why no test can name a fault: its channel is masked, or the reference too short', () => {
    assert.equal(of('lost-chamber:1').why, undefined);
    assert.match(of('t0:3:+12').why ?? '', /^the reference is not precise enough: its error must be at most 0.50 ns/);
    const masked = { settings: { ...defaultQuality, masked: ['1:37'] } };
    assert.deepEqual(of('dead:1:37', masked), { delayS: undefined, why: 'it is masked' });
    const reference = { ...options.reference, rowsRead: 40 * options.reference.liveS };
    assert.equal(of('corrupt:0.01').why, undefined);
    assert.equal(of('corrupt:0.01', { isWords: false }).why, undefined);
    const why = 'a warning needs 100 broken rows in 10 looks, and about 4 come';
    assert.equal(of('corrupt:0.01', { reference, isWords: false }).why, why);
  });

  it('is none where no formula says it', () => {
    assert.deepEqual(of('restart'), { delayS: undefined });
    assert.deepEqual(of('orbit-slip:0:+1'), { delayS: undefined });
  });
});

describe('the faults of a drill', () => {
  it('demand what they say, and silence inside of the bands', () => {
    const demands = new Map(drillFaults(undefined, defaultGeometry, 1).map(({ name, demand }) => [name, demand]));
    assert.equal(demands.size, 26);
    assert.equal([...demands.values()].filter((demand) => demand === 'named').length, 17);
    assert.equal(demands.get('corrupt:0.01 (CSV)'), 'named');
    assert.deepEqual([...demands].flatMap(([name, demand]) => (demand === 'silence' ? [name] : [])), ['orbit-wrap', 'burst:1:37', 'weak:1:37:0.6', 't0:1:+2']); // prettier-ignore
    const slow = drillFaults('burst:1:37', defaultGeometry, 0.1);
    assert.deepEqual(slow.map(({ demand }) => demand), ['nothing']); // prettier-ignore
  });

  it('are kept with the reason where the geometry cannot have them, and refused where they were asked for', () => {
    const geometry = { ...defaultGeometry, chambers: defaultGeometry.chambers.slice(0, 1), triggers: [] };
    const faults = new Map(drillFaults(undefined, geometry, 1).map(({ name, why }) => [name, why]));
    assert.match(faults.get('dead:1:37') ?? '', /^chamber must be/);
    assert.match(faults.get('trigger-lost') ?? '', /^trigger-lost needs a trigger in the geometry/);
    assert.equal(faults.get('lost-fpga:0'), 'no other board sends rows');
    assert.equal(faults.get('restart'), undefined);
    assert.throws(() => drillFaults('dead:1:37', geometry, 1), /--fault dead:1:37@100: chamber must be/);
    assert.throws(() => drillFaults('dead:1:37@700', defaultGeometry, 1), /--fault dead:1:37@700: must have no time/);
  });
});
