import type { ChannelHistogram } from './channel-histogram.js';
import { channelWindow, guessChannelFirst } from '../../results/channel-window.js';
import type { DashboardState } from '../../results/dashboard-state.js';
import type { View } from '../pages/view.js';

/** The channel histogram of a chamber, from the channel the view says it begins at, or a guess. */
export function chamberChannelsOf(state: DashboardState, view: View, chamber: number): ChannelHistogram {
  const { channelHits, hits } = state.totals.chambers[chamber];
  const channelFirst = chamber < view.channelFirst.length ? view.channelFirst[chamber] : guessChannelFirst(channelHits);
  return { chamber, channelFirst, hits: channelWindow(channelHits, channelFirst), hitCount: hits };
}
