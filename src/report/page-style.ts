/** Colours of reports and of the live page, by meaning; state is never told by colour alone. */
export const pageColours = {
  light: { ground: '#ffffff', text: '#1a1a1a', faint: '#d0d0d0', data: '#0072b2', warn: '#a06a00', bad: '#9b1060' },
  dark: { ground: '#101418', text: '#e6e6e6', faint: '#3a4148', data: '#56b4e9', warn: '#e69f00', bad: '#ff6e4a' },
} as const;

function variables(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');
}

/** Rules that reports and the live page share. */
const commonStyle = `:root{color-scheme:light;${variables(pageColours.light)}}
*{box-sizing:border-box}
body{margin:0 auto;padding:12px;max-width:1200px;background:var(--ground);color:var(--text);font:15px/1.45 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.4em;margin:.2em 0}h2{font-size:1.15em;margin:1.2em 0 .4em;border-bottom:1px solid var(--faint)}
p{margin:.4em 0}.verdict{font-size:1.15em;font-weight:600}.bad>h2,p.bad{color:var(--bad)}p.warn,.known>h2{color:var(--warn)}
dl{margin:0}dl div{display:flex;flex-wrap:wrap;gap:0 1em}dt{flex:0 0 12em;font-weight:600}dd{margin:0;flex:1 1 14em}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:10px}
.pair{display:flex;flex-wrap:wrap;gap:0 2em;align-items:flex-start}
figure{margin:0;min-width:0}figcaption{font-size:.9em}thead th{white-space:nowrap}svg{display:block;width:100%;height:auto}svg svg{overflow:hidden}
.wide{overflow-x:auto;max-width:100%}table{border-collapse:collapse;font-variant-numeric:tabular-nums;overflow-wrap:normal;margin:.4em 0}
caption{text-align:left;font-weight:600;padding:.2em 0}th,td{text-align:left;padding:1px 10px 1px 0;border-bottom:1px solid var(--faint);vertical-align:top}.n1 :is(td,th):nth-child(n+2),.n2 :is(td,th):nth-child(n+3),.n3 :is(td,th):nth-child(n+4){text-align:right}
summary{cursor:pointer;padding:.3em 0}
text{fill:var(--text);font-family:system-ui,sans-serif}.grid{stroke:var(--faint);fill:none}
.columns{fill:var(--data);fill-opacity:.45;stroke:var(--data)}.line{fill:none;stroke:var(--data);stroke-width:1.6}
.expected{fill:none;stroke:var(--text);stroke-dasharray:3 2}.columns,.line,.expected{vector-effect:non-scaling-stroke}
.edge{stroke:var(--warn);stroke-dasharray:4 3;fill:none}.sign{font-weight:700}
rect{fill:var(--data);stroke:var(--faint)}.s0{fill-opacity:.06}.s1{fill-opacity:.2}.s2{fill-opacity:.36}.s3{fill-opacity:.52}.s4{fill-opacity:.7}
rect.bad{fill:var(--ground);fill-opacity:1;stroke:var(--bad);stroke-width:2.5}rect.known{fill:var(--ground);fill-opacity:1;stroke:var(--warn);stroke-width:2.5}.mark{font-weight:700}
`;

const darkRoot = `:root{color-scheme:dark;${variables(pageColours.dark)}}`;

/** Of a report: colours by what the reader's system asks for, and A4. */
export const reportStyle = `${commonStyle}@media screen and (prefers-color-scheme:dark){${darkRoot}}
@media print{@page{size:A4;margin:11mm}body{padding:0;max-width:none;font-size:9px;line-height:1.3}h2{margin:.6em 0 .2em}
.plots{grid-template-columns:repeat(4,1fr);gap:3px}section{break-inside:avoid}.wide{overflow:visible}table{margin:.2em 0}details{display:none}}
`;

/** Of the live page: colours as the system or the reader wants them. */
export const liveStyle = `${commonStyle}.keys{display:flex;flex-wrap:wrap;gap:.3em 1em;align-items:center}a{color:var(--data)}button,select{font:inherit;padding:.2em .5em;color:inherit;background:var(--ground);border:1px solid var(--text);border-radius:3px}button[aria-pressed=true]{background:var(--text);color:var(--ground)}
@media screen and (prefers-color-scheme:dark){${darkRoot.replace(':root', ':root:not([data-colours=light])')}}
${darkRoot.replace(':root', ':root[data-colours=dark]')}
`;
