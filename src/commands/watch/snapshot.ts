import type { DashboardState } from '../../results/dashboard-state.js';
import { renderBrief } from '../../tui/text/brief.js';
import type { About } from '../../tui/text/head-lines.js';
import { renderSnapshot } from '../../tui/text/snapshot.js';
import type { Style } from '../../tui/draw/style.js';
import { viewOf } from '../../tui/pages/view.js';
import type { Console } from '../console/console.js';

const widthDefault = 100;

/** Everything at once as plain text that fits standard output; with `brief` a few lines for a logbook. */
export function snapshotText(
  console: Console,
  state: DashboardState,
  how: { readonly style: Style; readonly about: About; readonly brief?: boolean },
): string {
  const width = console.stdout.columns ?? widthDefault;
  if (how.brief === true) return renderBrief(state, how.about, { nowMs: Date.now() });
  return renderSnapshot(state, viewOf({ nowMs: Date.now() }), { ...how, width });
}
