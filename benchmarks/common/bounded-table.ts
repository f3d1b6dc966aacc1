import { markdownTable } from './report-section.js';
import { formatSpread, type Spread } from './spread.js';

/** What a figure must be; the median counts. */
type Bound =
  | { readonly atLeast: number; readonly below?: never; readonly atMost?: never }
  | { readonly atMost: number; readonly below?: never; readonly atLeast?: never }
  | { readonly below: number; readonly atLeast?: never; readonly atMost?: never };

/** A figure of a section, in the unit in which it is shown. */
export interface Figure {
  readonly what: string;
  readonly spread: Spread;
  readonly digits: number;
  /** Stands behind the figure and its bound: `×`, `MB`. */
  readonly unit?: string;
  readonly bound?: Bound;
}

/** Figures as a Markdown table, each with its bound; a bound that is missed says so. */
export function boundedTable(figures: readonly Figure[]): string {
  return markdownTable(
    ['', 'measured', 'bound'],
    figures.map((figure) => [figure.what, measuredText(figure), boundCell(figure)]),
  );
}

/** The figures that are not within their bounds, a line each. */
export function missedFigures(figures: readonly Figure[]): string[] {
  return figures
    .filter((figure) => !isHeld(figure))
    .map((figure) => `${figure.what}: ${measuredText(figure)}, bound ${boundText(figure)}`);
}

/** Prints to stderr which figures miss their bounds. */
export function sayMissed(figures: readonly Figure[]): void {
  for (const line of missedFigures(figures)) process.stderr.write(`missed: ${line}\n`);
}

function measuredText({ spread, digits, unit }: Figure): string {
  return withUnit(formatSpread(spread, digits), unit);
}

function boundCell(figure: Figure): string {
  return isHeld(figure) ? boundText(figure) : `${boundText(figure)}, **missed**`;
}

function boundText({ bound, unit }: Figure): string {
  if (bound === undefined) return '';
  const { atLeast, atMost, below } = bound;
  const [sign, value] = atLeast !== undefined ? ['≥', atLeast] : atMost !== undefined ? ['≤', atMost] : ['<', below];
  return withUnit(`${sign} ${value.toLocaleString('en-US')}`, unit);
}

function isHeld({ spread: { median }, bound }: Figure): boolean {
  if (bound === undefined) return true;
  const { atLeast = -Infinity, atMost = Infinity, below = Infinity } = bound;
  return median >= atLeast && median <= atMost && median < below;
}

function withUnit(text: string, unit: string | undefined): string {
  return unit === undefined ? text : `${text} ${unit}`;
}
