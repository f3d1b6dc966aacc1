import { applyRead, type DashboardState, forgetAll } from '../../results/dashboard-state.js';
import { readMessage } from '../../results/incoming-message.js';
import type { MessageSink } from './follow.js';

/** Adds the messages to the sums of a dashboard, and says when they changed. */
export function stateSink(state: DashboardState, changed: () => void = () => undefined): MessageSink {
  return {
    take(value, arrival, read) {
      applyRead(state, read ?? readMessage(value), arrival);
      changed();
    },
    progress({ unread, lostRecords }) {
      state.unread = unread;
      state.lostRecords = lostRecords;
      state.waitingReason = undefined;
      state.said = undefined;
    },
    waiting(why) {
      state.waitingReason = why;
      // Said while it was tried; this is what came of it.
      state.said = undefined;
      changed();
    },
    beginAnew(why) {
      forgetAll(state, why);
      changed();
    },
  };
}
