import { chamberLayers, layerOf } from '../../../domain/geometry.js';
import { median } from '../../../domain/median.js';
import type { ChamberPanel } from '../../../views/detector/detector-view.js';
import type { ChannelSign } from '../../../views/detector/verdicts.js';
import type { Area } from '../../draw/canvas.js';
import type { Ink } from '../../draw/ink.js';
import { type Shade, shadeOf } from '../../draw/shades.js';
import type { Style } from '../../draw/style.js';

/** What the cells of a chamber show. */
export interface CellValues {
  /** Hits by channel. */
  readonly counts: Float64Array;
  readonly expected: Float64Array | undefined;
  readonly isRatio: boolean;
  /** Seconds that rates are per; undefined where no rate is of now. */
  readonly seconds: number | undefined;
}

/** Size of a cell in characters, with the gap at its right. */
export interface CellSize {
  /** `signs`: shades alone; `number`: a number of three digits and a sign; `both`: rate, sign and percent. */
  readonly mode: 'signs' | 'number' | 'both';
  readonly width: number;
  readonly height: number;
}

/** Characters of a cell by its mode, with the gap. */
export const cellWidths = { both: 9, number: 5 };

/** Left end of a cell: every second layer is half a cell to the right. */
export function cellX(layer: number, cell: number, { width }: Pick<CellSize, 'width'>): number {
  return cell * width + (layer & 1) * Math.floor(width / 2);
}

/**
 * Draws the cells of a chamber as they stand, layer 0 above. Dead, hot and known channels have their sign, the others a
 * shade: their hits against the median of the chamber, or against what is expected of them.
 *
 * @param of.selected channel that is inverse
 */
export function drawCells(
  area: Area,
  panel: Pick<ChamberPanel, 'occupancy' | 'verdict'>,
  of: {
    readonly values: CellValues;
    readonly size: CellSize;
    readonly selected: number | undefined;
    readonly style: Style;
  },
): void {
  const { values, size, selected, style } = of;
  const usual = usualCount(values.counts, panel.occupancy.signs);
  for (const [channel, count] of values.counts.entries()) {
    const layer = layerOf(channel);
    const expected = values.expected?.[channel];
    const share = values.isRatio ? count / (expected ?? NaN) : count / usual;
    const sign = signOf(panel, channel);
    const shade = shadeOf(share, style);
    const pieces =
      size.mode === 'signs'
        ? [signsText(sign, shade, size.width - 1)]
        : numberPieces(values, channel, { sign, shade, size });
    const x = cellX(layer, channel >> 2, size);
    for (let row = 0; row < size.height; row++) {
      let at = x;
      for (const { text, ink } of pieces) {
        const isShade = row > 0 && size.mode !== 'signs';
        const of = !isShade ? ink : sign === 'x' || sign === '^' ? 'bad' : shade.ink;
        area.put(
          at,
          layer * size.height + row,
          isShade ? shade.sign.repeat(text.length) : text,
          channel === selected ? 'badge' : of,
        );
        at += text.length;
      }
    }
  }
}

/** Rows that the cells of a chamber take. */
export function cellRows({ height }: Pick<CellSize, 'height'>): number {
  return chamberLayers * height;
}

/** The sign of a channel; that it is not judged is said where its chamber is. */
function signOf({ occupancy, verdict }: Pick<ChamberPanel, 'occupancy' | 'verdict'>, channel: number): ChannelSign {
  const sign = occupancy.signs[channel];
  return sign === '?' && verdict.state === 'unknown' ? ' ' : sign;
}

/** The median of the cells that are well. */
function usualCount(counts: Float64Array, signs: readonly ChannelSign[]): number {
  const well = [...counts].filter((_, channel) => signs[channel] !== 'x' && signs[channel] !== '^');
  return well.length === 0 ? NaN : median(well);
}

interface CellPiece {
  readonly text: string;
  readonly ink: Ink;
}

function inkOf(sign: ChannelSign): Ink {
  return sign === 'x' || sign === '^' ? 'bad' : 'strong';
}

/** Shades, or the sign of a verdict, or a mark among shades. */
function signsText(sign: ChannelSign, shade: Shade, width: number): CellPiece {
  if (sign === ' ') return { text: shade.sign.repeat(width), ink: shade.ink };
  if (sign === 'x' || sign === '^' || sign === 'k') return { text: sign.repeat(width), ink: inkOf(sign) };
  const left = Math.floor((width - 1) / 2);
  return { text: shade.sign.repeat(left) + sign + shade.sign.repeat(width - 1 - left), ink: shade.ink };
}

/** A number of three characters with the shade or the sign behind it; `x` alone where a dead channel has none. */
function numberPieces(
  { counts, expected, isRatio, seconds }: CellValues,
  channel: number,
  { sign, shade, size }: { sign: ChannelSign; shade: Shade; size: CellSize },
): CellPiece[] {
  const count = counts[channel];
  const ratio = percentText(count, expected?.[channel]);
  const rate = seconds === undefined || seconds === 0 ? '–' : numberText(count / seconds);
  const value = isRatio ? ratio : rate;
  const isSign = sign !== ' ';
  const isEmpty = sign === 'x' && count === 0;
  const number: CellPiece = {
    text: (isEmpty ? '' : value).padStart(3),
    ink: isSign && sign !== 'k' ? inkOf(sign) : 'plain',
  };
  const pieces = [number, isSign ? { text: sign, ink: inkOf(sign) } : { text: shade.sign, ink: shade.ink }];
  if (size.mode === 'both') pieces.push({ text: ` ${(isRatio ? rate : ratio).padStart(3)}`, ink: 'plain' });
  return pieces;
}

/** At most three characters: `2.9`, `118`, `12k`. */
function numberText(value: number): string {
  if (value < 9.95) return value.toFixed(1);
  if (value < 999.5) return value.toFixed(0);
  return value < 99_500 ? `${(value / 1000).toFixed(0)}k` : '>99';
}

/** In percent, at most three characters. */
function percentText(count: number, expected: number | undefined): string {
  const percent = (100 * count) / (expected ?? NaN);
  if (!Number.isFinite(percent)) return '–';
  return percent < 999.5 ? percent.toFixed(0) : '>1k';
}
