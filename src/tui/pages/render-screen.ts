import { type Area, Canvas } from '../draw/canvas.js';
import { drawChannelsPage } from './channels-page.js';
import type { DetectorView } from '../../views/detector/detector-view.js';
import type { DashboardState } from '../../results/dashboard-state.js';
import { drawHelpPage } from './help-page.js';
import type { Ink } from '../draw/ink.js';
import { drawOrbitsPage } from './orbits-page.js';
import { drawOverviewPage } from './overview-page.js';
import { headLines, headOf } from '../text/head-lines.js';
import { plainText } from '../../domain/plain-text.js';
import { drawBottomLines, drawTopLines } from '../panels/status-lines.js';
import type { Style } from '../draw/style.js';
import type { View } from './view.js';

/** The smallest terminal that a screen is drawn on, in characters. */
export const screenSizeMin = { width: 60, height: 15 };

/**
 * Draws one frame: two top lines, the page, and two bottom lines.
 *
 * @returns at most `height` lines, none wider than `width` columns
 */
export function renderScreen(
  { state, view }: { readonly state: DashboardState; readonly detector: DetectorView; readonly view: View },
  surface: { readonly width: number; readonly height: number; readonly style: Style },
): string[] {
  const { width, height, style } = surface;
  const canvas = new Canvas({ width, height });
  if (width < screenSizeMin.width || height < screenSizeMin.height) {
    canvas.put(0, 0, `terminal too small: ${width}x${height}, needs ${screenSizeMin.width}x${screenSizeMin.height}`);
    return canvas.toLines(style);
  }
  drawTopLines(canvas.part({ x: 0, y: 0, width, height: 2 }), state, view, style);
  drawPage(canvas.part({ x: 0, y: 2, width, height: height - 4 }), state, view, style);
  drawBottomLines(canvas.part({ x: 0, y: height - 2, width, height: 2 }), state, view);
  return canvas.toLines(style);
}

function drawPage(area: Area, state: DashboardState, view: View, style: Style): void {
  if (view.help) {
    drawHelpPage(area, headLines(headOf(state, view.about), area.width - 4));
    return;
  }
  if (state.messages === 0) {
    drawWaiting(area, state, view);
    return;
  }
  const shown = drawChambers(area, state, view, style);
  const hidden = state.totals.chambers.length - shown;
  if (hidden > 0) {
    const text = ` ${hidden} more chambers need a larger terminal `;
    area.put(area.width - text.length, area.height - 1, text, 'badge');
  }
}

/** Draws the page and returns how many chambers found room. */
function drawChambers(area: Area, state: DashboardState, view: View, style: Style): number {
  switch (view.page) {
    case 'overview':
      return drawOverviewPage(area, state, view, style);
    case 'occupancy':
      return drawChannelsPage(area, state, view, style);
    case 'activity':
      return drawOrbitsPage(area, state, style);
    case 'timing':
    case 'cells':
    case 'health':
      return state.totals.chambers.length;
    default:
      return view.page satisfies never;
  }
}

function drawWaiting(area: Area, state: DashboardState, view: View): void {
  const lines: [string, Ink][] = [
    [state.ended ? 'no message there' : 'waiting for the first message', 'strong'],
    [`of ${view.about.source}`, 'plain'],
    [state.waitingReason ?? '', 'plain'],
  ];
  const y = Math.floor(area.height / 2) - 1;
  lines.forEach(([line, ink], index) => {
    const text = plainText(line, Math.max(1, area.width - 2));
    area.put(Math.floor((area.width - text.length) / 2), y + index, text, ink);
  });
}
