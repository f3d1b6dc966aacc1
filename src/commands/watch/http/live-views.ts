import { defaultGeometry } from '../../../domain/geometry.js';
import type { LiveWindow } from '../../../report/live-page.js';
import { BoxWidths } from '../../../results/box-widths.js';
import type { DetectorSources } from '../../../tui/dashboard-time.js';
import { isCurrent } from '../../../tui/panels/frame/feed.js';
import type { DetectorView } from '../../../views/detector/detector-view.js';
import { historyInput } from '../../../views/detector/history-view.js';
import { makeDetectorView } from '../../../views/detector/make-detector-view.js';

/** Marks that a window may begin at. */
const marksCut = 64;

/** The detector over each window that a page may show, made anew where something has changed. */
export class LiveViews {
  readonly #boxWidths: BoxWidths;
  readonly #made = new Map<LiveWindow, { readonly of: readonly unknown[]; readonly detector: DetectorView }>();

  constructor(private readonly sources: DetectorSources) {
    this.#boxWidths = new BoxWidths(sources.history, sources.geometry ?? defaultGeometry);
  }

  view(window: LiveWindow, nowMs: number): DetectorView {
    const { state, history, geometry = defaultGeometry, ...sources } = this.sources;
    const marks = sources.marks?.() ?? [];
    for (const { atMs } of marks.slice(-marksCut)) history.cut(atMs);
    const quality = sources.quality?.();
    const reference = sources.reference?.();
    const isNow = isCurrent(state, nowMs);
    const of = [history.version, quality, reference, isNow, marks.length, marks.at(-1)?.atMs];
    const known = this.#made.get(window);
    if (known !== undefined && of.every((value, index) => value === known.of[index]))
      return { ...known.detector, nowMs };
    const detector = makeDetectorView({
      ...historyInput(history, { ...window, end: undefined }, { marks, boxWidths: this.#boxWidths }),
      ...{ nowMs, isCurrent: isNow, geometry, reference, showReference: 'overlay', quality, marks },
    });
    this.#made.set(window, { of, detector });
    return detector;
  }
}
