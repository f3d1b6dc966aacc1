import { type DashboardState, applyMessage, emptyState } from '../../src/results/dashboard-state.js';
import { sampleMessage, sampleStartMs } from './sample-messages.js';

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
