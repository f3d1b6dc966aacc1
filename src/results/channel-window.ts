import { chamberChannels } from '../domain/geometry.js';

/**
 * Which 64 board channels a chamber most likely has: messages name channels as they are on the board and not where
 * the chamber begins. From the lowest channel seen rounded down to 64; where the highest one lies beyond that, from the
 * lowest itself.
 *
 * @param channelHits hits by board channel, 512 entries
 */
export function guessChannelFirst(channelHits: Float64Array): number {
  const low = channelHits.findIndex((hits) => hits > 0);
  if (low < 0) return 0;
  const high = channelHits.findLastIndex((hits) => hits > 0);
  const first = low - (low % chamberChannels);
  return high < first + chamberChannels ? first : Math.max(low, high - chamberChannels + 1);
}

/** The 64 entries from `channelFirst`. */
export function channelWindow(channelHits: Float64Array, channelFirst: number): Float64Array {
  return channelHits.slice(channelFirst, channelFirst + chamberChannels);
}
