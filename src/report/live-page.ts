import { escaped } from '../plots/escaped.js';
import { liveScript } from './live-script.js';
import { liveStyle } from './page-style.js';

/** The windows of the live page, the first one at first; columns of the rates in s. */
export const liveWindows = [
  { id: 'last-60', title: 'last 60 s', kind: 'last', seconds: 60, columnS: 1 },
  { id: 'batch', title: 'last batch', kind: 'batch', seconds: 60, columnS: 1 },
  { id: 'last-600', title: 'last 10 min', kind: 'last', seconds: 600, columnS: 20 },
  { id: 'last-3600', title: 'last hour', kind: 'last', seconds: 3600, columnS: 60 },
  { id: 'mark', title: 'since the last mark', kind: 'mark', seconds: 60, columnS: 60 },
  { id: 'start', title: 'since start', kind: 'start', seconds: 60, columnS: 300 },
] as const;
export type LiveWindow = (typeof liveWindows)[number];

function table(id: string, caption: string, heads: readonly string[], className = ''): string {
  const head = heads.map((text) => `<th scope="col">${text}`).join('');
  return `<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table id="${id}"${className}><caption>${caption}</caption><thead><tr>${head}</thead><tbody></tbody></table></div>`;
}

/** Picture of the page in a browser's tab: a time box. */
export const liveIcon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 14V12H4V4H12V12H15V14Z" fill="#0072b2"/></svg>';

/** The live page: its script asks for events and draws them. @param source what the messages are of */
export function livePage(source: string): string {
  const options = liveWindows.map(({ id, title }) => `<option value="${id}">${title}</option>`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>dtstream</title>
<link rel="icon" href="icon.svg">
<style>${liveStyle}</style>
</head>
<body>
<header><h1>dtstream</h1>
<p>${escaped(source)}</p>
<p id="verdict" class="verdict" role="status">Waiting for messages.</p>
<p id="state">connecting</p>
<p class="keys"><label>Window <select id="window">${options}</select></label>
<button id="freeze" type="button" aria-pressed="false">Freeze</button>
<label>Colours <select id="colours"><option value="auto">as the system</option><option value="light">light</option><option value="dark">dark</option></select></label>
<a id="report" href="report?window=${liveWindows[0].id}">Report</a> <a href="state.json">state.json</a></p>
<noscript><p>This page needs its script. The report does not.</p></noscript></header>
<main>
<section><h2>Chambers, <span id="of">last 60 s</span></h2>
${table('chambers', 'Chambers', ['Chamber', 'Verdict', 'Hits/s', 'To reference', 'Hits since start'])}</section>
<section><h2>Alarms</h2>
${table('alarms', 'Alarms, the worst first', ['State', 'Object', 'Fault', 'Observed', 'Expected', 'Since, UTC', 'Note'])}</section>
<section><h2>Rates</h2><div class="plots" id="rates"></div></section>
<section><h2>Plots</h2><div class="plots" id="plots"></div></section>
<section><h2>Cells</h2><div class="plots" id="cells"></div></section>
<section><h2>Ledger and marks</h2><div class="pair">
${table('ledger', 'Rows of the window', ['Rows', 'Count'], ' class="n1"')}
${table('marks', 'Newest marks', ['Mark', 'UTC', 'Text', 'By'])}</div></section>
</main>
<script>${liveScript}</script>
</body>
</html>
`;
}
