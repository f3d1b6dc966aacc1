import type { BoxFit } from '../../domain/physics-message.js';
import type { Rate } from '../../physics/rates.js';
import type { MessageSums } from '../../results/message-sums.js';
import type { StepHits } from '../../results/channel-steps.js';
import type { ChamberState } from '../../results/state-trend.js';
import type { ChamberView, DriftView } from '../chamber-view.js';
import type { AlarmRow, ChamberVerdict, ChannelSign } from './verdicts.js';

/**
 * What the pages of the screen, the report and the live page show: one group, at one moment, over one window, as numbers
 * and words. Undefined stands for what nothing says; it is drawn as `–`, `?` or `no physics`, never as 0.
 */
export interface DetectorView {
  readonly nowMs: number;
  /** Whether rates and verdicts are of now. Where not, every rate is undefined and every verdict `?`. */
  readonly isCurrent: boolean;
  readonly window: WindowView;
  readonly reference: ReferenceView | undefined;
  /** In the order of their numbers. */
  readonly chambers: readonly ChamberPanel[];
  /** Undefined where no trigger is configured or no message of the window has physics. */
  readonly trigger: TriggerPanel | undefined;
  readonly alarms: readonly AlarmRow[];
  /** Why nothing is judged; undefined where something is, or where nothing is known of it. */
  readonly unjudged?: string | undefined;
  /** Oldest first. */
  readonly marks: readonly Mark[];
  readonly trends: TrendsView;
  /** Hits of one channel, a value a minute, newest last, at most 30; undefined = no message there. */
  readonly channelTrend?: ChannelTrend;
  /** Absent, as the next one, where nobody asks for it. */
  readonly states?: StatesView;
  readonly channelHours?: ChannelHours;
}

/** Hits by channel of 8 hours. */
export interface ChannelHours {
  /** End of the newest step. */
  readonly endMs: number;
  /** Of 5 minutes each, newest last; undefined = no message is kept there, or they are not summed yet. */
  readonly steps: readonly (StepHits | undefined)[];
}

/** The worst state of each chamber in each 5 minutes of 8 hours, newest last; undefined = no message there. */
export interface StatesView {
  readonly columnS: number;
  /** End of the newest column. */
  readonly endMs: number;
  readonly chambers: readonly (readonly (ChamberState | undefined)[])[];
}

export interface ChannelTrend {
  readonly chamber: number;
  readonly channel: number;
  readonly hits: readonly (number | undefined)[];
}

/** Which messages the numbers are of. */
export interface WindowView {
  readonly kind: 'batch' | 'last' | 'mark' | 'start' | 'part';
  /** `last batch`, `last 60 s`, `since mark 4`, `since start`, or from when to when. */
  readonly title: string;
  readonly sums: MessageSums;
  /** Seconds that rates are per: live ones of the detector, of the wall clock where no message says them. */
  readonly seconds: number | undefined;
  readonly secondsAre: 'live' | 'wall';
}

export interface ReferenceView {
  /** `run588.json`, or `learned 12:00 to 12:10`. */
  readonly name: string;
  readonly show: 'overlay' | 'ratio' | 'off';
}

/** A place in time that somebody, or a new run, has set. */
export interface Mark {
  readonly number: number;
  readonly atMs: number;
  readonly text: string;
  readonly by: string | undefined;
}

/** One chamber in the window. */
export interface ChamberPanel {
  readonly chamber: number;
  /** Wires: a multiple of 4, at most 64. */
  readonly channels: number;
  /** Which of two views across the beam it measures. */
  readonly view: 'x' | 'y';
  /** Height of its lower edge above the floor, in mm. Undefined, as is t0, where the reader's geometry has no such chamber. */
  readonly zMm: number | undefined;
  /** Drift-time offset as configured, in ns. */
  readonly t0Ns: number | undefined;
  readonly verdict: ChamberVerdict;
  readonly hits: number;
  /** Since the start, whatever the window. */
  readonly hitsSinceStart: number;
  /** Hits per second of {@link WindowView.seconds}. */
  readonly hitsPerS: number | undefined;
  /** Its distance from the reference, as a share: 0.087 = 8.7 % above. */
  readonly toReference: number | undefined;
  readonly occupancy: OccupancyView;
  readonly active: ActiveView;
  /** From the top; four. */
  readonly layers: readonly LayerPanel[];
  /** Undefined without physics in the window. */
  readonly physics: ChamberView | undefined;
  /** What the time box is expected to be, with its counts scaled to the entries of the window. */
  readonly boxReference: BoxReference | undefined;
  /** All drift times since the start; undefined without physics, and where the window is just that. */
  readonly boxSinceStart: BoxSinceStart | undefined;
  /** Width of the box, a value a minute, newest last, at most 30. */
  readonly boxTrend: readonly (number | undefined)[];
}

