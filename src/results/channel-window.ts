import { chamberChannels } from '../domain/geometry.js';
import type { Totals } from './totals.js';

/**
 * Board channel of a chamber's first wire: as the messages say it, else as given, else guessed.
 *
 * @param given by chamber, may be shorter
 */
export function channelFirstOf({ common, chambers }: Totals, chamber: number, given: readonly number[] = []): number {
  const said = common === 'different' ? undefined : common?.[chamber]?.channel_first;
  return said ?? (chamber < given.length ? given[chamber] : guessChannelFirst(chambers[chamber].channelHits));
}

/**
 * Which 64 board channels a chamber most likely has, where messages do not say it (older versions). From the lowest channel seen rounded down to 64; where the highest one lies beyond that, from the
 * lowest itself.
 *
 * @param channelHits hits by board channel, 512 entries
 */
function guessChannelFirst(channelHits: Float64Array): number {
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

/** The channels of every chamber, where the messages or a guess say that they begin: 64, or as many as the messages say. */
export function channelWindows(totals: Totals): Float64Array[] {
  const { common } = totals;
  return totals.chambers.map(({ channelHits }, chamber) => {
    const channels = common === 'different' ? undefined : common?.[chamber]?.channels;
    return channelWindow(channelHits, channelFirstOf(totals, chamber)).slice(0, channels);
  });
}
