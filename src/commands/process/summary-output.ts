import type { Summary } from '../../domain/batch-message.js';
import type { Geometry } from '../../domain/geometry.js';
import { DtstreamError } from '../../errors.js';
import type { Console } from '../console/console.js';
import { programVersion } from '../program-version.js';
import type { DirectFlags, SummaryForm } from './flags.js';

/** Width of a page that does not go to a terminal. */
const widthDefault = 80;

/** What goes to stdout: messages, or their sums in a form. A terminal gets a page rather than a flood. */
export type DirectOutput = 'messages' | SummaryForm | 'nothing';

export function outputOf(console: Console, { summary, format }: Pick<DirectFlags, 'summary' | 'format'>): DirectOutput {
  if (summary) return format ?? 'json';
  if (format !== undefined) throw new DtstreamError('usage', '--format needs --summary');
  return console.stdout.isTTY ? 'text' : 'messages';
}

/** Prints a summary as asked for. */
export async function writeSummary(
  console: Console,
  summary: Summary,
  { output, geometry, flags }: { output: DirectOutput; geometry: Geometry; flags: DirectFlags },
): Promise<void> {
  if (output === 'json') await console.writeOut(`${summaryJson(summary)}\n`);
  if (output === 'uhi' || output === 'csv') await console.writeOut(await histogramText(summary, output, geometry));
  if (output !== 'text') return;
  await console.writeOut(await summaryText(console, summary, { geometry, ascii: flags.ascii }));
  if (!flags.summary) await console.writeOut(moreText);
}

const moreText = `
The messages, one per line: dtstream process … > messages.ndjson. These sums as JSON: --summary.\n`;

async function summaryText(
  console: Console,
  summary: Summary,
  { geometry, ascii }: { geometry: Geometry; ascii: boolean },
): Promise<string> {
  const [{ renderSummary }, { resolveStyle }, { summaryView }] = await Promise.all([
    import('../../tui/text/summary-text.js'),
    import('../../tui/draw/style.js'),
    import('../../views/summary-view.js'),
  ]);
  const { isTTY: isTerminal, columns } = console.stdout;
  const style = resolveStyle({ env: console.env, isTerminal, ascii });
  return renderSummary(summaryView(summary, geometry), isTerminal ? columns : widthDefault, style);
}

async function histogramText(summary: Summary, form: 'uhi' | 'csv', geometry: Geometry): Promise<string> {
  const [{ summaryHistograms }, { writeHistograms }, { histogramCsv }] = await Promise.all([
    import('../../quality/chamber-histograms.js'),
    import('../../quality/uhi.js'),
    import('../../quality/histogram-csv.js'),
  ]);
  const { bxNs, bxTdcCounts } = geometry.clock;
  const histograms = summaryHistograms(summary, { tickNs: bxNs / bxTdcCounts, chambers: geometry.chambers });
  return form === 'csv' ? histogramCsv(histograms) : writeHistograms(histograms, programVersion());
}

/** A summary as JSON for people: indented, but a list of numbers on one line. */
function summaryJson(summary: Summary): string {
  return JSON.stringify(summary, null, 2).replace(/\[[\d\s,]+\]/g, (list) =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
}
