import { slotRate } from '../physics/rates.js';
import { BinomialIncrement } from './detector.js';
import type { QualitySettings } from './quality-settings.js';
import { movedSlotRate } from './reference-bounds.js';

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
 * @param active slots of the reference in which the channel has a hit
 */
export function channelDelayS(
  active: number,
  { slots, slotS, settings, threshold, times }: ChannelDelayOptions,
): number {
  const side = times < 1 ? 'low' : 'high';
  const [edge, alternative] =
    side === 'low' ? [settings.bandLow, settings.alternativeLow] : [settings.bandHigh, settings.alternativeHigh];
  const movedHz = movedSlotRate(active, slots, slotS, side);
  const shareAt = (hz: number): number => -Math.expm1(-hz * slotS);
  const share = shareAt(times * (slotRate(active, slots, slotS)?.hz ?? 0));
  const perSlot = new BinomialIncrement(shareAt(edge * movedHz), shareAt(alternative * movedHz)).of(share, 1);
  return perSlot > 0 ? Math.max(settings.lookS, (threshold / perSlot) * slotS) : Infinity;
}
