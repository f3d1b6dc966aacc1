import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { QualityReference } from '../../src/quality/quality-reference.js';
import { ReferenceSum } from '../../src/quality/reference-of.js';
import { readReference, writeReference } from '../../src/quality/uhi.js';
import { planOf, simulatedMessages } from './reference-messages.js';

interface AnyHistogram {
  metadata: Record<string, unknown>;
  axes: { lower: number; upper: number; bins: number }[];
  storage: { values: number[] };
}
type AnyFile = Record<string, AnyHistogram>;

describe('a reference as UHI JSON', () => {
  const plan = planOf();
  let reference: QualityReference;
  let byChambers: QualityReference;
  let text: string;
  before(async () => {
    const [first, second] = await Promise.all(
      [plan, planOf('chambers')].map(async (own) => {
        const sum = new ReferenceSum('run.json');
        for (const message of await simulatedMessages(60_000, own)) sum.add(message);
        return sum.reference;
      }),
    );
    assert.ok(first !== undefined && second !== undefined);
    reference = first;
    byChambers = second;
    text = writeReference(reference, plan, '1.2.3');
  });

  /** The file with something changed. */
  const changed = (change: (file: AnyFile) => void): string => {
    const file = JSON.parse(text) as AnyFile;
    change(file);
    return JSON.stringify(file);
  };
  const assertRefused = (file: string, message: RegExp, code = 'input'): void => {
    assert.throws(() => readReference(file, 'run.json', plan), { code, message });
  };

  it('is a histogram a line, by chamber', () => {
    const lines = text.split('\n');
    assert.deepEqual([lines[0], lines.at(-2), lines.at(-1)], ['{', '}', '']);
    const file = JSON.parse(text) as AnyFile;
    const names = ['active_slots', 'active_orbits', 'single', 'active', 'gated', 'drift', 'slope', 'x_mm', 'chi2', 'probe_pass', 'probe_fail']; // prettier-ignore
    assert.deepEqual(Object.keys(file), [0, 1, 2, 3].flatMap((chamber) => names.map((name) => `ch${chamber}/${name}`))); // prettier-ignore
    assert.equal(lines.length, 4 * names.length + 3);
    const { axes, storage, metadata } = file['ch1/drift'];
    assert.equal(storage.values.length, 402);
    assert.ok(Math.abs(axes[0].upper - axes[0].lower - 1000) < 1e-9);
    assert.deepEqual([metadata.tick_first, metadata.ticks_bin, metadata.t0_ns], [plan.chambers[1].tickFirst, 3, 101.4]);
    assert.equal(metadata.live_s, reference.liveS);
    // Layer 2 has channels 1, 5, 9 …
    const gated = file['ch1/gated'].storage.values as unknown as number[][];
    assert.equal(gated[2][5], reference.chambers[1].gated[21]);
  });

  it('comes back as it was written, with or without a configuration to compare with', () => {
    assert.deepEqual(readReference(text, 'run.json', plan), reference);
    assert.deepEqual(readReference(text, 'other.json'), { ...reference, name: 'other.json' });
    const other = planOf('chambers');
    assert.ok(byChambers.chambers[0].driftChambers !== undefined);
    assert.deepEqual(readReference(writeReference(byChambers, other, '1'), 'run.json', other), byChambers);
  });

  it('comes back with any times, lanes, channels without a reference and missing parts', () => {
    const channels = fc.uniqueArray(fc.nat(63), { maxLength: 64 }).map((list) => list.sort((a, b) => a - b));
    const parts = fc.record({
      slots: fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0),
      liveS: fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0),
      orbits: fc.option(fc.tuple(fc.nat(), fc.nat())),
      isLearned: fc.boolean(),
      hasTimes: fc.boolean(),
      hasSegments: fc.boolean(),
      notLearned: fc.array(channels, { minLength: 4, maxLength: 4 }),
    });
    fc.assert(
      fc.property(parts, ({ isLearned, hasTimes, hasSegments, notLearned, ...numbers }) => {
        const { times, chambers, ...rest } = reference;
        const some: QualityReference = {
          ...rest,
          ...numbers,
          ...(isLearned && { learned: ['2026-11-29T21:00:00.000Z', '2026-11-29T21:10:00.000Z'] as const }),
          ...(hasTimes && times && { times }),
          chambers: chambers.map(({ segments, ...chamber }, index) => ({
            ...chamber,
            ...(hasSegments && segments && { segments }),
            notLearned: notLearned[index],
          })),
        };
        assert.deepEqual(readReference(writeReference(some, plan, '1'), 'run.json', plan), some);
      }),
      { numRuns: 50 },
    );
  });

  it('is refused for another configuration, clock or binning', () => {
    assertRefused(writeReference(byChambers, planOf('chambers'), '1'), /^cannot use run.json: its geometry must be that of the configuration, got \w{12} and \w{12}$/, 'usage'); // prettier-ignore
    const each = (file: AnyFile, change: (histogram: AnyHistogram) => void): void => {
      for (const chamber of [0, 1, 2, 3]) change(file[`ch${chamber}/drift`]);
    };
    const tick = changed((file) => each(file, ({ axes }) => (axes[0].upper = axes[0].lower + 960)));
    assertRefused(tick, /ch0\/drift must have 400 bins from -?[\d.]+ to -?[\d.]+ with both flow bins, got 400 bins/);
    const first = changed((file) => each(file, ({ metadata }) => (metadata.tick_first = -1)));
    assertRefused(first, /its ch0\/drift must have the bins of the configuration, 400 bins of 3 ticks from tick -412, got .* -1$/, 'usage'); // prettier-ignore
    const bins = changed((file) => each(file, ({ axes, storage }) => { axes[0].bins = 200; storage.values.splice(1, 200); })); // prettier-ignore
    assertRefused(bins, /got 200 bins of 3 ticks/, 'usage');
  });

  it('is refused where it is no reference, cut or damaged, with what is wrong', () => {
    assertRefused('', /cannot read reference run.json: must be UHI JSON .*; it is no JSON, 0 characters long/);
    assertRefused('ORBIT_CNT,BX_COUNTER\n', /it is no JSON/);
    assertRefused('[1, 2]', /has no histogram ch0\/active_slots/);
    assertRefused('{"schema": 1, "hit_count": 3}', /has no histogram ch0\/active_slots/);
    assertRefused(text.slice(0, text.length / 2), /it is cut off or damaged, \d+ characters long/);
    assertRefused(
      changed((file) => delete file['ch2/single']),
      /must have a histogram ch2\/single/,
    );
    assertRefused(
      changed((file) => delete file['ch2/chi2']),
      /must have a histogram ch2\/chi2/,
    );
    const three = Object.entries(JSON.parse(text) as AnyFile).filter(([name]) => !name.startsWith('ch3'));
    assertRefused(JSON.stringify(Object.fromEntries(three)), /must have 4 chambers, got 3/);
    assertRefused(
      changed((file) => (file['ch0/single'].storage.values[3] = -1)),
      /ch0\/single: storage/,
    );
    assertRefused(
      changed((file) => file['ch0/single'].storage.values.pop()),
      /ch0\/single must have 64 values, got 63/,
    );
    assertRefused(
      changed((file) => (file['ch0/single'].axes[0].bins = 32)),
      /must have 64 bins from 0 to 64, got 32/,
    );
    assertRefused(
      changed((file) => delete file['ch1/active'].metadata.live_s),
      /ch1\/active: metadata live_s: /,
    );
    assertRefused(
      changed((file) => (file['ch1/active'].axes = [])),
      /ch1\/active must have .*, got no axis/,
    );
    assertRefused(
      changed((file) => (file['ch1/drift'].axes = [])),
      /ch1\/drift must have one axis, got 0/,
    );
    assertRefused(
      changed((file) => (file['ch0/active_slots'].metadata.not_learned = '64')),
      /must be channels/,
    );
  });

  it('is refused where histograms were added without their metadata, or some of them only', () => {
    const doubled = (names: RegExp) => (file: AnyFile) => {
      for (const [name, { storage }] of Object.entries(file)) {
        if (names.test(name)) storage.values = storage.values.map((value) => 2 * value);
      }
    };
    assertRefused(changed(doubled(/single|active|drift/)), /ch0: the sum of active_orbits must be hits - repeats of their metadata, got \d+ and \d+/); // prettier-ignore
    assertRefused(changed(doubled(/ch1.active$/)), /ch1: the sum of active must be that of active_orbits/);
    assertRefused(changed(doubled(/ch2.drift/)), /ch2: the sum of drift must be that of gated/);
    assertRefused(changed((file) => (file['ch3/chi2'].metadata.live_slots = 7)), /metadata live_slots must be the same in all histograms, got [\d.]+ in ch0\/active_slots and 7 in ch3\/chi2/); // prettier-ignore
    assertRefused(changed((file) => (file['ch3/chi2'].metadata.segment_events = 7)), /metadata segment_events must be the same/); // prettier-ignore
  });

  it('may hold other histograms, and what other programs add to ours', () => {
    const file = changed((all) => {
      all['my/plot'] = all['ch0/drift'];
      all['ch0/single'].metadata.note = 'looked at';
      Object.assign(all['ch0/single'].axes[0], { writer_info: { hist: { version: '2' } } });
    });
    assert.deepEqual(readReference(file, 'run.json', plan), reference);
  });
});
