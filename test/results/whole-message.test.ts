import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { BatchMessage } from '../../src/domain/batch-message.js';
import { physicsSchema } from '../../src/domain/physics-message.js';
import { readMessage } from '../../src/results/incoming-message.js';
import { readWholeMessage } from '../../src/results/whole-message.js';
import { sampleMinuteMessages } from '../views/sample-detector.js';

const encoder = new TextEncoder();

describe('a whole message', () => {
  let messages: readonly BatchMessage[];
  before(async () => {
    messages = await sampleMinuteMessages();
  });

  function physicsRead(message: object): unknown {
    const read = readWholeMessage(encoder.encode(JSON.stringify(message)));
    assert.ok('message' in read, JSON.stringify(read).slice(0, 200));
    return read.message.physics;
  }

  it('has the physics that its schema has, with another of the same shape before it or not', () => {
    for (const message of messages.slice(0, 5)) {
      assert.deepEqual(physicsRead(message), physicsSchema.parse(JSON.parse(JSON.stringify(message.physics))));
    }
  });

  it('is the same where its value was read before, whatever it holds', () => {
    const [message] = messages;
    const forms = [message, { ...message, physics: null }, { ...message, newer: 1 }, { ...message, ledger: 1 }, {}];
    const written = forms.map((form) => JSON.stringify(form));
    for (const text of [...written, JSON.stringify(message, undefined, 1), 'no JSON', '[]']) {
      const value = encoder.encode(text);
      assert.deepEqual(readWholeMessage(value, readMessage(value)), readWholeMessage(value), text.slice(0, 100));
    }
  });

  it('has nothing of physics but what is known, and none that is not right', () => {
    const [message] = messages;
    const { physics } = message;
    assert.ok(physics);
    const known = physicsRead(message);
    const [first] = Object.values(physics.chambers);
    const more = { ...physics, newer: 1, chambers: { ...physics.chambers, 0: { ...first, newer: { of: [1] } } } };
    assert.deepEqual(physicsRead({ ...message, physics: more }), known);
    const { segments, ...others } = first;
    assert.ok(segments !== undefined);
    const less = { ...physics, chambers: { ...physics.chambers, 0: others } };
    assert.deepEqual(physicsRead({ ...message, physics: less }), less);
    const wrong = { ...physics, slots: { ...physics.slots, live: -1 } };
    for (const none of [wrong, null, undefined, 'physics']) {
      assert.equal(physicsRead({ ...message, physics: none }), undefined);
    }
    assert.deepEqual(physicsRead(message), known);
  });
});
