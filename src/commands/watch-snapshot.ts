import type { DashboardState } from '../tui/dashboard-state.js';
import { renderSnapshot } from '../tui/snapshot.js';
import type { Style } from '../tui/style.js';
import { viewOf } from '../tui/view.js';

const widthDefault = 100;

/** Everything at once as plain text that fits standard output. */
export function snapshotText(state: DashboardState, style: Style): string {
  const width = process.stdout.columns ?? widthDefault;
  return renderSnapshot(state, viewOf({ nowMs: Date.now() }), { width, style });
}
