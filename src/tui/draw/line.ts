import type { Area } from './canvas.js';
import type { Ink } from './ink.js';

/** A piece of a line. */
export interface Piece {
  readonly text: string;
  /** Default: plain. */
  readonly ink?: Ink;
  /** Columns that it may take: what comes after it then stays where it is. */
  readonly columns?: number;
}

/** Blanks between two pieces. */
const gap = 2;

export function plainPiece(text: string): Piece {
  return { text, ink: 'plain' };
}

/** A line: pieces from the left, and pieces that end at the right. */
export interface Line {
  readonly left: readonly Piece[];
  readonly right: readonly Piece[];
}

/**
 * Draws a line of pieces from the left and of others that end at the right, two blanks apart. Both come in several
 * lengths, the richest first: of the left ones the first is taken that leaves room for any of the right ones.
 */
export function drawPieces(
  area: Area,
  lefts: readonly (readonly Piece[])[],
  rights: readonly (readonly Piece[])[],
): void {
  drawLine(
    area,
    lefts.flatMap((left) => rights.map((right) => ({ left, right }))),
  );
}

/** Draws pieces from the left, as many from the first on as fit, and at the right the first of the notes that then fits. */
export function drawTitle(area: Area, pieces: readonly Piece[], notes: readonly string[] = []): void {
  const lefts = pieces.map((_, index) => pieces.slice(0, pieces.length - index));
  drawPieces(area, lefts.length === 0 ? [[]] : lefts, [...notes.map((note) => [plainPiece(note)]), []]);
}

/** Draws the first of the lines that fits. Where none does, the left of the last one is cut, so that the right stands. */
export function drawLine(area: Area, lines: readonly Line[]): void {
  const fitting = lines.find(({ left, right }) => {
    const isBoth = left.length > 0 && right.length > 0;
    return widthOf(left) + (isBoth ? gap : 0) + widthOf(right) <= area.width;
  });
  const { left, right } = fitting ?? lines.at(-1) ?? { left: [], right: [] };
  putPieces(area, 0, left);
  const from = Math.max(0, area.width - widthOf(right));
  if (fitting === undefined && right.length > 0) area.put(from - gap, 0, ' '.repeat(area.width - from + gap));
  putPieces(area, from, right);
}

/** Columns of pieces in a line. */
export function widthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + columnsOf(piece) + gap, pieces.length === 0 ? 0 : -gap);
}

function columnsOf({ text, columns = 0 }: Piece): number {
  return Math.max(text.length, columns);
}

function putPieces(area: Area, from: number, pieces: readonly Piece[]): void {
  let x = from;
  for (const piece of pieces) {
    area.put(x, 0, piece.text, piece.ink);
    x += columnsOf(piece) + gap;
  }
}
