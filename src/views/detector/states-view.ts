import { lazy } from '../../domain/lazy.js';
import type { History } from '../../results/history.js';
import { minuteMs } from '../../results/rate-trend.js';
import { type ChamberState, stateColumnS, type StateTrend } from '../../results/state-trend.js';
import type { StatesView } from './detector-view.js';

/** 8 hours. */
export const stateColumns = 96;
const columnMs = 1000 * stateColumnS;

/**
 * The states of the chambers over 8 hours up to a moment, made when they are asked for. Where messages came and nothing
 * judged them, the state is unknown.
 *
 * @param of.states those of a moment at which the screen stands still; default: those of now
 */
export function statesView(
  history: History,
  of: { readonly chambers: number; readonly lastMs: number; readonly states?: StateTrend | undefined },
): StatesView {
  const { chambers, lastMs, states = history.states } = of;
  const endMs = (Math.floor(lastMs / columnMs) + 1) * columnMs;
  const made = lazy((): StatesView['chambers'] => {
    const noted = states.columns(stateColumns, lastMs);
    const unjudged = Array.from({ length: stateColumns }, (_, column): ChamberState | undefined =>
      hasMessages(history, endMs - (stateColumns - column) * columnMs, lastMs) ? 'unknown' : undefined,
    );
    return Array.from({ length: chambers }, (_, chamber) =>
      unjudged.map((state, column) => noted.at(chamber)?.[column] ?? state),
    );
  });
  return {
    ...{ columnS: stateColumnS, endMs },
    get chambers() {
      return made();
    },
  };
}

/** Whether messages of a column are kept, up to the minute of a moment. */
function hasMessages(history: History, fromMs: number, lastMs: number): boolean {
  for (let ms = fromMs; ms < fromMs + columnMs && ms <= lastMs; ms += minuteMs) {
    if (history.minuteMessages(ms) > 0) return true;
  }
  return false;
}
