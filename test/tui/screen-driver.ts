import { applyMessage, emptyState } from '../../src/results/dashboard-state.js';
import { History } from '../../src/results/history.js';
import { openDashboard } from '../../src/tui/dashboard.js';
import { resolveStyle } from '../../src/tui/draw/style.js';
import { activeBands } from '../../src/views/detector/detector-view.js';
import { sampleMessage } from './sample-messages.js';
import { sampleAbout } from './sample-state.js';

// A dashboard of sample messages for screen.test.ts; the argument says how it ends, or that it repaints often.
const [, , ending] = process.argv;
const state = emptyState();
const history = new History(activeBands);
const screen = openDashboard({
  state,
  history,
  terminal: { input: process.stdin, output: process.stdout },
  style: resolveStyle({ env: process.env, isTerminal: true }),
  about: sampleAbout,
  onQuit: () => stop('quit'),
  ...(ending === 'repaint' && { repaintMs: 200 }),
});
let id = 0;
const feed = setInterval(() => {
  applyMessage(state, sampleMessage(id++), { receivedMs: Date.now() }, history);
  screen.changed();
  if (id === 5 && ending === 'crash') throw new Error('crash on purpose');
  if (id === 5 && ending === 'exit') process.exit(7);
}, 50);
process.once('SIGTERM', () => stop('terminated'));

function stop(reason: string): void {
  clearInterval(feed);
  screen.close();
  console.log(`${reason} with ${state.messages} messages`);
}
