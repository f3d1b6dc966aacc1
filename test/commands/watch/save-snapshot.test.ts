import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { planOf } from '../../../src/commands/watch/plan-of.js';
import { saveSnapshot } from '../../../src/commands/watch/save-snapshot.js';
import { readReference } from '../../../src/quality/uhi.js';
import { emptyState } from '../../../src/results/dashboard-state.js';
import type { ShownScreen } from '../../../src/tui/dashboard.js';
import { viewOf } from '../../../src/tui/pages/view.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { sampleDetectorView } from '../../views/sample-detector.js';

const nowMs = Date.UTC(2026, 10, 29, 14, 52, 7);

describe('the snapshot of a screen', () => {
  let shown: ShownScreen;
  before(async () => {
    const detector = await sampleDetectorView();
    const style = { color: 'none', ascii: false } as const;
    shown = {
      detector,
      nowMs,
      style,
      state: { ...emptyState(), messages: 60 },
      frozen: undefined,
      view: viewOf({ nowMs }),
    };
  });

  it('is a reference of the window, with alarms and marks beside it, and all pages as text', async (t) => {
    const outDir = tempFolder(t);
    const plan = planOf({});
    const said = await saveSnapshot(shown, { outDir, plan });
    assert.equal(said, `saved ${join(outDir, 'watch-20261129-145207')}.json and .txt`);
    const json = readFileSync(join(outDir, 'watch-20261129-145207.json'), 'utf8');
    const { sums } = shown.detector.window;
    const reference = readReference(json, 'snapshot', plan);
    assert.equal(reference.triggerOrbits, sums.physics?.trigger.orbits);
    assert.equal(reference.rowsRead, sums.totals.ledger.rows_read);
    const { watch } = JSON.parse(json) as { watch: { alarms: { object: string }[]; marks: unknown[]; hits: number } };
    assert.deepEqual(watch.alarms.map(({ object }) => object), ['2:17', '0:5', 'chamber 3', '1:44']); // prettier-ignore
    assert.deepEqual([watch.hits, watch.marks.length], [sums.totals.hits, 1]);
    const text = readFileSync(join(outDir, 'watch-20261129-145207.txt'), 'utf8');
    assert.deepEqual(text.match(/^== \w+/gm), ['overview', 'occupancy', 'activity', 'timing', 'cells', 'health'].map((page) => `== ${page}`)); // prettier-ignore
  });

  it('never takes the place of another file', async (t) => {
    const outDir = tempFolder(t);
    writeFileSync(join(outDir, 'watch-20261129-145207.json'), 'mine');
    await saveSnapshot(shown, { outDir, plan: planOf({}) });
    await saveSnapshot(shown, { outDir, plan: planOf({}) });
    assert.equal(readFileSync(join(outDir, 'watch-20261129-145207.json'), 'utf8'), 'mine');
    assert.equal(readdirSync(outDir).length, 5);
  });

  it('makes the folder where there is none', async (t) => {
    const outDir = join(tempFolder(t), 'shift', 'monday');
    await saveSnapshot(shown, { outDir, plan: planOf({}) });
    assert.deepEqual(readdirSync(outDir), ['watch-20261129-145207.json', 'watch-20261129-145207.txt']);
  });

  it('says why it cannot be written', async (t) => {
    const outDir = join(tempFolder(t), 'file');
    writeFileSync(outDir, '');
    await assert.rejects(saveSnapshot(shown, { outDir, plan: planOf({}) }), /^DtstreamError: cannot make the folder .*file: file already exists$/); // prettier-ignore
  });
});
