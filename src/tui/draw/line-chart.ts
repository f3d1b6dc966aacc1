import Line from 'blessed-contrib/lib/widget/charts/line.js';
import Context from 'drawille-canvas-blessed-contrib';
import type { Area } from './canvas.js';
import { type Ink, inks } from './ink.js';

/** A line; undefined points are gaps. */
export interface ChartLine {
  readonly points: readonly (number | undefined)[];
  readonly ink: Ink;
}

/** Lines with as many points each; later ones are drawn over earlier ones. */
export interface LineChart {
  readonly lines: readonly ChartLine[];
  /** What the vertical axis has to hold; its ends are round. */
  readonly low: number;
  readonly high: number;
  /** Columns left of the axis; labels that are longer are cut. */
  readonly scaleWidth: number;
}

/** Where things are in the area that a chart is drawn on. */
export interface ChartPlaces {
  readonly columnOf: (point: number) => number;
  readonly rowOf: (value: number) => number;
}

/** Dots of a character. */
const dots = { x: 2, y: 4 };
/** The chart leaves a row empty below the labels of its horizontal axis. */
const rowsBelow = 1;
/** Dots from its lower end to the axis, and from there to a point at the lower end of the scale. */
const axisDots = { below: 11, gap: 2 };
const labelsMax = 5;
const headroom = 1.05;

/**
 * Draws blessed-contrib's line chart with its axes, as text: its widget would draw on a screen only. The last row is
 * left empty, for what the caller writes below the axis.
 *
 * @returns where a point and a value are
 */
export function drawLineChart(area: Area, chart: LineChart): ChartPlaces {
  const { lines, scaleWidth } = chart;
  const points = Math.max(1, ...lines.map(({ points: { length } }) => length));
  const { step, low, high } = roundScale(chart, Math.max(2, Math.min(labelsMax, area.height - 4)));
  const size = { width: area.width * dots.x, height: (area.height + rowsBelow) * dots.y };
  const xPadding = scaleWidth * dots.x;
  const options = {
    ...{ minY: low, maxY: high, numYLabels: Math.round((high - low) / step), showNthLabel: 1 },
    ...{ showLegend: false, wholeNumbersOnly: false, abbreviate: false },
    ...{ xPadding, xLabelPadding: xPadding },
    style: { line: 'data', text: 'plain', baseline: 'grid' } satisfies Record<string, Ink>,
  };
  // Labels below the axis would be too close together: the caller writes its own.
  const x = Array.from({ length: points }, () => '');
  const data = lines.map(({ points: of, ink }) => ({ x, y: of.map((value) => value ?? NaN), style: { line: ink } }));
  const ctx = new GapContext(size.width, size.height, canvasOn(area));
  Line.prototype.setData.call({ ctx, canvasSize: size, options }, data);
  const pointDots = (size.width - xPadding) / points;
  const valueDots = (size.height - axisDots.below) / (high - low);
  return {
    columnOf: (point) => Math.floor((pointDots * point + xPadding) / dots.x),
    rowOf: (value) => Math.floor((size.height - axisDots.below - axisDots.gap - valueDots * (value - low)) / dots.y),
  };
}

/** Steps of 1, 2 or 5 times a power of ten, as many as there are labels at most, and both ends at one of them. */
function roundScale({ low, high }: LineChart, steps: number): { step: number; low: number; high: number } {
  // The chart cuts the two highest rows of dots off.
  const span = Math.max((high - low) * headroom, 1e-9);
  const power = 10 ** Math.floor(Math.log10(span / steps));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power * steps >= span) ?? 10);
  const from = step * Math.floor(low / step + 1e-9);
  return { step, low: from, high: from + step * Math.ceil((low + span - from) / step - 1e-9) };
}

/** A line through what has no number is interrupted there. */
class GapContext extends Context {
  #isGap = false;

  override lineTo(x: number, y: number): void {
    if (Number.isNaN(y)) {
      this.#isGap = true;
      return;
    }
    if (this.#isGap) this.moveTo(x, y);
    this.#isGap = false;
    super.lineTo(x, y);
  }
}

/** Bits of the dots of a braille character, by row, then by column. */
const brailleBits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];
const brailleFirst = 0x2800;

/** A canvas of braille characters on an area; styles of the chart are inks. */
function canvasOn(area: Area): new () => Context.DotCanvas {
  return class implements Context.DotCanvas {
    color = 'data';
    fontFg = 'plain';
    readonly #bits = new Uint8Array(area.width * area.height);

    set(x: number, y: number): void {
      const [column, row] = [Math.floor(x / dots.x), Math.floor(y / dots.y)];
      if (column < 0 || column >= area.width || row < 0 || row >= area.height) return;
      const cell = row * area.width + column;
      this.#bits[cell] |= brailleBits[y % dots.y][x % dots.x];
      area.put(column, row, String.fromCharCode(brailleFirst + this.#bits[cell]), inkOf(this.color));
    }

    /** The area is empty when it is drawn on. */
    unset(): void {
      return;
    }

    writeText(text: string, x: number, y: number): void {
      area.put(Math.floor(x / dots.x), Math.floor(y / dots.y), text, inkOf(this.fontFg));
    }
  };
}

function inkOf(style: string): Ink {
  return inks.find((ink) => ink === style) ?? 'plain';
}
