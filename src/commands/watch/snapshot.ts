import type { DashboardState } from '../../results/dashboard-state.js';
import { renderSnapshot } from '../../tui/text/snapshot.js';
import type { Style } from '../../tui/draw/style.js';
import { viewOf } from '../../tui/pages/view.js';
import type { Console } from '../console/console.js';

const widthDefault = 100;

/** Everything at once as plain text that fits standard output. */
export function snapshotText(console: Console, state: DashboardState, style: Style): string {
  const width = console.stdout.columns ?? widthDefault;
  return renderSnapshot(state, viewOf({ nowMs: Date.now() }), { width, style });
}
