import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatShort } from '../../src/tui/draw/format.js';
import { drawTrendLines } from '../../src/tui/panels/overview/trend-lines.js';
import { sampleDetectorView } from '../views/sample-detector.js';
import { pageLines } from './pages/page-lines.js';
import { assertGolden } from './golden.js';

describe('the enlarged trends', () => {
  it('draw the chambers, the trigger and the lag as committed', async () => {
    const { lines } = pageLines(drawTrendLines, await sampleDetectorView(), { width: 80, height: 20 });
    assertGolden('trend-lines-80x20', `${lines.join('\n')}\n`);
  });

  it('name each line at its end with its newest rate, the selected one in the ink of data, and no rate when stale', async () => {
    const detector = await sampleDetectorView();
    const size = { width: 120, height: 36, choices: { chamber: 2 } };
    const newest = detector.trends.chambers.map((line) => formatShort(line.at(-1) ?? NaN));
    const { lines } = pageLines(drawTrendLines, detector, size);
    const names = lines.slice(0, 18).flatMap((line) => /(\d) (\S+)$/.exec(line)?.slice(1, 3).join(' ') ?? []);
    assert.deepEqual(names.sort(), newest.map((rate, chamber) => `${chamber} ${rate}`));
    const stale = pageLines(drawTrendLines, { ...detector, isCurrent: false }, size).lines.join('\n');
    assert.equal(stale.match(/ \d –$/gm)?.length, 4);
  });

  it('leave out what has no room, and say where there is nothing yet', async () => {
    const detector = await sampleDetectorView();
    const low = pageLines(drawTrendLines, detector, { width: 60, height: 7 }).lines.join('\n');
    assert.match(low, /^chambers, /);
    assert.doesNotMatch(low, /trigger|lag/);
    const none = detector.trends.lag.map(() => undefined);
    const bare = { ...detector, trends: { ...detector.trends, lag: none } };
    assert.match(pageLines(drawTrendLines, bare, { width: 80, height: 24 }).lines.join('\n'), /lag, rows.*\n +none yet/);
  });
}); // prettier-ignore
