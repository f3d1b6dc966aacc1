import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { applyMessage, emptyState } from '../../src/results/dashboard-state.js';
import { History } from '../../src/results/history.js';
import { openDashboard } from '../../src/tui/dashboard.js';
import type { Terminal } from '../../src/tui/terminal.js';
import { activeBands } from '../../src/views/detector/detector-view.js';
import { sampleMessage } from './sample-messages.js';
import { sampleAbout } from './sample-state.js';

/** A dashboard on a terminal of 80x24 whose text is kept. */
function openSample(t: Pick<TestContext, 'after'>) {
  const seen = { text: '' };
  const output = new Writable({
    write(part: Buffer, _encoding, done) {
      seen.text += part.toString();
      done();
    },
  });
  const input = Object.assign(new PassThrough(), { isTTY: true, isRaw: false, setRawMode: () => input });
  const terminal = { input, output: Object.assign(output, { isTTY: true, columns: 80, rows: 24 }) };
  const [state, history] = [emptyState(), new History(activeBands)];
  const dashboard = openDashboard({
    ...{ state, history, about: sampleAbout, style: { color: 'none', ascii: true }, onQuit: () => undefined },
    terminal: terminal as unknown as Terminal,
  });
  t.after(() => dashboard.close());
  return { state, history, dashboard, seen };
}

describe('the dashboard', () => {
  it('waits until a short past is read, and then draws it at once', async (t) => {
    const { state, history, dashboard, seen } = openSample(t);
    // Blessed writes a frame a moment later.
    await delay(1);
    assert.match(seen.text, /waiting for the first message/);
    seen.text = '';
    for (let id = 0; id < 3; id++) {
      state.unread = 3 - id;
      applyMessage(state, sampleMessage(id), { receivedMs: Date.now() }, history);
      dashboard.changed();
    }
    // Timers fire in the order in which they are due, on a busy machine, too.
    await delay(60);
    assert.equal(seen.text, '', 'one message is still to be read');
    state.unread = 0;
    dashboard.changed();
    await delay(60);
    assert.match(seen.text, /hits\/s/);
  });
});
