import type { DashboardState } from '../../results/dashboard-state.js';
import type { History } from '../../results/history.js';
import { backlogOf, readRates, withLook } from '../../results/process-lag.js';
import { groupOf } from '../../results/producers.js';
import type { MessageSink } from './follow.js';
import { LagWatch } from './lag-watch.js';

/** A sink that also notes how far `process` is behind. @param changed called when a look has found something else */
export function lagSink(
  sink: MessageSink,
  { state, history }: { readonly state: DashboardState; readonly history: History },
  changed: () => void,
): MessageSink {
  const lag = new LagWatch(
    () => [...state.producers.keys()].map(groupOf).at(0),
    (look) => {
      const before = state.lag.at(-1);
      state.lag = withLook(state.lag, look);
      const backlog = backlogOf(state.lag, readRates(state.reads));
      if (backlog !== undefined) history.trend.noteLag(backlog.rows, look.seenMs);
      if (look.records !== before?.records || look.alive !== before?.alive) changed();
    },
  );
  let hasCome = false;
  return {
    ...sink,
    take(...message) {
      hasCome = true;
      return sink.take(...message);
    },
    async progress(of) {
      await sink.progress(of);
      lag.look(of.log, hasCome ? 'withMessages' : 'without');
      hasCome = false;
    },
  };
}
