import type { Style } from '../draw/style.js';
import type { PageInput } from '../pages/page.js';
import { renderPage, pageSizeMin } from '../pages/render-screen.js';
import { pages } from '../pages/view.js';

/** Rows of a page: enough for four chambers, and for each further one. */
const rows = { least: 36, chamber: 9 } as const;

/** All pages one after the other under their names, each tall enough for all chambers; at least as wide as a screen. */
export function pagesText(
  { state, detector, view }: Omit<PageInput, 'style'>,
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  const size = {
    width: Math.max(pageSizeMin.width, width),
    height: Math.max(rows.least, rows.chamber * detector.chambers.length),
  };
  const texts = pages.map((page) => {
    const whole = { ...view, page, help: false, choices: { ...view.choices, chamber: 0, isEnlarged: false } };
    const lines = renderPage({ state, detector, view: whole }, { ...size, style });
    const last = lines.findLastIndex((line) => line !== '');
    return [`== ${page}, ${detector.window.title} ==`, ...lines.slice(0, last + 1)].join('\n');
  });
  return `${texts.join('\n\n')}\n`;
}
