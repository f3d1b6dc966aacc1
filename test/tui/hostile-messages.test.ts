import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { batchMessageSchema } from '../../src/domain/batch-message.js';
import { readMessage } from '../../src/results/incoming-message.js';
import { renderPlainLine } from '../../src/tui/text/plain-line.js';
import { casesOf } from '../helpers/random/cases-of.js';
import { arbitraryBytes, mutatedBytes } from '../helpers/random/mutated-bytes.js';
import { RandomSource } from '../helpers/random/random-source.js';
import { decodeWithinBounds } from '../helpers/assert/total.js';
import { sampleMessage } from './sample-messages.js';

const whole = Buffer.from(JSON.stringify(sampleMessage(4)));
const never = (): boolean => false;

describe('messages of anybody', () => {
  it('are readable or not, and what is readable can be shown, whatever is wrong with them', () => {
    batchMessageSchema.parse(JSON.parse(whole.toString()));
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = new RandomSource(seed);
        const bytes = random.oneIn(5) ? arbitraryBytes(random) : mutatedBytes(whole, random);
        const read = decodeWithinBounds(() => readMessage(bytes), never);
        assert.ok(read !== undefined);
        if ('unreadable' in read) return;
        const { message } = read;
        const line = decodeWithinBounds(() => renderPlainLine(message), never);
        assert.equal(line?.includes('\n'), false);
      }),
      { numRuns: casesOf(3000) },
    );
  });

  it('nested without an end, or of very many keys, are unreadable or read in time', () => {
    const hostile = ['['.repeat(1e6), `${'{"a":'.repeat(2e5)}1${'}'.repeat(2e5)}`, `{${Array.from({ length: 1e5 }, (_, key) => `"k${key}":1`).join()}}`]; // prettier-ignore
    for (const text of hostile) {
      const read = decodeWithinBounds(() => readMessage(Buffer.from(text)), never);
      assert.ok(read !== undefined && 'unreadable' in read);
    }
  });
});
