import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { applyMessage, type DashboardState, emptyState } from '../../../src/results/dashboard-state.js';
import { withLook } from '../../../src/results/process-lag.js';
import { Canvas } from '../../../src/tui/draw/canvas.js';
import type { Style } from '../../../src/tui/draw/style.js';
import { drawHealthPage } from '../../../src/tui/pages/health-page.js';
import { firstChoices, viewOf } from '../../../src/tui/pages/view.js';
import type { DetectorView } from '../../../src/views/detector/detector-view.js';
import { type AlarmRow, alarmStates } from '../../../src/views/detector/verdicts.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { sampleDetectorView, sampleMinuteMessages } from '../../views/sample-detector.js';
import { assertGolden, displayWidth, withoutColor } from '../golden.js';

const plain: Style = { color: 'none', ascii: false };
const styles = { color: { color: '256', ascii: false }, ascii: { color: 'none', ascii: true } } as const;

describe('the page of health', () => {
  let detector: DetectorView;
  let state: DashboardState;
  before(async () => {
    detector = await sampleDetectorView();
    state = emptyState();
    for (const message of await sampleMinuteMessages()) {
      const receivedMs = Date.parse(message.batch.closed);
      for (const lane of [0, 1]) {
        const batch = { ...message.batch, interval_ms: 1000, compute_ms: 11 + lane };
        if (lane === 1 && message.msg_ID === 7) continue;
        applyMessage(state, { ...message, batch, producer: `dtstream/${lane}`, run: 3 }, { receivedMs });
      }
    }
    state.lag = withLook(state.lag, { records: 0, alive: true, seenMs: detector.nowMs });
  });

  function draw(size: { width: number; height: number }, style: Style = plain, changes: Partial<DetectorView> = {}) {
    const canvas = new Canvas(size);
    const shown = { ...detector, ...changes };
    const view = viewOf({ nowMs: shown.nowMs, choices: { ...firstChoices, alarm: shown.alarms.at(0)?.id } });
    const chambers = drawHealthPage(canvas, { detector: shown, state, view, style });
    assert.equal(chambers, 4);
    return canvas.toLines(style);
  }

  for (const [width, height] of [[60, 15], [80, 24], [120, 40], [200, 60]] as const) {
    it(`is drawn at ${width}x${height} as committed`, () => {
      // Two lines above and two below it are of every page.
      for (const [name, style] of Object.entries(styles)) {
        const lines = draw({ width, height: height - 4 }, style);
        assertGolden(`health/${width}x${height}-${name}`, `${lines.join('\n')}\n`);
      }
    });
  } // prettier-ignore

  it('has room for 20 alarms, rejected rows by rule and late orbits at 200x60', () => {
    const alarms = Array.from({ length: 24 }, (_, index) => ({ ...detector.alarms[0], id: String(index) }));
    const { window } = detector;
    const { totals } = window.sums;
    const ledger = { ...totals.ledger, rejected: { fields: 3, number: 1234, range: 0 } };
    const sums = { ...window.sums, totals: { ...totals, ledger, lateOrbits: 17 } };
    const changes = { alarms, window: { ...window, sums } };
    const text = draw({ width: 200, height: 56 }, plain, changes).join('\n');
    assert.equal(text.match(/2:17 dead/g)?.length, 20);
    assert.match(text, /1-20 of 24/);
    assert.match(text, /late orbits +17 +0 /);
    assert.match(text, /number +a field is no number +1,234 +0\n/);
    assert.match(text, /rejected rows +[·█▂▃ ]+ most 1,234 at 11:55\n/);
    assert.doesNotMatch(draw({ width: 120, height: 36 }, plain, changes).join('\n'), /late orbits|REJECTED ROWS/);
  });

  it('says why a message was unreadable, in text that is safe', () => {
    const before = { unreadable: state.unreadable, unreadableReason: state.unreadableReason };
    Object.assign(state, { unreadable: 2, unreadableReason: `not JSON: \x1b[31m${'x'.repeat(200)}` });
    const text = draw({ width: 200, height: 56 }).join('\n');
    Object.assign(state, before);
    assert.match(text, /unreadable message: not JSON: .*x\.\.\.$/m);
    assert.ok(!text.includes('\x1b'));
  });

  it('tells states, values and names without colour, at every size', () => {
    for (const [width, height] of [[60, 15], [80, 24], [120, 40], [200, 60]] as const) {
      const text = draw({ width, height: height - 4 }, styles.ascii).join('\n');
      for (const word of ['1 known', '2 new', '1 gone', '>NEW   ', '2:17 dead', '0 Hz', 'KNOWN', 'dtstream/0', 'alive']) {
        assert.ok(text.includes(word), `${word} in\n${text}`);
      }
      assert.equal(text.includes('anna: HV board 3'), width >= 80, text);
    }
  }); // prettier-ignore

  it('says why there is no verdict, and which lane is silent', () => {
    const first = (changes: Partial<DetectorView>): string => draw({ width: 80, height: 20 }, plain, changes)[1].trim();
    const unknown = detector.chambers.map((panel) => ({ ...panel, verdict: { state: 'unknown', word: '?', at: undefined } as const })); // prettier-ignore
    assert.equal(first({ alarms: [] }), 'no alarm');
    assert.equal(first({ alarms: [], unjudged: 'no physics' }), 'no verdicts: no physics');
    assert.equal(first({ alarms: [], isCurrent: false }), 'no verdicts: no message is of now');
    assert.equal(first({ alarms: [], chambers: unknown }), 'no verdicts yet');
    state.lag = [];
    const nowMs = detector.nowMs + 30_000;
    const lines = draw({ width: 80, height: 20 }, plain, { nowMs });
    const silent = lines.filter((line) => /^ {2}dtstream\/\d +SILENT +30 s .* – /.test(line));
    assert.equal(silent.length, 2, lines.join('\n'));
  });

  it('names the partitions that are furthest behind, in rows', () => {
    const look = (records: readonly number[]): string => {
      const partitions = records.map((of, partition) => ({ partition, records: of }));
      const sum = records.reduce((all, of) => all + of, 0);
      const behind = { ...state, lag: [{ records: sum, alive: true, partitions, seenMs: detector.nowMs }] };
      behind.reads = [{ openedMs: 0, closedMs: 1000, rows: 4000, records: 1000 }];
      const canvas = new Canvas({ width: 120, height: 36 });
      const view = viewOf({ nowMs: detector.nowMs, choices: firstChoices });
      drawHealthPage(canvas, { detector, state: behind, view, style: plain });
      return canvas.toLines(plain).join('\n');
    };
    assert.match(look([0, 0, 0, 0]), /BY PARTITION\n.* none of 4 partitions\n/);
    const text = look([0, 12, 300, 0, 7, 1, 1, 1]);
    assert.match(text, /PARTITION AND ROWS\n.* 2 1,200\n.* 1 48\n.* 4 28\n.*and 3 more\n/);
    assert.match(look([0, 12, 300, 0]), / 2 1,200\n.* 1 48\n.* 2 others 0\n/);
    assert.doesNotMatch(look([5]), /PARTITION/);
  });

  it('fits any area, and always shows the alarm that is selected', () => {
    const rowOf = (index: number): AlarmRow => ({
      ...detector.alarms[index % detector.alarms.length],
      ...{ id: String(index), objectText: `object ${index}`, state: alarmStates[index % 4] },
    });
    fc.assert(
      fc.property(
        fc.record({ width: fc.integer({ min: 40, max: 220 }), height: fc.integer({ min: 6, max: 66 }) }),
        fc.nat(120),
        fc.nat(120),
        fc.boolean(),
        (size, count, at, ascii) => {
          const alarms = Array.from({ length: count }, (_, index) => rowOf(index));
          const canvas = new Canvas(size);
          const choices = { ...firstChoices, alarm: String(at) };
          const style: Style = { color: '16', ascii };
          drawHealthPage(canvas, {
            ...{ detector: { ...detector, alarms }, state, style },
            view: viewOf({ nowMs: detector.nowMs, choices }),
          });
          const lines = canvas.toLines(style);
          assert.ok(lines.every((line) => displayWidth(line) <= size.width));
          const text = withoutColor(lines.join('\n'));
          assert.equal(new RegExp(`>\\w+ +(channel )?object ${at} `).test(text), at < count, text);
          assert.doesNotMatch(text, /NaN|undefined|[\u2800-\u28ff]/);
        },
      ),
      { numRuns: casesOf(200) },
    );
  });
});
