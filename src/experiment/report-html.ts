import { escaped } from '../plots/escaped.js';
import { panelFigure } from './plots/panels.js';
import { svgPlots } from './plots/svg-plots.js';
import { drainedRows, type Report } from './report.js';
import { headLines, textTable } from './tables/table.js';

/** What a picture of a report is called. */
function plotTitle({ experiment }: Report): string {
  const rows = drainedRows(experiment);
  const what = rows === undefined ? 'live rows' : `${rows.toLocaleString('en-US')} rows as fast as possible`;
  return `dtstream bench, ${experiment.log.replace(/^Kafka .*/, 'Kafka')}: ${what}`;
}

/** A report as a picture. */
export function reportSvg(report: Report): string {
  return svgPlots(panelFigure(report), plotTitle(report), headLines(report));
}

/** A report as one page that needs nothing else: plots, then the table. */
export function reportHtml(report: Report): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(plotTitle(report))}</title>
<style>body{font-family:Helvetica,Arial,sans-serif;margin:1em;color:#1a1a1a;background:#fff}svg{max-width:100%;height:auto}pre{overflow-x:auto}</style>
${reportSvg(report)}<pre>${escaped(textTable(report))}</pre>
</html>
`;
}
