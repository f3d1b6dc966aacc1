import { DtstreamError } from '../../errors.js';
import { chamberLayers } from '../../domain/geometry.js';
import type { QualityObject } from '../../quality/events.js';
import { objectOf } from '../../quality/object-text.js';

/**
 * The object of a word on the command line.
 *
 * @param chambers those that there are
 * @throws DtstreamError `usage` for what is none of the detector
 */
export function objectArgument(
  text: string,
  chambers: readonly { readonly fpga: number; readonly channels: number }[],
): QualityObject {
  const object = text === 'trigger' ? {} : objectOf(text);
  if (object === undefined) {
    const rule = 'must be a channel as 1:37, a layer as 1/2, a chamber as 1, a board as board0, or trigger';
    throw new DtstreamError('usage', `the object ${rule}, got ${text}`);
  }
  const { board, chamber, channel = 0, layer = 0 } = object;
  if (board !== undefined && !chambers.some(({ fpga }) => fpga === board)) {
    throw new DtstreamError('usage', `there is no board ${board} in the geometry`);
  }
  const found = chamber === undefined ? undefined : chambers.at(chamber);
  if (chamber !== undefined && (found === undefined || channel >= found.channels || layer >= chamberLayers)) {
    throw new DtstreamError('usage', `there is no ${text} in the geometry of ${chambers.length} chambers`);
  }
  return object;
}
