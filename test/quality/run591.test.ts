import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { configSchema } from '../../src/commands/config/schema.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { physicsPlan } from '../../src/domain/physics-plan.js';
import { defaultPhysics } from '../../src/domain/physics-settings.js';
import type { LookSums } from '../../src/quality/look.js';
import { objectText } from '../../src/quality/object-text.js';
import { defaultQuality } from '../../src/quality/quality-settings.js';
import { QualityTests } from '../../src/quality/quality-tests.js';
import { run591Absent, run591Words } from '../helpers/run591.js';
import { run591Looks } from './run591-looks.js';

const words = run591Words();
const { geometry = defaultGeometry, physics = defaultPhysics } = configSchema.parse(
  parse(readFileSync(new URL('../../../examples/run591.yaml', import.meta.url), 'utf8')),
);
const plan = physicsPlan(geometry, physics, { isFull: true, hash: '' });
/** Makes the height that of a geometry with a reference. */
const asWithReference = 784 / 1334;

describe('run 591 in looks of 176 slots', { skip: words === undefined && run591Absent }, () => {
  let looks: readonly LookSums[];

  before(() => {
    if (words !== undefined) looks = run591Looks(words, 176);
  });

  it('has the dead channels that docs/quality.md names, at these seconds, and no other alarm', () => {
    const { found, highest } = alarmsOf(looks, asWithReference);
    assert.deepEqual(found.neighbour_low, ['0:11 8', '3:59 13', '0:13 19', '0:51 23', '0:54 23', '0:38 28']);
    assert.deepEqual(found.channel_efficiency, [
      ...['0:38 9', '0:29 11', '0:54 12', '3:59 12', '0:33 16', '0:51 18', '0:11 21', '0:13 29'],
    ]);
    assert.deepEqual(Object.keys(found).sort(), ['channel_efficiency', 'neighbour_low']);
    const near = (test: string, object: string, height: number, within = 0.05): void => {
      const value = highest.get(`${test}@${object}`) ?? NaN;
      assert.ok(Math.abs(value - height) <= within, `${test} ${object}: ${value}`);
    };
    near('neighbour_low', '0:33', 11.8);
    near('neighbour_low', '0:29', 7.6);
    near('neighbour_low', '1:2', 1.6);
    near('channel_efficiency', '1:2', 16.95, 0.01);
    near('channel_efficiency', '2:8', 16.95, 0.01);
    near('neighbour_high', '', 0.7);
    near('layer_efficiency', '', 3.3);
  });

  it('has them sooner with fewer detectors', () => {
    const { found } = alarmsOf(looks, 1);
    assert.deepEqual(found.neighbour_low, ['0:11 8', '3:59 13', '0:13 19', '0:51 22', '0:54 22', '0:38 27']);
    assert.equal(found.channel_efficiency.length, 8);
  });
});

/** The alarms by test, with the looks that raise them, and the highest evidence of each test and object, and of each test. */
function alarmsOf(
  looks: readonly LookSums[],
  alarmsPerDay: number,
): { found: Record<string, string[]>; highest: Map<string, number> } {
  const tests = new QualityTests({ geometry, plan, settings: { ...defaultQuality, alarmsPerDay } });
  assert.equal(tests.detectors, 784);
  tests.look({ ...looks[0], isCut: true });
  const found: Record<string, string[]> = {};
  const highest = new Map<string, number>();
  looks.forEach((look, index) => {
    for (const event of tests.look(look)) {
      assert.equal(event.event, 'raised');
      (found[event.test] ??= []).push(`${objectText(event)} ${index + 1}`);
    }
    for (const { test, object, height, state } of allOf(tests)) {
      for (const key of [`${test}@${objectText(object)}`, `${test}@`]) {
        if (state !== 'ALARM') highest.set(key, Math.max(height, highest.get(key) ?? 0));
      }
    }
  });
  return { found, highest };
}

function allOf(tests: QualityTests): ReturnType<QualityTests['explain']> {
  const objects = new Map(tests.states.map(({ object }) => [objectText(object), object]));
  return [...objects.values()].flatMap((object) => tests.explain(object));
}
