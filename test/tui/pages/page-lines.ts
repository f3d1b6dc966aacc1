import { emptyState } from '../../../src/results/dashboard-state.js';
import { type Area, Canvas } from '../../../src/tui/draw/canvas.js';
import type { Style } from '../../../src/tui/draw/style.js';
import type { PageInput } from '../../../src/tui/pages/page.js';
import { type Choices, firstChoices, viewOf } from '../../../src/tui/pages/view.js';
import type { DetectorView } from '../../../src/views/detector/detector-view.js';

export type DrawPage = (area: Area, input: PageInput) => number;

/** How a page is drawn. */
export interface PageDrawing {
  readonly width: number;
  readonly height: number;
  readonly style?: Style;
  readonly choices?: Partial<Choices>;
}

export const plainStyle: Style = { color: 'none', ascii: false };

/** Sizes of pages in terminals of 60x15, 80x24, 120x40 and 200x60: four lines are those of the frame. */
export const pageSizes = [
  { width: 60, height: 11 },
  { width: 80, height: 20 },
  { width: 120, height: 36 },
  { width: 200, height: 56 },
];

/** The lines of a page alone, and how many chambers it says it has shown. */
export function pageLines(
  draw: DrawPage,
  detector: DetectorView,
  { width, height, style = plainStyle, choices = {} }: PageDrawing,
): { readonly lines: string[]; readonly shown: number } {
  const canvas = new Canvas({ width, height });
  const view = viewOf({ nowMs: detector.nowMs, choices: { ...firstChoices, ...choices } });
  const shown = draw(canvas, { detector, state: emptyState(), view, style });
  return { lines: canvas.toLines(style), shown };
}

/** The detector with so many chambers: those of the sample again and again. */
export function withChambers(detector: DetectorView, count: number): DetectorView {
  const chambers = Array.from({ length: count }, (_, chamber) => ({
    ...detector.chambers[chamber % detector.chambers.length],
    ...{ chamber, zMm: chamber * 500 },
  }));
  return { ...detector, chambers };
}
