import type { DashboardState } from '../../results/dashboard-state.js';
import { Canvas } from '../../tui/draw/canvas.js';
import { drawAlarmTable } from '../../tui/panels/alarm-table.js';
import { renderBrief } from '../../tui/text/brief.js';
import type { About } from '../../tui/text/head-lines.js';
import { renderSnapshot } from '../../tui/text/snapshot.js';
import type { Style } from '../../tui/draw/style.js';
import { viewOf } from '../../tui/pages/view.js';
import { alarmRows } from '../../views/detector/verdict-view.js';
import type { QualityPicture } from '../../views/detector/verdicts.js';
import type { Console } from '../console/console.js';

const widthDefault = 100;

interface SnapshotOptions {
  readonly style: Style;
  readonly about: About;
  readonly brief?: boolean;
  /** Undefined where nothing is judged. */
  readonly picture?: QualityPicture | undefined;
}

/** Everything at once as plain text that fits standard output; with `brief` a few lines for a logbook. */
export function snapshotText(console: Console, state: DashboardState, how: SnapshotOptions): string {
  const width = console.stdout.columns ?? widthDefault;
  if (how.brief === true) return renderBrief(state, how.about, { nowMs: Date.now() });
  const view = viewOf({ nowMs: Date.now() });
  return `${renderSnapshot(state, view, { ...how, width })}${alarmsText(how.picture, view.nowMs, { ...how, width })}`;
}

/** The list of alarms, or why there is none. */
function alarmsText(
  picture: QualityPicture | undefined,
  nowMs: number,
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  const alarms = picture === undefined ? [] : alarmRows(picture);
  const isJudged = picture?.states.some(({ state }) => state === 'OK' || state === 'ALARM') === true;
  const none = picture?.unjudged ?? (isJudged ? 'no alarm' : 'no verdicts: too few data');
  const canvas = new Canvas({ width, height: 1 + Math.max(1, alarms.length) });
  drawAlarmTable(canvas, { alarms, selected: undefined, none, nowMs });
  return `${canvas.toLines(style).join('\n')}\n`;
}
