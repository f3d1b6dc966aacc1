import { type Page, pages } from './view.js';

/** What the keys of the screen change. */
export interface ScreenMode {
  readonly page: Page;
  readonly help: boolean;
  readonly frozen: boolean;
}

export const firstMode: ScreenMode = { page: pages[0], help: false, frozen: false };

/** The mode after a key, named as `q`, `C-c`, `space`, `tab`, `S-tab`, `?`, `1`; an unknown one changes nothing. */
export function modeAfterKey(mode: ScreenMode, key: string): ScreenMode | 'quit' {
  if (key === 'q' || key === 'C-c') return 'quit';
  if (key === '?' || key === 'h') return { ...mode, help: !mode.help };
  if (key === 'space') return { ...mode, help: false, frozen: !mode.frozen };
  const page = pageAfterKey(mode.page, key);
  if (page !== undefined) return { ...mode, help: false, page };
  return mode.help ? { ...mode, help: false } : mode;
}

function pageAfterKey(page: Page, key: string): Page | undefined {
  const index = pages.indexOf(page);
  if (key === 'tab' || key === 'right') return pages[(index + 1) % pages.length];
  if (key === 'S-tab' || key === 'left') return pages[(index + pages.length - 1) % pages.length];
  return /^\d$/.test(key) ? pages.at(Number(key) - 1 < 0 ? pages.length : Number(key) - 1) : undefined;
}