/** Hits by channel; lists have as many entries as the chamber has channels. */
export interface OccupancyView {
  readonly hits: Float64Array;
  /** Hits of orbits with a trigger; undefined without physics. */
  readonly gated: Float64Array | undefined;
  /** By the reference, scaled by live time; without one by the cells beside it in its layer. */
  readonly expected: Float64Array | undefined;
  /** The median of the cells beside it in its layer. */
  readonly beside: Float64Array;
  readonly expectedBy: 'reference' | 'neighbours';
  readonly signs: readonly ChannelSign[];
  /** Over all channels that have an expected number by the reference. */
  readonly chi2Ndf: number | undefined;
  readonly max: { readonly channel: number; readonly hits: number };
  /** Verdicts first, then by distance; at most ten. */
  readonly furthest: readonly FarChannel[];
}

export interface FarChannel {
  readonly channel: number;
  readonly layer: number;
  readonly cell: number;
  readonly sign: ChannelSign;
  readonly hits: number;
  readonly expected: number;
  readonly sigma: number;
}

/** Active channels in an orbit. */
export interface ActiveView {
  /** Entry n = orbits with n of them, 65 entries. */
  readonly orbits: Float64Array;
  /** The same of the reference, scaled by live time. */
  readonly expected: Float64Array | undefined;
  readonly all: number;
  readonly mean: number | undefined;
  readonly fourOrMore: number | undefined;
  /**
   * Orbits by time, oldest first: a row a step (a message, or a minute where the window is long), an entry a band of
   * {@link activeBands}.
   */
  readonly steps: readonly {
    /** Of the message since the start, or of the minute since 1970: a step has the same one as long as it is shown. */
    readonly number: number;
    readonly toMs: number;
    readonly orbitLast: number | null;
    readonly bands: readonly number[];
  }[];
}

/** Bands of the number of active channels in an orbit; the last one has no end. */
export const activeBands = [
  { from: 1, to: 1, text: '1' },
  { from: 2, to: 2, text: '2' },
  { from: 3, to: 4, text: '3-4' },
  { from: 5, to: 8, text: '5-8' },
  { from: 9, to: 16, text: '9-16' },
  { from: 17, to: 64, text: '17+' },
] as const;

export interface LayerPanel {
  /** 0 is the top one. */
  readonly layer: number;
  readonly hitsPerS: number | undefined;
  readonly toReference: number | undefined;
  readonly dead: number;
  readonly hot: number;
}

export interface BoxReference {
  readonly box: BoxFit | undefined;
  /** Scaled to the entries of the window, by bin of its own histogram. */
  readonly counts: readonly number[];
  /** Entries of the window for one of the reference. */
  readonly scale: number;
}

export interface BoxSinceStart {
  readonly drift: DriftView;
  /** Scaled to its entries. */
  readonly reference: BoxReference | undefined;
}

/** Orbits with a time trigger. */
interface TriggerPanel {
  readonly rate: Rate | undefined;
  readonly orbits: number;
  readonly toReference: number | undefined;
}

/** Rates by column, newest last, all of the same length; undefined = no message there. */
export interface TrendsView {
  /** 1, 5, 20, 60 or 300 s; columns are aligned to the clock. */
  readonly columnS: number;
  /** End of the newest column. */
  readonly endMs: number;
  /** Hits per live second. */
  readonly all: readonly (number | undefined)[];
  readonly chambers: readonly (readonly (number | undefined)[])[];
  /** Orbits with a trigger per live second. */
  readonly trigger: readonly (number | undefined)[];
  /** Rows that `process` had not read, the most in the column. */
  readonly lag: readonly (number | undefined)[];
  /** By column. */
  readonly marks: readonly { readonly column: number; readonly mark: Mark }[];
}
