import type { PageInput } from '../pages/page.js';
import { renderScreen } from '../pages/render-screen.js';
import { pages } from '../pages/view.js';
import type { Style } from '../draw/style.js';

/** Rows of a page: enough for four chambers, and for each further one. */
const rows = { least: 40, chamber: 9 } as const;

/** All pages one after the other, as a screen of that width draws them, each tall enough for all chambers. */
export function pagesText(
  { state, detector, view }: Omit<PageInput, 'style'>,
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  const height = Math.max(rows.least, 5 + rows.chamber * detector.chambers.length);
  const texts = pages.map((page) => {
    const still = { ...view, page, help: false, prompt: undefined, said: undefined };
    return renderScreen({ state, detector, view: still }, { width, height, style }).join('\n');
  });
  return `${texts.join('\n\n')}\n`;
}
