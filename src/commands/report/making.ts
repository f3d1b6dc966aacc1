import { DtstreamError } from '../../errors.js';
import { reportPage } from '../../report/report-page.js';
import type { Console } from '../console/console.js';
import { type QualitySetup, qualitySetup } from '../quality/quality-setup.js';
import type { Mark } from '../../views/detector/detector-view.js';
import { ShiftCollector } from './collect.js';
import { reportFacts } from './facts.js';
import type { ReportFlags } from './flags.js';
import type { LogbookState } from '../quality/logbook-state.js';
import { numberMarks } from '../watch/run-marks.js';
import type { ReportFile } from './report-file.js';

/** A report that is being made. */
export interface Making {
  readonly collector: ShiftCollector;
  readonly setup: QualitySetup;
  readonly logbook: LogbookState;
}

/** @throws DtstreamError as `qualitySetup` */
export async function beginReport(
  console: Console,
  flags: Pick<ReportFlags, 'config' | 'reference' | 'learn'>,
  logbook: LogbookState,
): Promise<Making> {
  const setup = await qualitySetup(flags);
  return { setup, logbook, collector: new ShiftCollector({ console, setup, logbook }) };
}

interface EndOptions extends Pick<ReportFlags, 'quiet'> {
  readonly title?: string | undefined;
  readonly source: string;
  readonly isFromRows: boolean;
  /** A part of the messages is no report. */
  readonly signal: AbortSignal;
}

/** @throws DtstreamError `input` where there was no message, or the command was stopped; as `ReportFile.write` */
export async function endReport(
  console: Console,
  { collector, setup, logbook }: Making,
  file: ReportFile,
  { title, source, isFromRows, signal, quiet }: EndOptions,
): Promise<void> {
  if (signal.aborted) throw new DtstreamError('input', 'interrupted: no report is written');
  const nowMs = Date.now();
  const { collected } = collector;
  const fromMs = collected.sums.fromMs ?? nowMs;
  const isInside = ({ atMs }: Mark): boolean => atMs > fromMs && atMs <= (collected.sums.toMs ?? nowMs);
  const marks = numberMarks(logbook.marks, collector.runs.list).filter(isInside);
  const { geometryHash, reference } = setup;
  const page = reportPage({
    title: `Shift report${title === undefined ? '' : `: ${title}`}`,
    facts: reportFacts(collected, { source, reference, isFromRows, geometryHash, command: console.commandLine, nowMs }),
    ...collector.report({ marks, nowMs }),
  });
  await file.write(console, page, { fromMs, quiet });
}
