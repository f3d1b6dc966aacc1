import { type Ink, inks, paint } from './ink.js';
import type { Style } from './style.js';

/** A rectangle to write on. What does not fit is cut off, so nothing drawn can ever leave it. */
export interface Area {
  readonly width: number;
  readonly height: number;
  /** Writes text (one column a UTF-16 unit) from column `x` of row `y`; unsafe characters become `?`. */
  put(x: number, y: number, text: string, ink?: Ink): void;
  /** A part of this area with coordinates of its own; cut to fit. */
  part(box: Box): Area;
}

/** Position and size of a part, in columns and rows. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Cells of text that become lines in the end: every line at most `width` columns wide, exactly `height` lines. */
export class Canvas implements Area {
  readonly width: number;
  readonly height: number;
  readonly #units: Uint16Array;
  readonly #inks: Uint8Array;

  constructor(size: { width: number; height: number }) {
    this.width = Math.max(0, Math.floor(size.width));
    this.height = Math.max(0, Math.floor(size.height));
    this.#units = new Uint16Array(this.width * this.height).fill(0x20);
    this.#inks = new Uint8Array(this.width * this.height);
  }

  put(x: number, y: number, text: string, ink: Ink = 'plain'): void {
    if (y < 0 || y >= this.height) return;
    const inkIndex = inks.indexOf(ink);
    for (let index = Math.max(0, -x); index < text.length && x + index < this.width; index++) {
      const cell = y * this.width + x + index;
      this.#units[cell] = safeUnit(text.charCodeAt(index));
      this.#inks[cell] = inkIndex;
    }
  }

  part(box: Box): Area {
    return new Part(this, box);
  }

  /** The lines, without blanks at their ends. With `ascii` the dash of a value that is missing is `-`, and whatever else is not ASCII comes out as `?`. */
  toLines(style: Style): string[] {
    return Array.from({ length: this.height }, (_, y) => this.#line(y, style));
  }

  #line(y: number, style: Style): string {
    const start = y * this.width;
    let end = start + this.width;
    while (end > start && this.#units[end - 1] === 0x20 && inks[this.#inks[end - 1]] !== 'badge') end--;
    let line = '';
    for (let from = start; from < end;) {
      let to = from + 1;
      while (to < end && this.#inks[to] === this.#inks[from]) to++;
      // Not by an iterator, which makes an object a character.
      let text = Reflect.apply(String.fromCharCode, undefined, this.#units.subarray(from, to)) as string;
      if (style.ascii) text = text.replaceAll('–', '-').replace(/[^\x20-\x7e]/g, '?');
      line += style.color === 'none' ? text : paint(text, inks[this.#inks[from]], style.color);
      from = to;
    }
    return line;
  }
}

class Part implements Area {
  readonly width: number;
  readonly height: number;

  constructor(
    private readonly whole: Canvas,
    private readonly box: Box,
  ) {
    this.width = Math.max(0, Math.min(box.width, whole.width - box.x));
    this.height = Math.max(0, Math.min(box.height, whole.height - box.y));
  }

  put(x: number, y: number, text: string, ink?: Ink): void {
    if (y < 0 || y >= this.height || x >= this.width) return;
    const cut = Math.max(0, -x);
    this.whole.put(this.box.x + x + cut, this.box.y + y, text.slice(cut, this.width - x), ink);
  }

  part(box: Box): Area {
    const width = Math.min(box.width, this.width - box.x);
    const height = Math.min(box.height, this.height - box.y);
    return new Part(this.whole, { x: this.box.x + box.x, y: this.box.y + box.y, width, height });
  }
}

/** The last guard: no control character, surrogate half or invisible sign reaches a terminal, from any origin. */
function safeUnit(unit: number): number {
  const isText =
    (unit >= 0x20 && unit < 0x7f) || (unit > 0xa0 && unit < 0x300 && unit !== 0xad) || (unit > 0x37f && unit < 0x483);
  const isDrawing = unit === 0x2013 || unit === 0x2026 || (unit >= 0x2190 && unit < 0x2900);
  return isText || isDrawing ? unit : 0x3f;
}
