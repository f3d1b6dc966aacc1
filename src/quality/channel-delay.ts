import { channelBand } from './bands.js';
import { type ChannelCounts, type ChannelRate, channelRates } from './channel-rate.js';
import { BinomialIncrement, meanIncrement } from './detector.js';
import type { QualitySettings } from './quality-settings.js';

export interface ChannelDelayOptions {
  /** Live slots of the reference, and the length of a slot in s. */
  readonly slots: number;
  readonly slotS: number;
  readonly settings: QualitySettings;
  /** Evidence that makes an alarm. */
  readonly threshold: number;
  /** What the channel counts from some moment on, as a multiple of its reference. */
  readonly times: number;
}

/**
 * Mean live seconds until `channel_low` or `channel_high` names a channel, at least a look; Infinity where the evidence
 * does not grow.
 *
 * @param counts of the reference
 */
export function channelDelayS(counts: ChannelCounts, options: ChannelDelayOptions): number {
  const { slotS, settings, threshold, times } = options;
  const side = times < 1 ? 'low' : 'high';
  const band = channelBand(side, settings);
  const perLook = (rate: ChannelRate): number => {
    const { edge, alternative } = rate.sharesOf(band);
    return (settings.lookS / slotS) * new BinomialIncrement(edge, alternative).of(rate.shareAt(times * rate.hz), 1);
  };
  const [bySlots, byOrbits] = channelRates(counts, band, { ...options, side });
  const evidence = byOrbits === undefined ? perLook(bySlots) : meanIncrement(perLook(bySlots), perLook(byOrbits));
  return evidence > 0 ? Math.max(1, threshold / evidence) * settings.lookS : Infinity;
}
