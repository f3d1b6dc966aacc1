import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Canvas } from '../../src/tui/draw/canvas.js';
import { type ChartLine, drawLineChart } from '../../src/tui/draw/line-chart.js';

const style = { color: 'none', ascii: false } as const;
const drawn = (lines: readonly ChartLine[], high: number, size = { width: 46, height: 10 }): string[] => {
  const canvas = new Canvas(size);
  drawLineChart(canvas, { lines, low: 0, high, scaleWidth: 6 });
  return canvas.toLines(style);
};
const isBraille = /[\u2800-\u28ff]/;

describe('the line chart', () => {
  it('draws a level line at its height beside a scale of round numbers', () => {
    const lines = drawn([{ points: new Array<number>(20).fill(100), ink: 'data' }], 230);
    const labels = lines.flatMap((line) => /^ *(\d+)/.exec(line)?.[1] ?? []);
    assert.deepEqual(labels, ['200', '150', '100', '50', '0']);
    const row = lines.findIndex((line) => line.startsWith('100'));
    const level = lines.findIndex((line) => isBraille.test(line.slice(8, 30)));
    assert.ok(Math.abs(level - row) <= 1, lines.join('\n'));
  });

  it('leaves gaps where there is no number, and shows a point alone', () => {
    const points = [undefined, ...new Array<number>(8).fill(5), ...new Array<undefined>(8).fill(undefined), 5, undefined, undefined];
    const lines = drawn([{ points, ink: 'data' }], 10);
    const line = lines.find((one, row) => row < 7 && isBraille.test(one.slice(9))) ?? '';
    assert.match(line.slice(9), /^[\u2800-\u28ff]+ {8,}[\u2800-\u28ff]$/, lines.join('\n'));
  });

  it('draws nothing but axes of lines without a number', () => {
    const lines = drawn([{ points: new Array<undefined>(5).fill(undefined), ink: 'data' }], 1);
    assert.ok(lines.slice(0, 7).every((line) => !isBraille.test(line.slice(8))), lines.join('\n'));
  });
}); // prettier-ignore
