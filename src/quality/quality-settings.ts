/** Section `quality` of the configuration. */
export interface QualitySettings {
  /** Most false alarms a day of all tests of the whole detector, on average. */
  alarmsPerDay: number;
  /** Shortest live time between two looks, in s. */
  lookS: number;
  /** A channel's rate by its reference: the band of what is accepted, and the values that must be found. */
  bandLow: number;
  bandHigh: number;
  alternativeLow: number;
  alternativeHigh: number;
  /** Fewest active slots of a channel's reference. */
  referenceMin: number;
  /** Shortest time of an alarm before it clears, in s. */
  clearS: number;
  /** An alarm that comes again within this time goes on, in s. */
  holdS: number;
  /** Channels that are known to be bad, as chamber:channel. */
  masked: string[];
  /** Entries of one fit of a time box. */
  boxFitEntries: number;
}

export const defaultQuality: QualitySettings = {
  alarmsPerDay: 1,
  lookS: 1,
  bandLow: 0.7,
  bandHigh: 1.4,
  alternativeLow: 0.1,
  alternativeHigh: 2.5,
  referenceMin: 100,
  clearS: 10,
  holdS: 600,
  masked: [],
  boxFitEntries: 2000,
};
