import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { parseFaults } from '../../../src/sources/faults/parse.js';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { TruthLines } from '../../../src/sources/simulator/truth.js';
import { readAll } from '../simulator/read-all.js';
import { faultyLines, hitOf, secondsOf } from './faulty-rows.js';

/** Faults of every kind but orbit-wrap, which moves all orbit numbers. */
const examples = [
  ...['dead:1:37', 'weak:0:5:0.5', 'hot:2:9:20', 'burst:3:60', 'layer-hv:1:2:0.4', 'drift:2:0.9', 'lost-chamber:3'],
  ...['trigger-lost', 'swap:1:28:32', 'shift:1:0-31:+4', 't0:0:-30', 'trigger-late:+25ns', 'trigger-double:0.2'],
  ...['lost-fpga:0', 'clock-slip:0:+1bx', 'orbit-slip:1:-1', 'duplicate:0.2', 'corrupt:0.2'],
];
const moments = ['orbit-gap:6s', 'restart', 'stale-buffer:300'];
const seconds = fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10);
const fault = fc.oneof(
  fc.tuple(fc.constantFrom(...examples), seconds, fc.boolean()).map(([text, at, hasEnd]) => {
    return { at, text: `${text}@${at}${hasEnd ? `-${at + 0.5}` : ''}` };
  }),
  fc.tuple(fc.constantFrom(...moments), seconds).map(([text, at]) => ({ at, text: `${text}@${at}` })),
);
const faults = fc.uniqueArray(fault, { minLength: 1, maxLength: 4, selector: ({ text }) => text });
const options = { rows: 12_000, malformedShare: 0.01, noiseRateHz: 20 };

test('rows before a fault are byte for byte those without it, in words too, whatever else is wrong', async () => {
  const healthy = (await faultyLines(undefined, options)).lines;
  const words = await readAll(openSimulator({ ...options, format: 'words' }));
  await fc.assert(
    fc.asyncProperty(faults, async (list) => {
      const text = list.map((one) => one.text).join();
      const { lines, truth } = await faultyLines(text, options);
      assert.equal(lines.length, options.rows);
      const startS = Math.min(...list.map(({ at }) => at));
      const isAfter = (line: string): boolean => hitOf(line).some((hit) => hit.head === 2 && secondsOf(hit) >= startS);
      const first = [healthy, lines].map((all) => all.findIndex(isAfter)).filter((index) => index >= 0);
      const sure = Math.min(lines.length, ...first);
      assert.deepEqual(lines.slice(0, sure), healthy.slice(0, sure));
      // At a step of the counter, rows that the read-out held back come before the row after the step.
      if (list.some((one) => moments.some((moment) => one.text.startsWith(moment)))) return;
      const differs = lines.findIndex((line, index) => line !== healthy[index]);
      const affected = Math.min(...truth.map(({ row_first }) => row_first ?? Infinity));
      if (differs >= 0) assert.ok(affected <= differs, `${text}: row ${affected} is said, ${differs} differs`);

      const source = openSimulator({ ...options, format: 'words' }, undefined, parseFaults(text, defaultGeometry));
      const faultyWords = await readAll(source);
      const wordTruth = source.faultLines() as typeof truth;
      const wordsSure = 8 * Math.min(options.rows, ...wordTruth.map(({ row_first }) => row_first ?? Infinity));
      assert.deepEqual(faultyWords.subarray(0, wordsSure), words.subarray(0, wordsSure));
    }),
    { numRuns: 40 },
  );
});

test('the order of faults in the text and the size of reads do not matter', async () => {
  await fc.assert(
    fc.asyncProperty(faults, fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 }), async (list, sizes) => {
      const texts = list.map(({ text }) => text);
      const bytesOf = (text: string, reads?: readonly number[]) =>
        readAll(openSimulator(options, undefined, parseFaults(text, defaultGeometry)), reads);
      assert.deepEqual(await bytesOf(texts.toReversed().join(), sizes), await bytesOf(texts.join()));
    }),
    { numRuns: 20 },
  );
});

test('rows that a fault does not touch stay, in their order', async () => {
  const healthy = (await faultyLines(undefined, { rows: 30_000 })).lines;
  const isLeft = (line: string): boolean => !line.startsWith('2,0,101,');
  const { lines } = await faultyLines('dead:1:37@0', { rows: healthy.filter(isLeft).length });
  assert.deepEqual(lines, healthy.filter(isLeft));
  const { lines: more } = await faultyLines('hot:1:37:50@0,burst:1:37@0', { rows: 30_000 });
  const others = more.filter(isLeft);
  assert.deepEqual(others, healthy.filter(isLeft).slice(0, others.length));
  const { lines: slow } = await faultyLines('drift:1:0.8@0', { rows: 30_000 });
  const isOther = (line: string): boolean => !/^2,0,(6[4-9]|[7-9]\d|1[01]\d|12[0-7]),/.test(line);
  assert.deepEqual(slow.filter(isOther), healthy.filter(isOther));
});

test('muons of the truth are those without faults, their orbits those of the read-out', async () => {
  const muonsOf = async (text: string) => {
    const truth = new TruthLines();
    const source = openSimulator({ rows: 20_000 }, truth, text === '' ? [] : parseFaults(text, defaultGeometry));
    await readAll({ ...source, bytesDone: 0, read: (target) => source.read(target) });
    const [, ...lines] = truth.take().trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as { muon: number; orbit: number });
  };
  const healthy = await muonsOf('');
  const faulty = await muonsOf('lost-chamber:0@1,orbit-gap:60s@2,layer-hv:1:0:0@0,drift:2:0.5@0');
  const gapOrbits = Math.round(60 / 89.1e-6);
  const expected = healthy.map((muon) => ({
    ...muon,
    orbit: muon.orbit - 2_500_000_000 < 2 / 89.1e-6 - 1 ? muon.orbit : muon.orbit + gapOrbits,
  }));
  assert.ok(faulty.length > 300);
  assert.deepEqual(faulty.slice(0, healthy.length), expected.slice(0, faulty.length));
});
