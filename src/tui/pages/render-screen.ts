import { plainText } from '../../domain/plain-text.js';
import { type Area, Canvas } from '../draw/canvas.js';
import type { Ink } from '../draw/ink.js';
import type { Style } from '../draw/style.js';
import { drawBottomLines, drawKeys } from '../panels/frame/bottom-lines.js';
import { drawTopLines } from '../panels/frame/status-lines.js';
import { headLines, headOf } from '../text/head-lines.js';
import { drawHelpPage } from './help-page.js';
import { drawOccupancyPage } from './occupancy-page.js';
import { drawActivityPage } from './activity-page.js';
import { drawCellsPage } from './cells-page.js';
import { drawHealthPage } from './health-page.js';
import { drawTimingPage } from './timing-page.js';
import { drawSmallPage } from './small-page.js';
import { drawOverviewPage } from './overview-page.js';
import type { PageInput } from './page.js';

/** The smallest terminals that pages, and that anything is drawn on, in characters. */
export const pageSizeMin = { width: 60, height: 15 };
export const screenSizeMin = { width: 40, height: 10 };

/**
 * Draws one frame: two top lines, the page, and two bottom lines. Where pages have no room: the state and the alarms.
 *
 * @returns at most `height` lines, none wider than `width` columns
 */
export function renderScreen(
  input: Omit<PageInput, 'style'>,
  { width, height, style }: { readonly width: number; readonly height: number; readonly style: Style },
): string[] {
  const canvas = new Canvas({ width, height });
  if (width < screenSizeMin.width || height < screenSizeMin.height) {
    canvas.put(0, 0, `terminal too small: ${width}x${height}, needs ${screenSizeMin.width}x${screenSizeMin.height}`);
    return canvas.toLines(style);
  }
  const page = { ...input, style };
  if (width < pageSizeMin.width || height < pageSizeMin.height) {
    drawSmallPage(canvas.part({ x: 0, y: 0, width, height: height - 1 }), page, pageSizeMin);
    drawKeys(canvas.part({ x: 0, y: height - 1, width, height: 1 }), page, true);
    return canvas.toLines(style);
  }
  const hidden = drawPage(canvas.part({ x: 0, y: 2, width, height: height - 4 }), page);
  drawTopLines(canvas.part({ x: 0, y: 0, width, height: 2 }), page, hidden);
  drawBottomLines(canvas.part({ x: 0, y: height - 2, width, height: 2 }), page);
  return canvas.toLines(style);
}

/** Draws the page alone, without top and bottom lines. */
export function renderPage(
  input: Omit<PageInput, 'style'>,
  { width, height, style }: { readonly width: number; readonly height: number; readonly style: Style },
): string[] {
  const canvas = new Canvas({ width, height });
  drawPage(canvas, { ...input, style });
  return canvas.toLines(style);
}

/** Draws the page and returns how many chambers found no room. */
function drawPage(area: Area, input: PageInput): number {
  const { state, detector, view } = input;
  if (view.help) {
    drawHelpPage(area, view.page, headLines(headOf(state, view.about), area.width - 4));
    return 0;
  }
  if (state.messages === 0) {
    drawWaiting(area, input);
    return 0;
  }
  return Math.max(0, detector.chambers.length - drawChambers(area, input));
}

/** Draws the page and returns how many chambers found room. */
function drawChambers(area: Area, input: PageInput): number {
  const { page } = input.view;
  switch (page) {
    case 'overview':
      return drawOverviewPage(area, input);
    case 'occupancy':
      return drawOccupancyPage(area, input);
    case 'activity':
      return drawActivityPage(area, input);
    case 'timing':
      return drawTimingPage(area, input);
    case 'cells':
      return drawCellsPage(area, input);
    case 'health':
      return drawHealthPage(area, input);
    default:
      return page satisfies never;
  }
}

function drawWaiting(area: Area, { state, view }: PageInput): void {
  const lines: [string, Ink][] = [
    [state.ended ? 'no message there' : state.unread > 0 ? 'reading' : 'waiting for the first message', 'strong'],
    [`of ${view.about.source}`, 'plain'],
    [state.waitingReason ?? '', 'plain'],
  ];
  const y = Math.floor(area.height / 2) - 1;
  lines.forEach(([line, ink], index) => {
    const text = plainText(line, Math.max(1, area.width - 2));
    area.put(Math.floor((area.width - text.length) / 2), y + index, text, ink);
  });
}
