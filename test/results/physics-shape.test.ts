import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Physics, physicsSchema } from '../../src/domain/physics-message.js';
import { PhysicsShapes } from '../../src/results/physics-shape.js';
import { casesOf } from '../helpers/random/cases-of.js';
import { sampleMinuteMessages } from '../views/sample-detector.js';

describe('the shape of physics', () => {
  let samples: Physics[];
  before(async () => {
    samples = (await sampleMinuteMessages()).flatMap(({ physics }) => physics ?? []);
  });

  it('is the same for all messages of a configuration, and gives their numbers back', () => {
    const shapes = new PhysicsShapes();
    const first = shapes.read(samples[0]);
    for (const sample of samples) {
      const read = shapes.read(sample);
      assert.equal(read?.shape, first?.shape);
      const { live_s, trigger, slots } = sample;
      const physics = read?.shape.physicsOf(read.values);
      const apart = { live_s, trigger: { ...trigger }, slots: { ...slots } };
      assert.deepEqual(
        { ...physics, live_s, trigger: { ...physics?.trigger, rate_hz: trigger.rate_hz }, slots: { ...physics?.slots, first: slots.first, last: slots.last } }, // prettier-ignore
        { ...sample, ...apart },
      );
    }
  });

  it('is another one without segments, and after a change of geometry', () => {
    const shapes = new PhysicsShapes();
    const [sample] = samples;
    const chambers = Object.entries(sample.chambers).map(([key, chamber]) => [
      key,
      Object.fromEntries(Object.entries(chamber).filter(([name]) => name !== 'segments')) as unknown,
    ]);
    const counts: unknown = { ...sample, chambers: Object.fromEntries(chambers) as unknown };
    const moved: unknown = { ...sample, geometry: 'other' };
    const read = [sample, counts, moved, sample, counts].map((one) => shapes.read(one)?.shape);
    assert.equal(new Set(read).size, 3);
    assert.deepEqual([read[3], read[4]], [read[0], read[1]]);
  });

  it('takes exactly what the schema takes, whatever is changed in a message', () => {
    const anyValue = fc.constantFrom<unknown>(0, 7, -1, 0.5, 2 ** 60, null, undefined, '1', [], {}, [1, 2], true, NaN);
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), anyValue, (seed, path, value) => {
        const physics = structuredClone(samples[seed % samples.length]);
        change(physics, path, value);
        const shapes = new PhysicsShapes();
        shapes.read(samples[0]);
        assert.equal(shapes.read(physics) !== undefined, physicsSchema.safeParse(physics).success);
      }),
      { numRuns: casesOf(200) },
    );
  });
});

/** Puts a value where a path of numbers leads to. */
function change(at: object, [step, ...path]: readonly number[], value: unknown): void {
  const keys = Object.keys(at);
  const key = keys[step % keys.length];
  const next: unknown = Reflect.get(at, key);
  if (path.length > 0 && typeof next === 'object' && next !== null && Object.keys(next).length > 0)
    change(next, path, value);
  else Reflect.set(at, key, value);
}
