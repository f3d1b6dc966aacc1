import { cellWidthMm, chamberChannels, chamberLayers, layerOf } from '../domain/geometry.js';

/** Layers of a chamber, from the top. */
export const layers = chamberLayers;
/** Width of a cell, in um. */
export const cellWidthUm = 1000 * cellWidthMm;
/** Half of it: by so much odd layers are shifted, and so far does a drift go. */
export const halfCellUm = cellWidthUm / 2;

/** Heights of the layers' wires about the middle of the chamber, in mm. */
export const layerHeightsMm = [19.5, 6.5, -6.5, -19.5] as const;
/** Sum of their squares, in mm^2. */
export const heightsSquaredMm2 = 845;

/** Layer of each channel of a chamber. */
export const channelLayers = Uint8Array.from({ length: chamberChannels }, (_, channel) => layerOf(channel));

/** Place of each channel's wire from the left wall of the chamber's first cell, in half cells. */
export const wireHalfCells = Uint8Array.from(
  { length: chamberChannels },
  (_, channel) => 2 * (channel >> 2) + 1 + (channelLayers[channel] & 1),
);

/** Channel of the cell in that layer and column: the other way round of {@link channelLayers}. */
export function channelOf(layer: number, column: number): number {
  return 4 * column + ((layer & 1) << 1) + (layer >> 1);
}
