import { applyMessage, type DashboardState, emptyState } from '../../../src/results/dashboard-state.js';
import type { PageInput } from '../../../src/tui/pages/page.js';
import { firstChoices, type Page, type View, viewOf } from '../../../src/tui/pages/view.js';
import type { DetectorView } from '../../../src/views/detector/detector-view.js';
import type { DetectorInput } from '../../../src/views/detector/make-detector-view.js';
import { sampleDetectorView, sampleMinuteMessages } from '../../views/sample-detector.js';
import { sampleAbout } from '../sample-state.js';

/** Sizes that every page is drawn at. */
export const screenSizes = [
  { width: 60, height: 15 },
  { width: 80, height: 24 },
  { width: 120, height: 40 },
  { width: 200, height: 60 },
] as const;

/** A minute of the sample detector, and the state of the screen that has read it. */
export interface SampleScreen {
  readonly state: DashboardState;
  readonly detector: DetectorView;
}

export async function sampleScreen(changes: Partial<DetectorInput> = {}): Promise<SampleScreen> {
  const detector = await sampleDetectorView(changes);
  const state = emptyState();
  for (const message of await sampleMinuteMessages()) {
    applyMessage(state, message, { receivedMs: Date.parse(message.batch.closed) });
  }
  for (let look = 0; look < 10; look++) state.lag = [...state.lag, { records: 0, alive: true, seenMs: detector.nowMs }];
  const { trends, marks } = detector;
  const columnOf = (atMs: number): number =>
    trends.all.length - Math.ceil((trends.endMs - atMs) / 1000 / trends.columnS);
  const marked = marks.map((mark) => ({ column: columnOf(mark.atMs), mark }));
  return { state, detector: { ...detector, trends: { ...trends, marks: marked } } };
}

/** A page of it, live, as the keys leave it at first. */
export function pageInput(
  { state, detector }: SampleScreen,
  page: Page,
  changes: Partial<Omit<View, 'choices'>> & { readonly choices?: Partial<View['choices']> } = {},
): Omit<PageInput, 'style'> {
  const { choices, ...fields } = changes;
  const view = viewOf({
    page,
    nowMs: detector.nowMs,
    about: sampleAbout,
    ...fields,
    choices: { ...firstChoices, ...choices },
  });
  return { state, detector, view };
}

/** The detector with another number of chambers, which repeat, and with its hits multiplied. */
export function manyChambers(detector: DetectorView, count: number, factor = 1): DetectorView {
  const { chambers, trends } = detector;
  const of = <T>(list: readonly T[]): T[] => Array.from({ length: count }, (_, index) => list[index % list.length]);
  const times = (counts: Float64Array): Float64Array => counts.map((hits) => hits * factor);
  return {
    ...detector,
    chambers: of(chambers).map((panel, chamber) => {
      const { occupancy } = panel;
      return { ...panel, chamber, hits: panel.hits * factor, occupancy: { ...occupancy, hits: times(occupancy.hits) } };
    }),
    trends: { ...trends, chambers: of(trends.chambers) },
  };
}
