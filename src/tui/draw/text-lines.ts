import { Canvas } from './canvas.js';
import { formatCount } from './format.js';
import type { Ink } from './ink.js';
import type { Style } from './style.js';

/** A line of a text. */
export interface TextLine {
  readonly text: string;
  readonly ink: Ink;
}

/** Lines that a list takes at most; what does not fit is counted. */
const listLinesMax = 4;
const nameWidth = 11;

/** A name, and beside it a text. */
export function namedLine(name: string, text: string): TextLine {
  return { text: name.padEnd(nameWidth) + text, ink: 'plain' };
}

/** A name, and beside it a list on as many lines as it needs, up to a bound. */
export function namedList(name: string, items: readonly string[], width: number): TextLine[] {
  const lines: string[] = [];
  let shown = 0;
  for (const item of items) {
    const last = lines.at(-1);
    const isFitting = last !== undefined && nameWidth + last.length + 2 + item.length < width;
    if (!isFitting && lines.length === listLinesMax) break;
    if (last !== undefined) lines[lines.length - 1] = isFitting ? `${last}, ${item}` : `${last},`;
    if (!isFitting) lines.push(item);
    shown++;
  }
  if (shown === 0) lines.push('none');
  else if (shown < items.length) lines.push(`and ${formatCount(items.length - shown)} more`);
  return lines.map((text, index) => namedLine(index === 0 ? name : '', text));
}

/** The lines as they are printed, cut to a width. */
export function drawLines(lines: readonly TextLine[], width: number, style: Style): string[] {
  const canvas = new Canvas({ width, height: lines.length });
  lines.forEach(({ text, ink }, y) => canvas.put(0, y, text, ink));
  return canvas.toLines(style);
}
