import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Ink, inks, paint } from '../../src/tui/draw/ink.js';

type Rgb = readonly [red: number, green: number, blue: number];

/** Linear RGB as it is seen without one kind of cones (Machado, Oliveira and Fernandes 2009, severity 1). */
const blindness: Readonly<Record<string, readonly Rgb[]>> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Smallest distance (CIE76) of two colours that say different things. */
const distanceMin = 20;
/** Smallest contrast (WCAG 2) of a colour with a background, as of graphics and of bold text. */
const contrastMin = 3;

const states: readonly Ink[] = ['data', 'warn', 'bad'];

describe('the colours of 256', () => {
  it('can be seen on black and on white', () => {
    for (const ink of states) {
      const luminance = luminanceOf(colorOf(ink));
      const contrasts = [(luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05)];
      for (const contrast of contrasts) assert.ok(contrast >= contrastMin, `${ink}: ${contrasts.join(', ')}`);
    }
  });

  it('of states differ for every colour blindness', () => {
    for (const [name, matrix] of Object.entries(blindness)) {
      for (const one of states) {
        for (const other of states.filter((ink) => ink > one)) {
          const distance = distanceOf(seen(colorOf(one), matrix), seen(colorOf(other), matrix));
          assert.ok(distance >= distanceMin, `${name}: ${one} and ${other} are ${distance.toFixed(1)} apart`);
        }
      }
    }
  });

  it('are never the bright black that some themes give the colour of the background', () => {
    for (const ink of inks) {
      for (const palette of ['16', '256'] as const)
        assert.doesNotMatch(paint('x', ink, palette), /[[;](90|38;5;8)[;m]/);
    }
  });
});

describe('the distance of colours', () => {
  it('is that of black and white, and tells red and green apart only where they are seen', () => {
    const whole = distanceOf([0, 0, 0], [1, 1, 1]);
    assert.ok(Math.abs(whole - 100) < 0.1, String(whole));
    const [red, green]: Rgb[] = [
      [0.6, 0.05, 0.05],
      [0.1, 0.25, 0.02],
    ];
    assert.ok(distanceOf(red, green) > 80);
    assert.ok(distanceOf(seen(red, blindness.deuteranopia), seen(green, blindness.deuteranopia)) < 40);
  });
});

/** The foreground of an ink, as linear RGB: of the cube of 6 x 6 x 6 or the greys above it. */
function colorOf(ink: Ink): Rgb {
  const number = Number(/38;5;(\d+)/.exec(paint('x', ink, '256'))?.[1]);
  assert.ok(number >= 16 && number <= 255, `${ink} has no colour of 256`);
  const level = (step: number): number => (step === 0 ? 0 : 55 + 40 * step);
  const grey = 8 + 10 * (number - 232);
  const cube = [Math.floor((number - 16) / 36), Math.floor((number - 16) / 6) % 6, (number - 16) % 6].map(level);
  const [red, green, blue] = (number >= 232 ? [grey, grey, grey] : cube).map(linear);
  return [red, green, blue];
}

/** Relative luminance of linear RGB. */
function luminanceOf([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** sRGB of 0 to 255, without its gamma. */
function linear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function seen(color: Rgb, matrix: readonly Rgb[]): Rgb {
  const [red, green, blue] = matrix.map((row) =>
    Math.max(
      0,
      Math.min(
        1,
        row.reduce((sum, weight, index) => sum + weight * color[index], 0),
      ),
    ),
  );
  return [red, green, blue];
}

/** Distance in CIELAB (CIE76) under D65. */
function distanceOf(one: Rgb, other: Rgb): number {
  const [first, second] = [lab(one), lab(other)];
  return Math.hypot(...first.map((value, index) => value - second[index]));
}

function lab([red, green, blue]: Rgb): Rgb {
  const root = (share: number): number =>
    share > (6 / 29) ** 3 ? Math.cbrt(share) : share / (3 * (6 / 29) ** 2) + 4 / 29;
  const x = root((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047);
  const y = root(0.2126729 * red + 0.7151522 * green + 0.072175 * blue);
  const z = root((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
