import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pageColours } from '../../src/report/page-style.js';

type Rgb = readonly [number, number, number];

/** Linear parts of a colour, 0 to 1. */
function linearOf(hex: string): Rgb {
  const part = (at: number): number => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

function times(matrix: readonly Rgb[], [r, g, b]: Rgb): Rgb {
  const [x, y, z] = matrix.map((row) => Math.min(1, Math.max(0, row[0] * r + row[1] * g + row[2] * b)));
  return [x, y, z];
}

/** Contrast as WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const luminance = (hex: string): number => {
    const [r, g, b] = linearOf(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Machado, Oliveira and Fernandes 2009, severity 1.0. */
const blindness: Readonly<Record<string, readonly Rgb[]>> = {
  none: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}; // prettier-ignore

/** Distance of two colours by CIE76, as somebody sees them. */
function distance(one: string, other: string, eyes: string): number {
  const lab = (hex: string): Rgb => {
    const seen = times(blindness[eyes], linearOf(hex));
    const xyz = [
      (0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.9505,
      0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2],
      (0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.089,
    ];
    const [x, y, z] = xyz.map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116));
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };
  const [a, b] = [lab(one), lab(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

describe('colours of pages', () => {
  for (const [name, colours] of Object.entries(pageColours)) {
    it(`have contrast and are told apart by everybody, ${name}`, () => {
      const { ground, text, data, warn, bad } = colours;
      for (const colour of [text, data, warn, bad]) assert.ok(contrast(ground, colour) >= 4.5, colour);
      for (const eyes of Object.keys(blindness)) {
        for (const [one, other] of [
          [data, warn],
          [data, bad],
          [warn, bad],
        ]) {
          // prettier-ignore
          const far = distance(one, other, eyes);
          assert.ok(far >= 20, `${one} and ${other} are ${far.toFixed(0)} apart (${eyes})`);
        }
      }
    });
  }
});
