import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findHistograms, type HistogramPlace, readHistograms } from '../../src/results/histogram-bytes.js';
import { readMessage } from '../../src/results/incoming-message.js';
import { mutatedBytes } from '../helpers/random/mutated-bytes.js';
import { RandomSource } from '../helpers/random/random-source.js';
import { sampleMessage } from '../tui/sample-messages.js';

/** The same JSON in a form that is not read straight from the bytes. */
function spaced(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('":{', '": {'), 'latin1');
}

function resultOf(bytes: Uint8Array): object {
  const result = readMessage(bytes);
  if ('unreadable' in result) return { unreadable: result.unreadable.replace(/ in \d+ bytes$/, '') };
  return { message: result.message };
}

function pick(place: HistogramPlace | undefined): HistogramPlace | undefined {
  return place && { from: place.from, to: place.to };
}

const numbers = fc.array(fc.oneof(fc.nat(511), fc.nat(2 ** 32 - 1), fc.maxSafeNat()), { maxLength: 20 });
const histograms = fc.dictionary(
  fc.nat(63).map(String),
  numbers.map((list) => ({ bin_edges: list, hist_counts: list.map((number) => number % 65) })),
  { noNullPrototype: true },
);

describe('histograms read from the bytes of a message', () => {
  it('are those of its JSON, and their place is that of their text', () => {
    fc.assert(
      fc.property(histograms, fc.constantFrom('a', 'lists'), fc.string(), (written, key, before) => {
        const bytes = Buffer.from(JSON.stringify({ before, [`not${key}`]: {}, [key]: written, after: [1] }));
        const found = readHistograms(bytes, key);
        const all = Object.values(written).flatMap(({ bin_edges: edges }) => edges);
        if (all.some((number) => number >= 1e15)) {
          assert.equal(found, undefined);
          return;
        }
        assert.ok(found !== undefined);
        assert.deepEqual(found.histograms, written);
        assert.equal(bytes.toString('utf8', found.from, found.to), JSON.stringify(written));
        const { from, to } = found;
        assert.deepEqual(pick(findHistograms(bytes, key)), { from, to });
      }),
    );
  });

  it('are none where they are written in another form, or are no histograms', () => {
    const inside = (text: string): unknown => {
      const bytes = Buffer.from(`{"k":${text}}`);
      const read = readHistograms(bytes, 'k');
      assert.deepEqual(pick(findHistograms(bytes, 'k')), pick(read), text);
      return read?.histograms;
    };
    assert.deepEqual(inside('{"63":{"bin_edges":[0,10],"hist_counts":[1,2]}}'), {
      '63': { bin_edges: [0, 10], hist_counts: [1, 2] },
    });
    const lists = '"bin_edges":[1],"hist_counts":[2]';
    for (const text of [
      ...['', '{"1"', '{"0":{"bin_edges":[', `{"0":{${lists}`, `{"0":{${lists}},}`, '[]', 'null'],
      ...[`{"64":{${lists}}}`, `{"00":{${lists}}}`, `{"a":{${lists}}}`, `{"":{${lists}}}`, `{0:{${lists}}}`],
      ...[`{ "0":{${lists}}}`, `{"0":{${lists},"more":1}}`, '{"0":{"hist_counts":[1],"bin_edges":[1]}}'],
      ...['1,', ',1', '01', '-1', '1.5', '1e2', '1 ', '"1"', 'null', '1234567890123456', '[1]', '1,2'].map(
        (list) => `{"0":{"bin_edges":[${list}],"hist_counts":[2]}}`,
      ),
    ]) {
      assert.equal(inside(text), undefined, text);
    }
  });

  it('make no difference to what is read of a message, whatever is wrong with it', () => {
    const whole = Buffer.from(JSON.stringify(sampleMessage(3, { orbitCount: 3 })));
    assert.deepEqual(resultOf(whole), resultOf(spaced(whole)));
    let readable = 0;
    for (let seed = 0; seed < 3000; seed++) {
      const bytes = mutatedBytes(whole, new RandomSource(seed));
      const result = resultOf(bytes);
      assert.deepEqual(result, resultOf(spaced(bytes)), `seed ${seed}`);
      if ('message' in result) readable++;
    }
    assert.ok(readable > 50, `${readable} readable`);
  });

  it('count only under the keys of the message itself', () => {
    // Without distributions of active channels: they are made of the lists by orbit.
    const {
      tdc_counts_chamber: channels,
      active_tdc_chamber: orbits,
      active_channels_chamber: distributions,
      ...rest
    } = sampleMessage(0, { orbitCount: 3 });
    const nested = { inside: { tdc_counts_chamber: {}, active_tdc_chamber: {} } };
    const all = { ...nested, ...rest, tdc_counts_chamber: channels, active_tdc_chamber: orbits };
    const twice = JSON.stringify(all).replace('{', '{"tdc_counts_chamber":{},"active_tdc_chamber":{},');
    for (const text of [JSON.stringify(all), twice]) {
      const result = readMessage(Buffer.from(text));
      assert.ok('message' in result);
      assert.deepEqual(result.message.tdc_counts_chamber, channels);
      for (const [chamber, counts] of Object.entries(result.message.active_channels_chamber ?? {})) {
        const seen = orbits[chamber].hist_counts.length;
        assert.ok(seen > 0 && counts.reduce((sum, count) => sum + count, 0) === seen, `${chamber}: ${counts.join()}`);
      }
    }
    assert.equal(Object.keys(distributions ?? {}).length, Object.keys(orbits).length);
  });
});
