import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Summary } from '../../src/domain/batch-message.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { withBoxes } from '../../src/results/time-boxes.js';
import { type SummaryView, summaryView } from '../../src/views/summary-view.js';
import { physicsSummary } from '../results/physics-summary.js';
import { applyMessage, emptyState } from '../../src/results/dashboard-state.js';
import type { QualityPicture } from '../../src/views/detector/verdicts.js';
import { fastDriftPicture, samplePicture } from '../views/sample-detector.js';
import { renderBrief } from '../../src/tui/text/brief.js';
import { renderPlainLine } from '../../src/tui/text/plain-line.js';
import { renderSnapshot } from '../../src/tui/text/snapshot.js';
import { renderSummary } from '../../src/tui/text/summary-text.js';
import { viewOf } from '../../src/tui/pages/view.js';
import { assertGolden, displayWidth } from './golden.js';
import { sampleMessage } from './sample-messages.js';
import { sampleAbout, sampleState, sampleTimeMs } from './sample-state.js';

/** Of a version without physics. */
function sampleSummary(): SummaryView {
  const message = sampleMessage(3);
  const { schema, hit_count, hit_count_chamber, tdc_counts_chamber, active_channels_chamber } = message;
  const { ledger, late_hits, late_orbits, orbits } = message;
  const counts = { schema, hit_count, hit_count_chamber, tdc_counts_chamber, active_channels_chamber };
  const about = {
    ...{
      version: '1.2.3',
      group: 'shift',
      inputs: ['run591.dat'],
      from: '2024-01-15T23:59:58.000Z',
      to: '2024-01-16T00:00:04.500Z',
    },
    ...({ run: [3, 4], orbit: [4_294_967_290, 2_712_000], detector_s: 483.123 } satisfies Partial<Summary['about']>),
  };
  const sums = { ...counts, about, ledger, late_hits, late_orbits, orbits, batches: 7, runs: 2 };
  return summaryView(sums, defaultGeometry);
}

describe('text for pipes and logs', () => {
  it('shows a summary as committed, wide, narrow and in ASCII', () => {
    assertGolden('summary-120', renderSummary(sampleSummary(), 120, { color: 'none', ascii: false }));
    assertGolden('summary-80-color', renderSummary(sampleSummary(), 80, { color: '16', ascii: false }));
    assertGolden('summary-60-ascii', renderSummary(sampleSummary(), 60, { color: 'none', ascii: true }));
  });

  it('shows the physics of a summary as committed, on 80 and 120 columns and in ASCII', async () => {
    const summary = withBoxes(await physicsSummary(), defaultGeometry);
    const view = summaryView(summary, defaultGeometry);
    assertGolden('physics-80', renderSummary(view, 80, { color: 'none', ascii: false }));
    assertGolden('physics-120-color', renderSummary(view, 120, { color: '16', ascii: false }));
    const ascii = renderSummary(view, 80, { color: 'none', ascii: true });
    assert.match(ascii, /^[\n -~]*$/);
    assertGolden('physics-80-ascii', ascii);
    for (const width of [1, 20, 60, 77, 78, 109, 110, 200]) {
      const lines = renderSummary(view, width, { color: 'none', ascii: false }).split('\n');
      assert.ok(lines.every((line) => line.length <= Math.min(width, 150)), String(width)); // prettier-ignore
    }
  });

  it('shows a snapshot of everything as committed', () => {
    const text = renderSnapshot(sampleState(20), viewOf({ nowMs: sampleTimeMs(20) }), {
      width: 100,
      style: { color: 'none', ascii: false },
      about: sampleAbout,
    });
    assertGolden('snapshot-100', text);
  });

  it('cuts a second of catching up, and marks another history and missing messages', () => {
    const state = emptyState();
    for (let id = 0; id < 40; id++) {
      if (id >= 24 && id < 27) continue;
      const message = sampleMessage(id, { orbitCount: id === 12 ? 4000 : 80 + (id % 7) });
      applyMessage(state, { ...message, history: id < 33 ? 'a' : 'b' }, { receivedMs: sampleTimeMs(id + 1) });
    }
    const trends = [false, true].map((ascii) => {
      const text = { width: 80, style: { color: 'none', ascii }, about: sampleAbout } as const;
      const lines = renderSnapshot(state, viewOf({ nowMs: sampleTimeMs(40) }), text).split('\n');
      return lines.slice(lines.findIndex((line) => line.startsWith('all chambers'))).join('\n');
    });
    assertGolden('trend-80', trends.join('='.repeat(80) + '\n'));
  });

  it('says in a few lines for a logbook what there is, whatever the number of chambers', () => {
    const brief = (quality: QualityPicture | undefined) =>
      renderBrief(sampleState(20), sampleAbout, { nowMs: sampleTimeMs(20), quality });
    assertGolden('brief', `${brief(undefined)}${'-'.repeat(78)}\n${brief(fastDriftPicture)}`);
    for (const chambers of [0, 1, 5, 64]) {
      const state = emptyState();
      const message = sampleMessage(0);
      const hits = Array.from({ length: chambers }, (_, chamber) => chamber);
      applyMessage(state, { ...message, hit_count_chamber: hits }, { receivedMs: sampleTimeMs(1) });
      const lines = renderBrief(state, sampleAbout, { nowMs: sampleTimeMs(1), quality: samplePicture })
        .trimEnd()
        .split('\n');
      assert.ok(lines.length <= 12 && lines.every((line) => /^[ -~]{1,78}$/.test(line)), lines.join('\n'));
      assert.equal(
        lines.some((line) => line.endsWith('more chambers)')),
        chambers > 5,
        lines.join('\n'),
      );
    }
  });

  it('never makes a line wider than asked', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 220 }), fc.boolean(), (width, ascii) => {
        const style = { color: '16', ascii } as const;
        const view = viewOf({ nowMs: sampleTimeMs(2) });
        const text =
          renderSummary(sampleSummary(), width, style) +
          renderSnapshot(sampleState(2), view, { width, style, about: sampleAbout });
        for (const line of text.split('\n')) assert.ok(displayWidth(line) <= width, `${displayWidth(line)}: ${line}`);
      }),
      { numRuns: 40 },
    );
  });

  it('says a message in one line', () => {
    const counts = { hit_count: 2121, hit_count_chamber: [1273, 275, 289, 284] };
    assert.equal(
      renderPlainLine({ ...sampleMessage(3, { orbitCount: 0 }), ...counts, orbits: 150 }),
      '2024-01-15T12:00:04.000Z  dtstream/0 #3  2,121 hits [1,273 275 289 284]  150 orbits  75 rows read  ' +
        'scintillator 30  dropped 45  rejected 0  open 12  late 2',
    );
  });

  it('says what a message of five keys has, and lets no escape through', () => {
    const { msg_ID, hit_count_chamber, tdc_counts_chamber, active_tdc_chamber } = sampleMessage(0);
    const bare = { msg_ID, hit_count: 1234, hit_count_chamber, tdc_counts_chamber, active_tdc_chamber };
    assert.equal(renderPlainLine(bare), `#0  1,234 hits [${hit_count_chamber.join(' ')}]`);
    assert.match(renderPlainLine({ ...bare, producer: '\u001b]0;x\u0007' }), /^\?\]0;x\? #0 {2}/);
  });
});
