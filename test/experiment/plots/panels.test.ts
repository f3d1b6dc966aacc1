import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { measuredAxis, settingAxis, tickText } from '../../../src/plots/axis.js';
import { panelFigure } from '../../../src/experiment/plots/panels.js';
import { svgPlots } from '../../../src/experiment/plots/svg-plots.js';
import { textPlots } from '../../../src/experiment/plots/text-plots.js';
import { reportHtml, reportSvg } from '../../../src/experiment/report-html.js';
import { drainFlags, drainOf, reportOf, runOf } from '../samples.js';

const runs = [1, 2].flatMap((threads) =>
  [1, 10, 100, 200].flatMap((partitions) =>
    [1, 2, 10].flatMap((shards) =>
      [0, 1, 2].map((repeat) => drainOf({ threads, partitions, shards }, 1e6 * threads + 1e5 * repeat, repeat)),
    ),
  ),
);
const report = reportOf(runs, { flags: drainFlags });

describe('panelFigure', () => {
  const figure = panelFigure(report);

  it('has a column for each setting that varies, and says what is fixed in it', () => {
    assert.deepEqual(figure.columns, [
      { title: 'threads', fixed: '10 partitions, shards as threads' },
      { title: 'partitions', fixed: 'shards as threads' },
      { title: 'shards', fixed: '10 partitions' },
    ]);
    assert.deepEqual(
      figure.rows.map(({ title }) => title),
      ['throughput, million rows/s', 'processing time of a batch, ms'],
    );
  });

  it('has a line for each number of threads, with the median and the range of the repeats', () => {
    const [, partitions] = figure.rows[0].panels;
    assert.deepEqual(partitions.lines.map(({ label }) => label), ['1 thread', '2 threads']); // prettier-ignore
    const [first] = partitions.lines[1].points;
    assert.deepEqual([first.x, first.y], [1, { median: 2.1, min: 2, max: 2.2, count: 3 }]);
    assert.equal(partitions.ideal, undefined);
    assert.deepEqual(figure.rows[0].panels[0].ideal?.map(({ x, y }) => [x, y.toFixed(1)]), [[1, '1.1'], [2, '2.2']]); // prettier-ignore
  });

  it('draws live runs by their latency, with words and rates as settings', () => {
    const live = panelFigure(
      reportOf([runOf({ encoding: 'csv' }), runOf({ encoding: 'words' }), runOf({ rate: 5000 })]),
    );
    assert.deepEqual(live.columns.map(({ title }) => title), ['encoding', 'requested rows/s']); // prettier-ignore
    assert.match(live.rows[0].title, /^latency of a hit, ms$/);
    assert.deepEqual(live.rows[0].panels[0].words, ['csv', 'words']);
    const drained = panelFigure(
      reportOf(
        (['full', 'off'] as const).map((physics) => drainOf({ physics, threads: 1 }, 1e6)),
        { flags: drainFlags },
      ),
    );
    assert.deepEqual(drained.rows[0].panels[0].words, ['off', 'full']);
  });
});

describe('the picture', () => {
  it('is an SVG on white paper with a panel for each setting and quantity, an error bar for each point', () => {
    const svg = reportSvg(report);
    assert.match(svg, /^<svg [^>]*>\n<title>dtstream bench, /);
    assert.ok(svg.includes('<rect width="100%" height="100%" fill="#fff"/>'));
    assert.equal(svg.match(/<g class="panel">/g)?.length, 6);
    // 2 points of threads, 8 of partitions, 6 of shards, in two rows: a bar and its two ends.
    assert.equal(svg.match(/class="bar"/g)?.length, 2 * (2 + 8 + 6) * 3);
    assert.ok(!/NaN|undefined|Infinity/.test(svg + reportHtml(report)));
  });

  it('escapes names and crosses out what is not valid', () => {
    const faulty = reportOf([runOf({}, { verify: { result: 'different', rows: 1, lateOrbits: 0, detail: 'x' } })]);
    const svg = svgPlots(panelFigure(faulty), 'a <b>', ['& "c"']);
    assert.ok(svg.includes('a &lt;b&gt;') && svg.includes('&amp; &quot;c&quot;'));
    assert.equal(svg.match(/class="faulty"/g)?.length, 3);
    assert.match(svg, /A cross marks runs that are not valid/);
  });

  it('is drawn in characters that fit the width, a mark for each line', () => {
    for (const width of [60, 80, 100, 160]) {
      const text = textPlots(panelFigure(report), width);
      const [plots] = text.split('\n\n● ');
      assert.ok(plots.split('\n').every((line) => line.length <= width), `${width}\n${text}`); // prettier-ignore
      assert.match(text, /● 1 thread {2}○ 2 threads/);
      assert.match(text, /1 +10 +100 +200|1 +10 +100/);
      assert.equal(plots.match(/○/g)?.length, 2 * (4 + 3));
    }
  });

  it('of nothing is empty, not an error', () => {
    const none = reportOf([{ ...runOf(), measured: null, failure: 'x' }]);
    assert.deepEqual(panelFigure(none).rows, []);
    assert.ok(!/NaN|undefined/.test(reportHtml(none) + textPlots(panelFigure(none), 80)));
  });
});

describe('axes', () => {
  it('hold every value, with few ticks', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.001, max: 1e9, noNaN: true }), { minLength: 1 }), (values) => {
        for (const axis of [measuredAxis(values), settingAxis(values)]) {
          for (const value of values) assert.ok(axis.place(value) >= 0 && axis.place(value) <= 1 + 1e-9);
        }
        assert.ok(measuredAxis(values).ticks.length <= 14);
      }),
    );
  });

  it('are logarithmic where settings double or span much, and not else', () => {
    const kinds = [[1, 2, 4, 8], [1, 2], [1, 10, 100, 200], [1, 2, 3], [5]].map((values) => settingAxis(values).kind); // prettier-ignore
    assert.deepEqual(kinds, ['doubling', 'linear', 'logarithmic', 'linear', 'linear']);
    const { place } = settingAxis([1, 2, 4]);
    assert.ok(Math.abs(place(2) - (place(1) + place(4)) / 2) < 1e-9);
    assert.deepEqual([1000, 20_000, 3e6, 0.25].map(tickText), ['1,000', '20k', '3M', '0.25']); // prettier-ignore
  });
});
