import { basename } from 'node:path';
import type { Timing } from '../../domain/batch-message.js';
import { timingOf } from '../../domain/time-span.js';
import { utcText } from '../../domain/utc-text.js';
import type { QualityReference } from '../../quality/quality-reference.js';
import { reportPage } from '../../report/report-page.js';
import type { ShiftReport } from '../../report/shift-report.js';
import { type DashboardState, ledgerOf } from '../../results/dashboard-state.js';
import type { MessageSums } from '../../results/message-sums.js';
import { groupOf } from '../../results/producers.js';
import type { About } from '../../tui/text/head-lines.js';
import type { DetectorView } from '../../views/detector/detector-view.js';
import { writeNew } from '../console/write-new.js';
import { reportFacts } from './facts.js';
import { processesOf } from './processes.js';

/** What is shown at a moment. */
export interface ShownDetector {
  readonly detector: DetectorView;
  readonly state: DashboardState;
}

export interface ScreenReportOptions {
  readonly about: Pick<About, 'source' | 'orbitNs'>;
  readonly geometryHash: string;
  readonly reference: QualityReference | undefined;
  /** The command line. */
  readonly command: string;
}

/** The report of what is shown, over the window that is shown, and the name that its file should have. */
export function screenReport(shown: ShownDetector, options: ScreenReportOptions): { name: string; page: string } {
  const { detector, state } = shown;
  const { about, ...of } = options;
  const { nowMs, window, unjudged, marks } = detector;
  const { sums } = window;
  const { fromMs = nowMs, toMs = nowMs } = sums;
  const group = [...state.producers.keys()].map(groupOf).at(0);
  const isWhole = window.kind === 'start';
  const timing = isWhole ? timingOf(state.span, about.orbitNs) : windowTiming(sums, state);
  const collected = { sums, timing, group, offsets: undefined };
  const { lateHits, lateOrbits, orbits, lost } = sums.totals;
  const report: ShiftReport = {
    title: `Shift report: ${window.title}`,
    facts: reportFacts(collected, { ...of, source: about.source, isFromRows: false, nowMs }),
    detector: { ...detector, marks: marks.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs) },
    notJudged: unjudged === undefined ? [] : [`${unjudged}.`],
    clock: 'utc',
    warnings: [],
    accounts: {
      ledger: isWhole ? ledgerOf(state) : netted(sums),
      ...{ lateHits, lateOrbits, orbits, lost, duplicates: state.duplicates, unreadable: state.unreadable },
      producers: processesOf(state.producers),
    },
  };
  return { name: `shift-${stampOf(fromMs)}.html`, page: reportPage(report) };
}

/**
 * Writes the report of what is shown; never over another file.
 *
 * @returns its name, for the user
 * @throws DtstreamError `input` where it cannot be written
 */
export async function saveScreenReport(
  shown: ShownDetector,
  { outDir, ...options }: ScreenReportOptions & { readonly outDir: string },
): Promise<string> {
  const { name, page } = screenReport(shown, options);
  return `wrote ${await writeNew(outDir, basename(name, '.html'), new Map([['.html', page]]))}.html`;
}

/** `20261129-145100` by UTC, for the name of a file. */
export function stampOf(ms: number): string {
  return utcText(ms).replaceAll(/[-:]/g, '').replace(' ', '-');
}

/** Of a window that is not all there is. */
function windowTiming({ fromMs, toMs, orbitFirst, orbitLast }: MessageSums, { newest }: DashboardState): Timing {
  const isoOf = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    ...{ from: isoOf(fromMs), to: isoOf(toMs), detector_s: null },
    run: newest?.run === undefined ? null : [newest.run, newest.run],
    orbit: orbitFirst === null || orbitLast === null ? null : [orbitFirst, orbitLast],
  };
}

/** The ledger of messages that are not all of a group: what one carries to another one of them counts in neither. */
function netted({ totals }: MessageSums): ShiftReport['accounts']['ledger'] {
  const { carried_in: carriedIn, carried_out: carriedOut } = totals.ledger;
  const between = Math.min(carriedIn, carriedOut);
  return { ...totals.ledger, carried_in: carriedIn - between, carried_out: carriedOut - between };
}
