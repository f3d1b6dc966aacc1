import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { ReferenceCollector } from '../../../src/commands/reference/collect.js';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { defaultPhysics } from '../../../src/domain/physics-settings.js';
import { Quality } from '../../../src/quality/quality.js';
import { defaultQuality } from '../../../src/quality/quality-settings.js';
import { planOf, simulatedMessages } from '../../quality/reference-messages.js';

describe('messages of a reference', () => {
  const { geometry: geometryHash } = planOf();
  const quality = () =>
    new Quality({ geometry: defaultGeometry, physics: defaultPhysics, geometryHash, settings: defaultQuality });
  let messages: BatchMessage[];
  before(async () => {
    messages = await simulatedMessages(120_000);
  });

  const collectorOf = (forS = Infinity, said: string[] = []) =>
    new ReferenceCollector({ name: 'test', geometryHash, quality, forS, say: (text) => said.push(text) });
  /** The same messages as if three lanes had each a part of the hits of all slots. */
  const lanes = () => [0, 1, 2].map((lane) => messages.map((message) => ({ ...message, lanes: 3, producer: `g/${lane}` }))); // prettier-ignore

  it('are taken once', () => {
    const once = collectorOf();
    const twice = collectorOf();
    for (const message of messages) assert.ok(once.add(message));
    for (const message of [...messages, ...messages]) twice.add(message);
    assert.deepEqual(twice.end(), once.end());
  });

  it('are of the first seconds of each lane, however the lanes are read', () => {
    const expected = collectorOf(5);
    const all = lanes();
    for (const lane of all) for (const message of lane) expected.add(message);
    const reference = expected.end();
    assert.ok(expected.isComplete && reference.liveS >= 5 && reference.liveS < 8);
    const order = fc.array(fc.nat(2), { minLength: 3 * messages.length, maxLength: 3 * messages.length });
    fc.assert(
      fc.property(order, (turns) => {
        const collector = collectorOf(5);
        const left = all.map((lane) => [...lane]);
        // Turns decide first, then whatever is left.
        for (const lane of [...turns, ...[0, 1, 2].flatMap((rest) => new Array<number>(messages.length).fill(rest))]) {
          const message = left[lane].shift();
          if (message !== undefined && !collector.isComplete) collector.add(message);
        }
        assert.deepEqual(collector.end(), { ...reference, times: collector.end().times });
      }),
      { numRuns: 30 },
    );
  });

  it('are not all there while a lane has sent none', () => {
    const collector = collectorOf(5);
    const [first, second, third] = lanes();
    for (const message of [...first, ...second]) collector.add(message);
    assert.deepEqual([collector.liveS, collector.isComplete], [0, false]);
    for (const message of third) collector.add(message);
    assert.ok(collector.isComplete);
  });

  it('begin anew when the group is reset', () => {
    const said: string[] = [];
    const collector = collectorOf(Infinity, said);
    for (const history of ['old', 'new']) {
      for (const message of messages) collector.add({ ...message, history });
    }
    const once = collectorOf();
    for (const message of messages) once.add(message);
    assert.deepEqual(collector.end(), once.end());
    assert.deepEqual(said, ['the group was reset: its earlier messages are left out']);
  });

  it('are left out and counted without physics or unread, and refused of another configuration', () => {
    const said: string[] = [];
    const collector = collectorOf(Infinity, said);
    const { physics, ...without } = messages[0];
    assert.ok(physics !== undefined && physics !== null);
    assert.equal(collector.add(without), false);
    assert.throws(() => collector.end(), { code: 'input', message: /no physics \(process --physics off\)/ });
    assert.throws(() => collectorOf().end(), { code: 'input', message: /there is no message/ });
    collector.add(messages[1]);
    collector.addUnreadable();
    collector.noteLost(2);
    assert.equal(collector.end().liveS, messages[1].physics?.live_s);
    assert.deepEqual(said.sort(), ['1 message could not be read: left out', '1 message without physics: left out', '2 messages deleted by retention before they were read']); // prettier-ignore
    const other = { ...messages[2], physics: { ...physics, geometry: '0123456789ab' } };
    assert.throws(() => collector.add(other), { code: 'usage', message: /geometry 0123456789ab; here \w{12}\): give the --config/ }); // prettier-ignore
  });
});
