import type { About } from '../../src/tui/text/head-lines.js';
import { type DashboardState, applyMessage, emptyState } from '../../src/results/dashboard-state.js';
import { sampleMessage, sampleStartMs } from './sample-messages.js';

/** What the program that shows the sample says of itself. */
export const sampleAbout: About = { version: '1.2.3', source: 'sample messages', orbitNs: 89_100 };

/** The state after `count` messages of the sample stream, one per second, with a rate that rises and falls. */
export function sampleState(count: number): DashboardState {
  const state = emptyState();
  for (let id = 0; id < count; id++) {
    const orbitCount = 40 + 10 * (id % 12 < 6 ? id % 12 : 12 - (id % 12));
    applyMessage(state, sampleMessage(id, { orbitCount }), { receivedMs: sampleTimeMs(id + 1) });
  }
  return state;
}

/** When message `count - 1` has just come, and a little more. */
export function sampleTimeMs(count: number): number {
  return sampleStartMs + count * 1000 + 300;
}
