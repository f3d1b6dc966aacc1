import type { DashboardState } from '../../results/dashboard-state.js';
import { DashboardTime, type DetectorSources } from '../../tui/dashboard-time.js';
import { Canvas } from '../../tui/draw/canvas.js';
import { drawAlarmTable } from '../../tui/panels/health/alarm-table.js';
import { renderBrief } from '../../tui/text/brief.js';
import type { About } from '../../tui/text/head-lines.js';
import { renderSnapshot } from '../../tui/text/snapshot.js';
import { noAlarmText } from '../../tui/text/verdict-line.js';
import type { Style } from '../../tui/draw/style.js';
import { pagesText } from '../../tui/text/pages-text.js';
import { firstMode } from '../../tui/pages/keys.js';
import { viewOf } from '../../tui/pages/view.js';
import { alarmRows } from '../../views/detector/verdict-view.js';
import type { QualityPicture } from '../../views/detector/verdicts.js';
import type { Console } from '../console/console.js';

const widthDefault = 100;

interface SnapshotOptions {
  readonly style: Style;
  readonly about: About;
  readonly brief?: boolean;
}

/** Everything at once as plain text that fits standard output; with `brief` a few lines for a logbook. */
export function snapshotText(console: Console, sources: DetectorSources, how: SnapshotOptions): string {
  const width = console.stdout.columns ?? widthDefault;
  const { state, quality } = sources;
  const nowMs = Date.now();
  if (how.brief === true) return renderBrief(state, how.about, { nowMs, quality: quality?.() });
  const view = viewOf({ nowMs, about: how.about });
  const drawn = { ...how, width };
  const sums = `${renderSnapshot(state, view, drawn)}${alarmsText(quality?.(), nowMs, drawn)}`;
  if (state.messages === 0) return sums;
  // As of the last message: rates and verdicts are those of then, and the text says when it was taken.
  const last = { ...state, ended: true };
  const mode = { ...firstMode({ windowS: trendS(state), color: 'none' }), window: 'start' as const };
  const shown = new DashboardTime({ ...sources, state: last }).show(mode, nowMs);
  return `${sums}\n${pagesText({ ...shown, view }, drawn)}`;
}

/** Seconds that the messages are of, for the columns of the trends. */
function trendS({ span }: DashboardState): number {
  return Math.max(1, Math.round(((span.toMs ?? 0) - (span.fromMs ?? 0)) / 1000));
}

/** The list of alarms, or why there is none. */
function alarmsText(
  picture: QualityPicture | undefined,
  nowMs: number,
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  const alarms = picture === undefined ? [] : alarmRows(picture);
  const canvas = new Canvas({ width, height: 1 + Math.max(1, alarms.length) });
  drawAlarmTable(canvas, { alarms, selected: undefined, none: noAlarmText(picture), nowMs });
  return `${canvas.toLines(style).join('\n')}\n`;
}
