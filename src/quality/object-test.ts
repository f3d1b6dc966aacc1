import { boxBands } from './bands.js';
import { Detector } from './detector.js';
import type { QualityObject, QualityState, TestName } from './events.js';
import { HourSums } from './hour-sums.js';
import type { LookSums, Moment } from './look.js';
import type { Measure, Statistic } from './statistic.js';

/** When something began. */
export interface Since extends Moment {
  /** Whether it was there from the first message read, and may have begun before. */
  readonly isAtOrBefore: boolean;
}

/** An alarm of one test on one object that stands. */
export interface StandingAlarm {
  readonly test: TestName;
  readonly object: QualityObject;
  readonly id: string;
  readonly since: Since;
  /** NO_DATA: nothing says it any more, nor that it is over. */
  readonly state: 'ALARM' | 'NO_DATA';
  readonly observed: number | null;
  readonly expected: number | null;
  readonly ratio: number | null;
  readonly hasReference: boolean;
  /** How far out it is, to rank by: 0 = as expected. */
  readonly distance: number;
}

/** What a test makes of an object, as lists show it. */
export interface TestState {
  readonly test: TestName;
  readonly object: QualityObject;
  readonly state: QualityState;
}

/** The same with what was measured. */
export interface ObjectState extends TestState {
  /** Over the data of an alarm, else of the last hour: Hz, shares, ratios or ns, by the test. */
  readonly observed: number | null;
  readonly expected: number | null;
  readonly ratio: number | null;
}

/** Settings of all tests, and the name of an alarm. */
export interface TestRules {
  /** Evidence that makes an alarm. */
  readonly height: number;
  /** Shortest alarm, and how long after one another belongs to it, in live s. */
  readonly clearS: number;
  readonly holdS: number;
  idOf(test: TestName, object: QualityObject, since: Since): string;
}

/** Evidence that ends an alarm. */
export const returnHeight = Math.log(1000);

const never: Since = { last: 0, closed: '', runS: 0, isAtOrBefore: true };

/** A detector of one direction, with the sums since its evidence was 0 last. */
class Direction {
  readonly detector = new Detector();
  since = never;
  count = 0;
  of = 0;

  begin(since: Since): void {
    this.detector.height = 0;
    this.since = since;
    this.count = 0;
    this.of = 0;
  }

  add({ count, of }: Readonly<Measure>): void {
    this.count += count;
    this.of += of;
  }
}

interface Alarm {
  readonly id: string;
  readonly since: Since;
  readonly direction: Direction;
  readonly raisedS: number;
  /** For the way back. */
  readonly back: Detector;
}

/**
 * One test of one object: NO_DATA, OK or ALARM, look by look.
 *
 *     OK ── evidence reaches the height ──► ALARM ── evidence of the way back reaches ln 1000 ──► OK
 *        ◄────── again within the hold time: the same alarm goes on ──────►
 */
export class ObjectTest {
  readonly test: TestName;
  readonly object: QualityObject;
  readonly isMasked: boolean;
  #statistic: Statistic | string;
  readonly #directions: readonly Direction[];
  readonly #hour = new HourSums();
  #state: QualityState;
  #stateSaid: TestState | undefined;
  /** Why the last look says nothing. */
  #missing: string | undefined;
  #alarm: Alarm | undefined;
  #ended: { readonly id: string; readonly since: Since; readonly clearedS: number } | undefined;

  /** @param statistic how it is measured, or why it cannot be */
  constructor(
    { test, object, isMasked }: { readonly test: TestName; readonly object: QualityObject; readonly isMasked: boolean },
    statistic: Statistic | string,
  ) {
    this.test = test;
    this.object = object;
    this.isMasked = isMasked;
    this.#statistic = statistic;
    this.#directions = Array.from({ length: directionsOf(test) }, () => new Direction());
    this.#state = isMasked ? 'MASKED' : 'NO_DATA';
  }

  /** Measures in another way from that moment on. */
  use(statistic: Statistic | string, since: Since): void {
    this.#statistic = statistic;
    this.#hour.clear();
    this.begin(since);
  }

