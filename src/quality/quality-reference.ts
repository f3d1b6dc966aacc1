import type { DriftHistogram, SegmentCounts } from '../domain/physics-message.js';

/** What a good run looked like: sums of its messages, as counts; tests divide them by their own exposures. */
export interface QualityReference {
  /** `physics.geometry` of the messages. */
  readonly geometry: string;
  /** Where it is from, for words: a file's name, or `learned 12:00:00 to 12:10:00`. */
  readonly name: string;
  /** Whether it was learned by `--learn`, and from when to when (ISO 8601, UTC). */
  readonly learned?: readonly [string, string];
  /** When the first message was opened and the last one closed (ISO 8601, UTC). */
  readonly times?: readonly [string, string];
  /** Live slots and seconds of the detector: the mean over lanes. */
  readonly slots: number;
  readonly liveS: number;
  readonly triggerOrbits: number;
  readonly rowsRead: number;
  /** Rejected rows and those of no channel, as `corrupt_rows` counts them. */
  readonly corrupt: number;
  /** Of them those rejected; absent from files of older versions. */
  readonly rejected?: number;
  /** First and last raw orbit. */
  readonly orbits: readonly [number, number] | null;
  readonly chambers: readonly ChamberReference[];
}

/** Sums of one chamber; lists by channel of the chamber. */
export interface ChamberReference {
  readonly activeSlots: readonly number[];
  readonly activeOrbits: readonly number[];
  readonly single: readonly number[];
  /** Hits in orbits with a reference, by channel. */
  readonly gated: readonly number[];
  /** Entry n = orbits in which n channels were active, as `active_channels_chamber`. */
  readonly active: readonly number[];
  readonly hits: number;
  readonly repeats: number;
  readonly bursts: number;
  readonly matched: number;
  readonly inTime: number;
  readonly drift: DriftHistogram;
  readonly driftChambers?: DriftHistogram;
  readonly segments?: Pick<SegmentCounts, 'events' | 'slope' | 'x_mm' | 'chi2' | 'probe_pass' | 'probe_fail'>;
  /** Channels in alarm when the reference was made: they have none. */
  readonly notLearned: readonly number[];
}
