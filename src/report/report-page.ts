import { escaped } from '../plots/escaped.js';
import { alarmSections } from './alarm-section.js';
import { chamberSection } from './chamber-section.js';
import { definitionsHtml, figuresHtml, foldedHtml, paragraphHtml, sectionHtml, tableHtml } from './html.js';
import { ledgerSection } from './ledger-section.js';
import { reportStyle } from './page-style.js';
import { plotSvg } from './plot-svg.js';
import { columnStarts, ratePlots, trendsOf } from './rate-plots.js';
import type { ShiftReport } from './shift-report.js';
import { clockText, momentText, numberText } from './texts.js';
import { verdictLine } from './verdict-line.js';
import { reportWords } from './words.js';

/** A report as one page that needs nothing else: no script, no font, no picture, no address. */
export function reportPage(report: ShiftReport): string {
  const { title, facts, detector } = report;
  const verdict = verdictLine(report);
  const className = verdict.state === 'ok' ? 'verdict' : `verdict ${verdict.state === 'bad' ? 'bad' : 'warn'}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<header><h1>${escaped(title)}</h1>
${paragraphHtml(verdict.text, className)}</header>
<main>
${sectionHtml('Facts', definitionsHtml(facts))}
${alarmSections(report)}
${ratesSection(report)}
${detector.chambers.map((panel) => chamberSection(panel, detector.window)).join('\n')}
${ledgerSection(report)}
${sectionHtml('Words', definitionsHtml(reportWords))}
</main>
</body>
</html>
`;
}

function ratesSection({ detector, clock }: ShiftReport): string {
  const plots = ratePlots(detector, clock);
  if (plots.length === 0) return sectionHtml('Rates', paragraphHtml('No message says when it was made.'));
  const trends = trendsOf(detector);
  const table = tableHtml({
    caption: `Rates by column of ${detector.trends.columnS} s`,
    heads: [`From, ${clockText(clock)}`, ...trends.map(({ title }) => title)],
    rows: columnStarts(detector.trends).map((ms, column) => [
      momentText(ms, clock),
      ...trends.map(({ values }) => numberText(values[column])),
    ]),
    numbersFrom: 1,
  });
  const note = 'A mark is a dashed line with its number, the beginning of an alarm is !.';
  return sectionHtml(
    'Rates',
    `${paragraphHtml(note)}
${figuresHtml(plots.map((plot) => ({ title: plot.title, svg: plotSvg(plot, 70) })))}
${foldedHtml('Rates: all numbers', table)}`,
  );
}
