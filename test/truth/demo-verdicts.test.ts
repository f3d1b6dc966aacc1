import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DetectorRun, chunkBytesOf } from '../../src/commands/drill/detector-run.js';
import { demoFaults } from '../../src/commands/demo/faults.js';
import { demoQuality } from '../../src/commands/demo/verdicts.js';
import { eventWords } from '../../src/commands/quality/words.js';
import { rowSetup } from '../../src/commands/process/row-setup.js';
import { ComputePool } from '../../src/compute/pool.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { defaultPhysics } from '../../src/domain/physics-settings.js';
import { parseFaults } from '../../src/sources/faults/parse.js';

/** Detector time of the demo that is looked at, in s. */
const untilS = 115;

describe('the verdicts of a demo', () => {
  it('name a dead channel and a moved time box in the first two minutes, and say that both are over', async (t) => {
    const signal = AbortSignal.timeout(120_000);
    const said: string[] = [];
    const quality = (await demoQuality(defaultGeometry, signal)).makeQuality();
    const faults = parseFaults(demoFaults(defaultGeometry) ?? '', defaultGeometry);
    const setup = rowSetup(defaultGeometry, defaultPhysics, 'full');
    const pool = new ComputePool(1, { ...setup, shards: 1, chunkBytes: chunkBytesOf(1) });
    t.after(() => pool.close());
    const simulator = { seed: 1 };
    const run = new DetectorRun({ geometry: defaultGeometry, simulator, format: 'words', rateFactor: 1, faults, untilS, signal }); // prettier-ignore
    for await (const { message, atS } of run.messages(pool)) {
      for (const event of quality.add(message)) {
        if (event.event === 'raised' || event.event === 'cleared')
          said.push(`${atS.toFixed(0)} s ${eventWords(event)}`);
      }
    }
    const secondsOf = (words: RegExp): number[] =>
      said.filter((line) => words.test(line)).map((line) => Number.parseInt(line, 10));
    const [deadS] = secondsOf(/ALARM channel 1:37: rate too low: /);
    const [livesS] = secondsOf(/over channel 1:37: rate too low:/);
    const [movedS] = secondsOf(/ALARM chamber 2: rising edge of the time box moved: /);
    const [backS] = secondsOf(/over chamber 2: rising edge of the time box moved:/);
    assert.ok(deadS >= 20 && deadS < 30, said.join('\n'));
    assert.ok(livesS > 45 && livesS < 60, said.join('\n'));
    assert.ok(movedS >= 55 && movedS < 75, said.join('\n'));
    assert.ok(backS > 80 && backS < untilS, said.join('\n'));
    const others = said.filter((line) => !/ 1:37: | chamber 2: | layer 2\/\d: | channel 2:/.test(line));
    assert.deepEqual(others, []);
  });

  it('have no faults where the geometry has no such channel', () => {
    const [first, second] = defaultGeometry.chambers;
    assert.equal(demoFaults({ ...defaultGeometry, chambers: [first, second] }), undefined);
    assert.match(demoFaults(defaultGeometry) ?? '', /^dead:1:37@/);
  });
});
