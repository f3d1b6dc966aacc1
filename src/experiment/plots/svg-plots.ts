import { tickText } from '../../plots/axis.js';
import { escaped } from '../../plots/escaped.js';
import type { Panel, PanelFigure, PanelPoint, PanelRow } from './panels.js';

const width = 960;
const margin = 20;
const columnsMax = 4;
const panelHeight = 190;
/** Left of a panel for the numbers of its axis, and of the first one for the title of the axis. */
const numbersWidth = 44;
const axisTitleWidth = 18;
/** Of the name of a column with its fixed settings, and of a line of its legend. */
const headHeight = 38;
const legendHeight = 17;
const ticksHeight = 20;
/** Further down, for a number that has no room beside the one before. */
const crowdedHeight = 12;
const rowGap = 22;
const rightGap = 12;
const noteHeight = 17;
const noteCharacters = 150;
const markSize = 4;
/** Width of a character of the small font, about. */
const smallCharacter = 5.6;

/** Lines differ by mark, by dashes and by lightness, so that they do so printed in grey. */
const lineStyles = ['', '6 3', '2 3', '9 3 2 3'] as const;
const inks = ['#14325c', '#b4571a', '#4b7f3a', '#7b6a9b'] as const;

/** Small multiples as one SVG picture on white paper, with a title and what stands above them. */
export function svgPlots(figure: PanelFigure, title: string, head: readonly string[]): string {
  const parts: string[] = [text(margin, margin + 8, title, 'class="title"')];
  let y = margin + 28;
  for (const line of [...head, figure.notes].flatMap(wrapped)) {
    parts.push(text(margin, y, line, 'class="note"'));
    y += noteHeight;
  }
  const perRow = Math.min(columnsMax, Math.max(2, figure.columns.length));
  const panelWidth = (width - 2 * margin - axisTitleWidth) / perRow;
  for (let first = 0; first < figure.columns.length; first += perRow) {
    const columns = figure.columns.slice(first, first + perRow);
    const leftOf = (i: number): number => margin + axisTitleWidth + i * panelWidth + numbersWidth;
    const room = panelWidth - numbersWidth;
    const heads = columns.map((column, i) => {
      const labels = (figure.rows[0]?.panels[first + i]?.lines ?? []).map(({ label }) => label);
      return columnHead(column, labels, { x: leftOf(i), y, room });
    });
    parts.push(...heads.map(({ svg }) => svg));
    y += headHeight + Math.max(...heads.map(({ legendLines }) => legendLines)) * legendHeight + 6;
    for (const row of figure.rows) {
      const panels = row.panels.slice(first, first + perRow);
      parts.push(axisTitle(row.title, y));
      panels.forEach((panel, i) => {
        parts.push(panelSvg(panel, row, { left: leftOf(i), top: y, right: leftOf(i) + room - rightGap }));
      });
      y += panelHeight + ticksHeight + rowGap;
    }
    columns.forEach(({ title: name }, i) => {
      const [panel] = figure.rows.map(({ panels }) => panels[first + i]);
      if (panel === undefined) return;
      const middle = leftOf(i) + (room - rightGap) / 2;
      const scale = panel.xAxis.kind === 'linear' ? '' : ' (logarithmic)';
      parts.push(text(middle, y + 4, `${name}${scale}`, 'text-anchor="middle"'));
    });
    y += 2 * rowGap;
  }
  const height = Math.round(y + margin / 2);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="11">
<title>${escaped(title)}</title>
<style>text{fill:#1a1a1a}.title{font-size:16px;font-weight:bold}.head{font-size:13px;font-weight:bold}.note{font-size:11px;fill:#444}.frame{fill:none;stroke:#555}.grid{stroke:#ddd}.ideal{stroke:#888;fill:none}.line{fill:none;stroke-width:1.5}.bar{stroke-width:1.2}</style>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

const handleWidth = 26;

function columnHead(
  { title, fixed }: PanelFigure['columns'][number],
  labels: readonly string[],
  { x, y, room }: { readonly x: number; readonly y: number; readonly room: number },
): { readonly svg: string; readonly legendLines: number } {
  const parts = [text(x, y + 14, title, 'class="head"')];
  if (fixed !== '') parts.push(text(x, y + 30, shortened(fixed, room), 'class="note"'));
  let at = x;
  let line = labels.some((label) => label !== '') ? 1 : 0;
  for (const [i, label] of labels.entries()) {
    if (label === '') continue;
    const labelWidth = handleWidth + 5 + label.length * smallCharacter;
    if (at > x && at + labelWidth > x + room) [at, line] = [x, line + 1];
    const middle = y + headHeight + (line - 1) * legendHeight + 7;
    const ends = `x1="${round(at)}" x2="${round(at + handleWidth)}" y1="${middle}" y2="${middle}"`;
    parts.push(`<line class="line" ${ends} ${stroke(i)}/>`, mark(i, at + handleWidth / 2, middle));
    parts.push(text(at + handleWidth + 5, middle + 4, label, 'class="note"'));
    at += labelWidth + 10;
  }
  return { svg: parts.join(''), legendLines: line };
}

function axisTitle(title: string, top: number): string {
  const [x, y] = [margin + 8, top + panelHeight / 2];
  return `<text x="${x}" y="${y}" text-anchor="middle" transform="rotate(-90 ${x} ${y})">${escaped(title)}</text>`;
}

interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

function panelSvg(panel: Panel, { yAxis }: PanelRow, { left, right, top }: Place): string {
  const bottom = top + panelHeight;
  const xAt = (value: number): number => round(left + panel.xAxis.place(value) * (right - left));
  const yAt = (value: number): number => round(bottom - Math.min(1, yAxis.place(value)) * (panelHeight - 8));
  const parts = yAxis.ticks.flatMap((tick) => {
    const y = yAt(tick);
    return [
      `<line class="grid" x1="${round(left)}" x2="${round(right)}" y1="${y}" y2="${y}"/>`,
      text(round(left - 6), y + 4, tickText(tick), 'text-anchor="end" class="note"'),
    ];
  });
  let free = -Infinity;
  for (const tick of panel.xAxis.ticks) {
    const [x, label] = [xAt(tick), panel.words?.[tick] ?? tickText(tick)];
    parts.push(`<line class="frame" x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 4}"/>`);
    const half = (label.length * smallCharacter) / 2;
    const isCrowded = x - half < free;
    parts.push(text(x, bottom + 16 + (isCrowded ? crowdedHeight : 0), label, 'text-anchor="middle" class="note"'));
    free = isCrowded ? -Infinity : x + half + 3;
  }
  parts.push(
    `<rect class="frame" x="${round(left)}" y="${top}" width="${round(right - left)}" height="${panelHeight}"/>`,
  );
  if (panel.ideal !== undefined) parts.push(idealSvg(panel.ideal, yAxis.ticks, xAt, yAt));
  for (const [i, { points }] of panel.lines.entries()) {
    const path = points.map(({ x, y }) => `${xAt(x)},${yAt(y.median)}`).join(' ');
    if (panel.words === undefined) parts.push(`<polyline class="line" points="${path}" ${stroke(i)}/>`);
    for (const point of points) parts.push(pointSvg(point, i, xAt(point.x), yAt));
  }
  return `<g class="panel">${parts.join('')}</g>`;
}

/** As far as the panel reaches. */
function idealSvg(
  ideal: NonNullable<Panel['ideal']>,
  ticks: readonly number[],
  xAt: (value: number) => number,
  yAt: (value: number) => number,
): string {
  const highest = ticks[ticks.length - 1];
  const [from] = ideal;
  const inside = ideal.filter(({ y }) => y <= highest);
  const beyond = ideal.find(({ y }) => y > highest);
  const end = beyond === undefined ? [] : [{ x: (from.x * highest) / from.y, y: highest }];
  const points = [...inside, ...end].map(({ x, y }) => `${xAt(x)},${yAt(y)}`);
  return `<polyline class="ideal" points="${points.join(' ')}"/>`;
}

function pointSvg({ y, isFaulty }: PanelPoint, line: number, x: number, yAt: (value: number) => number): string {
  const [low, high] = [yAt(y.min), yAt(y.max)];
  const ink = `stroke="${inks[line % inks.length]}"`;
  const cap = (at: number): string => `<line class="bar" x1="${x - 4}" x2="${x + 4}" y1="${at}" y2="${at}" ${ink}/>`;
  const bar = `<line class="bar" x1="${x}" x2="${x}" y1="${low}" y2="${high}" ${ink}/>${cap(low)}${cap(high)}`;
  const middle = yAt(y.median);
  if (!isFaulty) return bar + mark(line, x, middle);
  const arm = markSize + 2;
  const cross = `M${x - arm} ${middle - arm}L${x + arm} ${middle + arm}M${x - arm} ${middle + arm}L${x + arm} ${middle - arm}`;
  return `${bar}<path class="faulty" d="${cross}" stroke="#1a1a1a" stroke-width="2"/>`;
}

/** Filled circle, open square, filled triangle, open diamond. */
function mark(line: number, x: number, y: number): string {
  const ink = inks[line % inks.length];
  const s = markSize;
  switch (line % lineStyles.length) {
    case 0:
      return `<circle cx="${round(x)}" cy="${y}" r="${s}" fill="${ink}"/>`;
    case 1:
      return `<rect x="${round(x - s)}" y="${y - s}" width="${2 * s}" height="${2 * s}" fill="#fff" stroke="${ink}" stroke-width="1.5"/>`;
    case 2:
      return `<path d="M${round(x - s)} ${y + s}L${round(x + s)} ${y + s}L${round(x)} ${y - s}Z" fill="${ink}"/>`;
    default:
      return `<path d="M${round(x - s - 1)} ${y}L${round(x)} ${y - s - 1}L${round(x + s + 1)} ${y}L${round(x)} ${y + s + 1}Z" fill="#fff" stroke="${ink}" stroke-width="1.5"/>`;
  }
}

function stroke(line: number): string {
  const dashes = lineStyles[line % lineStyles.length];
  return `stroke="${inks[line % inks.length]}"${dashes === '' ? '' : ` stroke-dasharray="${dashes}"`}`;
}

/** Text in lines that fit the picture. */
function wrapped(line: string): string[] {
  const lines: string[] = [];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= noteCharacters)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function shortened(line: string, room: number): string {
  const most = Math.floor(room / smallCharacter);
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
