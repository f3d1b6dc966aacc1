import { orbitBlock } from '../../pipeline/produce/packer.js';

/** Orbits that `process` holds open for late hits when it is not told. */
const latenessOrbits = 4096;
/** Rows of the simulated telescope in so many orbits: 5500 a detector second. */
const latenessRows = 2010;

/**
 * Rows that must come after a hit before its orbit is closed.
 *
 * Partitions take turns by blocks of 64 orbits, and the one that is behind, by up to a block of each, holds the watermark.
 */
export function closingRows(partitions: number): { readonly lateness: number; readonly blocks: number } {
  const rowsPerOrbit = latenessRows / latenessOrbits;
  return { lateness: latenessRows, blocks: orbitBlock * partitions * rowsPerOrbit };
}
