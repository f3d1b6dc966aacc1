import {
  applyRead,
  type Arrival,
  type DashboardState,
  forgetAll,
  type MessageHistory,
} from '../../results/dashboard-state.js';
import type { History } from '../../results/history.js';
import { readMessage, type ReadResult } from '../../results/incoming-message.js';
import type { ChamberState } from '../../results/state-trend.js';
import type { FollowProgress, MessageSink } from './follow.js';

/** Adds the messages to the sums of a dashboard and to its history, and says when they changed. */
export function stateSink(state: DashboardState, changed: () => void = () => undefined, history?: MessageHistory) {
  return {
    take(value: Uint8Array, arrival: Arrival, read?: ReadResult) {
      applyRead(state, read ?? readMessage(value), arrival, history);
      changed();
    },
    progress({ unread, lostRecords }: Pick<FollowProgress, 'unread' | 'lostRecords'>) {
      const isReadNow = state.unread > 0 && unread === 0;
      state.unread = unread;
      state.lostRecords = lostRecords;
      state.waitingReason = undefined;
      state.said = undefined;
      if (isReadNow) changed();
    },
    waiting(why: string) {
      const isKnown = state.waitingReason === why && state.said === undefined;
      state.waitingReason = why;
      // Said while it was tried; this is what came of it.
      state.said = undefined;
      if (!isKnown) changed();
    },
    beginAnew(why: string) {
      forgetAll(state, why);
      history?.clear();
      changed();
    },
  } satisfies MessageSink;
}

/** Notes the states of the chambers where the newest message of a history is: it has it before it is judged. */
export function notingStates(history: Pick<History, 'states' | 'newestMs'>) {
  return (states: readonly ChamberState[]): void => {
    if (history.newestMs !== undefined) history.states.note(states, history.newestMs);
  };
}