  /** The evidence is 0 at that moment, where the reading or a run begins; an alarm stands. */
  begin(since: Since): void {
    if (this.#alarm === undefined) for (const direction of this.#directions) direction.begin(since);
    else this.#alarm.back.height = 0;
  }

  /** Nothing is known of it until messages say it again. {@link begin} comes next. */
  suspend(why: string): void {
    if (this.isMasked) return;
    this.#missing = why;
    this.#state = 'NO_DATA';
    this.#hour.clear();
  }

  /**
   * @param now the moment that the look ends at
   * @param clockS live seconds of the reader, with this look
   */
  look(look: LookSums, now: Since, clockS: number, rules: TestRules): void {
    const statistic = this.#statistic;
    this.#missing = undefined;
    if (typeof statistic === 'string') return;
    const measure = statistic.measure(look);
    if (this.isMasked) {
      if (!('why' in measure)) this.#hour.add(clockS, measure);
      return;
    }
    if ('why' in measure) {
      if (measure.keepsAlarm && this.#alarm !== undefined) return;
      if (!measure.keepsAlarm) {
        this.suspend(measure.why);
        this.begin(now);
      }
      this.#missing = measure.why;
      this.#state = 'NO_DATA';
      return;
    }
    this.#hour.add(clockS, measure);
    if (this.#alarm === undefined) this.#forward(measure, now, clockS, rules);
    else this.#back(this.#alarm, measure, now, clockS, rules);
    this.#state = this.#alarm !== undefined ? 'ALARM' : this.#hour.expected >= rules.height ? 'OK' : 'NO_DATA';
  }

  get state(): QualityState {
    return this.#state;
  }

  /** The evidence of the direction that has most. */
  get height(): number {
    return Math.max(...this.#directions.map(({ detector }) => detector.height));
  }

  /** Why it is not measured; undefined where it is. */
  get why(): string | undefined {
    return this.#missing ?? (typeof this.#statistic === 'string' ? this.#statistic : undefined);
  }

  /** The evidence that a fault would have given in the last hour. */
  get hourExpected(): number {
    return this.#hour.expected;
  }

  /** The evidence that an alarm is over, of {@link returnHeight}. */
  get returned(): number {
    return this.#alarm?.back.height ?? 0;
  }

  /** Whether its alarm stands, also while nothing is known of it. */
  get isStanding(): boolean {
    return this.#alarm !== undefined;
  }

  get standing(): StandingAlarm | undefined {
    const alarm = this.#alarm;
    if (alarm === undefined || typeof this.#statistic === 'string') return undefined;
    const { state, observed, ...of } = this.objectState;
    return {
      ...{ ...of, observed, id: alarm.id, since: alarm.since, state: state === 'ALARM' ? 'ALARM' : 'NO_DATA' },
      hasReference: this.#statistic.hasReference,
      distance: observed === null ? 0 : distanceOf(this.#statistic, observed),
    };
  }

  /** The same object as long as the state stays. */
  get testState(): TestState {
    if (this.#stateSaid?.state !== this.#state)
      this.#stateSaid = { test: this.test, object: this.object, state: this.#state };
    return this.#stateSaid;
  }

  get objectState(): ObjectState {
    const { test, object, state } = this;
    const statistic = this.#statistic;
    if (typeof statistic === 'string') return { test, object, state, observed: null, expected: null, ratio: null };
    const { count, of } = this.#alarm?.direction ?? this.#hour;
    const observed = statistic.observed(count, of);
    const expected = statistic.value;
    const ratio = observed === null || statistic.distance !== undefined ? null : observed / expected;
    return { test, object, state, observed, expected, ratio };
  }

  #forward(measure: Readonly<Measure>, now: Since, clockS: number, rules: TestRules): void {
    let direction: Direction | undefined;
    for (let index = 0; index < this.#directions.length; index++) {
      const one = this.#directions[index];
      one.detector.add(measure.increments[index]);
      if (one.detector.height === 0) one.begin(now);
      else one.add(measure);
      if (one.detector.height >= rules.height) direction ??= one;
    }
    if (direction === undefined) return;
    const ended = this.#ended;
    const isSame = ended !== undefined && clockS - ended.clearedS <= rules.holdS;
    const since = isSame ? ended.since : direction.since;
    const id = isSame ? ended.id : rules.idOf(this.test, this.object, since);
    this.#alarm = { id, since, direction, raisedS: clockS, back: new Detector() };
  }

  #back(alarm: Alarm, measure: Readonly<Measure>, now: Since, clockS: number, { clearS }: TestRules): void {
    alarm.direction.add(measure);
    alarm.back.add(measure.returns[this.#directions.indexOf(alarm.direction)]);
    if (alarm.back.height < returnHeight || clockS - alarm.raisedS < clearS) return;
    this.#alarm = undefined;
    this.#ended = { id: alarm.id, since: alarm.since, clearedS: clockS };
    for (const direction of this.#directions) direction.begin(now);
  }
}

/** Detectors of a test on an object: a box may move both ways. */
export function directionsOf(test: TestName): 1 | 2 {
  return test in boxBands ? 2 : 1;
}

function distanceOf(statistic: Statistic, observed: number): number {
  return statistic.distance?.(observed) ?? Math.abs(Math.log(observed / statistic.value));
}
