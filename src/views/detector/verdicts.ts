import type { Alarm, QualityObject, TestName } from '../../quality/events.js';
import type { TestState } from '../../quality/object-test.js';
import type { ChamberState } from '../../results/state-trend.js';

/** Somebody's word on an alarm or an object. */
export interface Remark {
  readonly by: string;
  readonly note?: string | undefined;
}

/** What the quality tests and the logbook say at a moment. Nothing else judges. */
export interface QualityPicture {
  /** Those that stand and are no part of another one, the worst first. */
  readonly alarms: readonly Alarm[];
  readonly parts: readonly Alarm[];
  readonly states: readonly TestState[];
  /** Alarms that are over and that nobody has acknowledged. */
  readonly gone: readonly { readonly alarm: Alarm; readonly endedMs: number }[];
  /** By id of the alarm. */
  readonly acknowledged: ReadonlyMap<string, Remark>;
  /** Objects known to be bad, by `objectText`: `1:37`, `1`, `1/2`, `board0`. */
  readonly known: ReadonlyMap<string, Remark>;
  /** Ids of alarms of such objects that are another fault than the one they are known for: as if not known. */
  readonly worse?: ReadonlySet<string>;
  /** Why nothing is judged: the messages have no physics, or are of another configuration. */
  readonly unjudged?: string | undefined;
}

/** NEW: stands, nobody has seen it. SEEN: acknowledged. KNOWN: its object is. GONE: over, and nobody has seen it. */
export const alarmStates = ['NEW', 'SEEN', 'KNOWN', 'GONE'] as const;
export type AlarmState = (typeof alarmStates)[number];

/** A line of the list of alarms, in the order in which it is shown: NEW, GONE, SEEN, KNOWN, each the worst first. */
export interface AlarmRow {
  readonly id: string;
  /** With those of other tests that say the same of the object; `id` is the first of them, whose values are shown. */
  readonly ids: readonly string[];
  readonly state: AlarmState;
  readonly test: TestName;
  readonly object: QualityObject;
  /** `2:17`, `chamber 3`, `layer 1/2`, `board 0`, `detector`. */
  readonly objectText: string;
  /** In a word: `dead`, `hot`, `weak`, `inefficient`, `box short`, `box long`, `box moved`, `lost`, `trigger lost` … */
  readonly fault: string;
  /** With units, `?` where there is none: `0 Hz`, `371.3 ns`, `43 %`. */
  readonly observed: string;
  readonly expected: string;
  readonly sinceMs: number;
  /** Of a GONE one: until when. */
  readonly endedMs: number | undefined;
  readonly remark: Remark | undefined;
  /** Alarms that it explains. */
  readonly parts: number;
}

/** What is said of a chamber in the top line and in tables. */
export interface ChamberVerdict {
  readonly state: ChamberState;
  /** `ok`, `?`, `HOT 1`, `DEAD 2`, `BOX`, `LOST`, `known 1`: of several the gravest. */
  readonly word: string;
  /** Its first channel, `2:17`; undefined where it is about the chamber. */
  readonly at: string | undefined;
}

/**
 * Sign of a channel: `x` dead or weak, `^` hot, `k` known, `?` no data, blank OK. `+` and `-`: beyond 3.4 sigma of the
 * reference in this window, no verdict.
 */
export type ChannelSign = ' ' | 'x' | '^' | 'k' | '?' | '+' | '-';
