import { boxPlots } from './boxes.js';
import { boxPlotsSvg, escaped } from './box-plot-svg.js';
import type { Report } from './report.js';
import { headLines, textTable } from './table.js';

/** A report as one page that needs nothing else: plots, then the table. */
export function reportHtml(report: Report): string {
  const svg = boxPlotsSvg(boxPlots(report), headLines(report));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>dtstream bench, ${escaped(report.experiment.started.slice(0, 10))}</title>
<style>body{font-family:Helvetica,Arial,sans-serif;margin:1em}pre{overflow-x:auto}</style>
${svg}<pre>${escaped(textTable(report))}</pre>
</html>
`;
}
