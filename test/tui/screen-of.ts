import { History } from '../../src/results/history.js';
import type { DashboardState } from '../../src/results/dashboard-state.js';
import { DashboardTime } from '../../src/tui/dashboard-time.js';
import { firstMode } from '../../src/tui/pages/keys.js';
import { renderScreen } from '../../src/tui/pages/render-screen.js';
import type { View } from '../../src/tui/pages/view.js';
import { activeBands } from '../../src/views/detector/detector-view.js';

/** A frame of a state whose history is not looked at. */
export function screenOf(state: DashboardState, view: View, surface: Parameters<typeof renderScreen>[1]): string[] {
  const time = new DashboardTime({ state, history: new History(activeBands) });
  const { detector } = time.show(firstMode({ windowS: 60, color: 'none' }), view.nowMs);
  return renderScreen({ state, detector, view }, surface);
}
