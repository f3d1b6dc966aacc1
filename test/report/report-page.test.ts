import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { reportPage } from '../../src/report/report-page.js';
import type { ShiftReport } from '../../src/report/shift-report.js';
import { verdictLine } from '../../src/report/verdict-line.js';
import type { DetectorView } from '../../src/views/detector/detector-view.js';
import { sampleDetectorView } from '../views/sample-detector.js';
import { assertHas, pageColumn, pageNumbers, pageTables } from './page-tables.js';

function reportOf(detector: DetectorView, changes: Partial<ShiftReport> = {}): ShiftReport {
  const { ledger, lateHits, lateOrbits, orbits, lost } = detector.window.sums.totals;
  return {
    title: 'Shift report: test',
    facts: [['Group', 'dtstream']],
    detector,
    notJudged: [],
    clock: 'utc',
    warnings: [],
    accounts: { ledger, lateHits, lateOrbits, orbits, lost, duplicates: 0, unreadable: 0, producers: [] },
    ...changes,
  };
}

describe('the page of a report', () => {
  let detector: DetectorView;
  let page: string;
  before(async () => {
    detector = await sampleDetectorView();
    page = reportPage(reportOf(detector));
  });

  it('needs nothing but itself', () => {
    assert.ok(!/<script|https?:|url\(|@import|<link|<img|\son\w+=/i.test(page));
    assert.ok(Buffer.byteLength(page) < 200_000, `${Buffer.byteLength(page)} bytes`);
  });

  it('takes less than 200 kB for 24 hours', () => {
    const { trends } = detector;
    const values = (top: number): number[] => Array.from({ length: 400 }, (_, at) => top * (1 + Math.sin(at * at)));
    const long = { columnS: 300, all: values(5000), chambers: trends.chambers.map(() => values(1200)), trigger: values(150), lag: values(9000) }; // prettier-ignore
    const text = reportPage(reportOf({ ...detector, trends: { ...trends, ...long } }));
    assert.ok(Buffer.byteLength(text) < 200_000, `${Buffer.byteLength(text)} bytes`);
  });

  it('has every number of its plots in tables', () => {
    for (const { chamber, occupancy, active, physics, hits } of detector.chambers) {
      const of = `Chamber ${chamber}: `;
      assert.deepEqual(pageNumbers(page, `${of}channels`, 'Hits'), [...occupancy.hits]);
      assert.equal(
        pageNumbers(page, `${of}channels`, 'Hits').reduce((sum, count) => sum + count),
        hits,
      );
      assert.deepEqual(pageNumbers(page, `${of}channels`, 'With trigger'), [...(occupancy.gated ?? [])]);
      const orbits = pageNumbers(page, `${of}orbits by active channels`, 'Orbits');
      assert.deepEqual(
        orbits,
        [...active.orbits].filter((count, number) => count > 0 && number > 0),
      );
      const drift = pageNumbers(page, `${of}drift times`, 'Entries').reduce((sum, count) => sum + count, 0);
      assert.equal(
        drift,
        physics?.drift.histogram.counts.reduce((sum, count) => sum + count, 0),
      );
    }
    const rates = pageColumn(page, 'Rates by column of 1 s', 'All chambers, hits per live second');
    assert.deepEqual([rates.length, rates[0]], [121, '–']);
  });

  it('names what is wrong first, in words, by signs and in the plots', () => {
    assertHas(page, /<p class="verdict bad">Not well: 2:17 dead, 0:5 hot\. 1 alarm is known and 1 alarm is over\.</);
    assert.deepEqual(pageColumn(page, 'Alarms, the worst first', 'State'), ['NEW', 'NEW', 'GONE', 'KNOWN']);
    assert.deepEqual(pageColumn(page, 'Alarms, the worst first', 'Note'), ['–', '–', '–', 'HV board 3 (anna)']);
    assertHas(page, /<desc id="c2-occupancy-d">Channel 17 has none of [\d,]+ hits expected by the reference\./);
    assertHas(page, /<h2>Chamber 2: DEAD 1 \(2:17\)</);
    assertHas(page, /class="s0 bad"[^>]*><title>2:17: 0 of [\d,]+</);
  });

  it('says each plot by a title and a description, with one path for a histogram', () => {
    const plots = [
      ...page.matchAll(
        /<svg id="([^"]+)"[^>]*role="img"[^>]*>\s*<title id="\1-t">[^<]+<\/title><desc id="\1-d">[^<]+/g,
      ),
    ];
    // Five for each chamber, rates of all, of each and of the trigger, and the lag.
    assert.equal(plots.length, 4 * 5 + 7);
    assert.equal([...page.matchAll(/<path class="columns"/g)].length, 4 * 4);
    assert.equal(new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)).size, 3 * plots.length);
  });

  it('shows nothing that is not known as a number', async () => {
    const unknown = await sampleDetectorView({ quality: undefined, reference: undefined, isCurrent: false });
    const text = reportPage(reportOf(unknown, { notJudged: ['The messages have no physics.'] }));
    assertHas(text, /<p class="verdict warn">Not judged\. The messages have no physics\./);
    assert.deepEqual(new Set(pageColumn(text, 'Chamber 0: channels', 'Verdict')), new Set(['no verdict']));
    assert.deepEqual(new Set(pageColumn(text, 'Chamber 0: layers from the top', 'Hits/s')), new Set(['–']));
    assert.deepEqual(/NaN|undefined|Infinity/.exec(text), null);
  });

  it('takes no text from outside as markup', () => {
    const hostile = `<script>alert(1)</script>"'&`;
    const remark = { by: hostile, note: hostile };
    const alarms = detector.alarms.map((alarm) => ({ ...alarm, remark }));
    const marks = [{ number: 1, atMs: detector.nowMs, text: hostile, by: hostile }];
    const text = reportPage(
      reportOf(
        { ...detector, alarms, marks },
        {
          title: hostile,
          facts: [[hostile, hostile]],
          warnings: [{ atMs: 0, text: hostile, isOver: true }],
        },
      ),
    );
    assert.ok(!text.includes('<script'));
    assert.equal(pageTables(text).get('Marks, the oldest first')?.[1][2], hostile);
  });
});

describe('the verdict of a report', () => {
  it('is good only where something was judged and no alarm stands', async () => {
    const detector = await sampleDetectorView();
    const line = (alarms: DetectorView['alarms'], of = detector) =>
      verdictLine({ detector: { ...of, alarms }, notJudged: [] });
    assert.equal(line(detector.alarms.filter(({ state }) => state === 'KNOWN')).text, 'Well: no alarm stands that is not known, in all chambers. 1 alarm is known.'); // prettier-ignore
    assert.equal(line([]).state, 'ok');
    const chambers = detector.chambers.map((chamber) => ({
      ...chamber,
      verdict: { state: 'unknown' as const, word: '?', at: undefined },
    }));
    assert.equal(line([], { ...detector, chambers }).state, 'unknown');
  });
});
