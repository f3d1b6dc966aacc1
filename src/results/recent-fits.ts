import type { BoxFit } from '../domain/physics-message.js';
import { fitBox } from '../physics/box-fit.js';
import type { DriftHistogram } from '../physics/drift-histogram.js';

/** How long a fit to a window that moves on is shown. */
const shownMs = 5000;

/** How the time box of a chamber is fitted. */
export type FitsBox = (chamber: number, histogram: DriftHistogram, velocityUmNs: number) => BoxFit;

/**
 * Fits to the time boxes of a live window, repeated every 5 s: each message changes the window by a little, and four fits
 * would be a tenth of what a screen costs. The fit to anything else, such as a window that stands still, is its own.
 */
export class RecentFits {
  #window = '';
  readonly #fits = new Map<number, { readonly atMs: number; readonly fit: BoxFit }>();

  /** @param window what it is of @param nowMs undefined = it stands still */
  fitter(window: string, nowMs: number | undefined): FitsBox {
    if (nowMs === undefined) return (_, histogram, velocityUmNs) => fitBox(histogram, velocityUmNs);
    if (this.#window !== window) this.#fits.clear();
    this.#window = window;
    return (chamber, histogram, velocityUmNs) => {
      const known = this.#fits.get(chamber);
      // A window that is only beginning to fill changes by more than a little.
      if (known?.fit.status === 'ok' && nowMs >= known.atMs && nowMs - known.atMs < shownMs) {
        return { ...known.fit, entries: histogram.counts.reduce((sum, count) => sum + count, 0) };
      }
      const fit = fitBox(histogram, velocityUmNs);
      this.#fits.set(chamber, { atMs: nowMs, fit });
      return fit;
    };
  }
}
