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

/** A key as a text names it: `C-x` is Ctrl-X; what cannot be printed has no name. */
export function nameOfKey(key: string): string {
  if (/^C-.$/.test(key)) return `Ctrl-${key.slice(2).toUpperCase()}`;
  return /^[\x21-\x7e]+$/.test(key) ? key : 'this key';
}

function pageAfterKey(page: Page, key: string): Page | undefined {
  const index = pages.indexOf(page);
  if (key === 'tab' || key === 'right') return pages[(index + 1) % pages.length];
  if (key === 'S-tab' || key === 'left') return pages[(index + pages.length - 1) % pages.length];
  return /^[1-9]$/.test(key) ? pages.at(Number(key) - 1) : undefined;
}
