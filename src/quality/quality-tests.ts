import type { Geometry } from '../domain/geometry.js';
import type { PhysicsPlan } from '../domain/physics-plan.js';
import { alarmHeight } from './detector.js';
import type { Alarm, QualityObject, TestName } from './events.js';
import { type Explanation, explanationOf } from './explain.js';
import type { LookSums } from './look.js';
import { Comparable } from './neighbour-statistic.js';
import { objectText } from './object-text.js';
import { ObjectTest, directionsOf, type Since, type TestRules, type TestState } from './object-test.js';
import type { QualityReference } from './quality-reference.js';
import type { QualitySettings } from './quality-settings.js';
import { type AlarmEvent, StandingAlarms } from './standing-alarms.js';
import { type ListedTest, listTests } from './test-list.js';

export interface QualityTestsOptions {
  readonly geometry: Geometry;
  readonly plan: PhysicsPlan;
  readonly settings: QualitySettings;
  readonly reference?: QualityReference | undefined;
  /** Whether {@link QualityTests.learned} will give a reference. */
  readonly isLearning?: boolean;
  /** Newest id of a test and object in the logbook, for an alarm that was there before all that was read. */
  readonly knownId?: ((test: TestName, object: string) => string | undefined) | undefined;
}

/** All tests of all objects, look by look, and the alarms that stand. */
export class QualityTests {
  /** Detectors in the budget: K. */
  readonly detectors: number;
  /** Evidence that makes an alarm: h = ln(86,400 K / alarms a day). */
  readonly threshold: number;
  readonly #options: QualityTestsOptions;
  readonly #masked: ReadonlySet<string>;
  readonly #comparable: Comparable;
  readonly #tests: readonly ObjectTest[];
  #states: readonly TestState[] = [];
  readonly #byObject = new Map<string, ObjectTest[]>();
  readonly #standing: StandingAlarms;
  readonly #rules: TestRules;
  #reference: QualityReference | undefined;
  /** Live seconds read. */
  #clockS = 0;
  #isBegun = false;

  constructor(options: QualityTestsOptions) {
    const { geometry, settings, reference, isLearning = false, knownId } = options;
    this.#options = options;
    this.#reference = reference;
    this.#masked = new Set(settings.masked);
    this.#comparable = new Comparable(geometry.chambers.length);
    const listed = this.#list(reference, isLearning && reference === undefined);
    this.#tests = listed.map((one) => new ObjectTest(one, one.statistic));
    for (const test of this.#tests) {
      const text = objectText(test.object);
      this.#byObject.set(text, [...(this.#byObject.get(text) ?? []), test]);
    }
    this.detectors = listed.reduce((sum, { test, isCounted }) => sum + (isCounted ? directionsOf(test) : 0), 0);
    this.threshold = alarmHeight(this.detectors, settings.alarmsPerDay);
    this.#rules = {
      height: this.threshold,
      clearS: settings.clearS,
      holdS: settings.holdS,
      idOf: (test, object, { last, isAtOrBefore }) =>
        (isAtOrBefore ? knownId?.(test, objectText(object)) : undefined) ?? `${test}@${objectText(object)}@${last}`,
    };
    this.#standing = new StandingAlarms({
      geometry,
      masked: this.#masked,
      isOtherBoardAlive: (board) => this.#isOtherBoardAlive(board),
      learned: () => this.#reference?.learned?.join(' to '),
    });
  }

  /** Takes the next look; the changes that it makes, largest objects first. */
  look(look: LookSums): AlarmEvent[] {
    this.#clockS += look.liveS;
    const { last, closed, runS } = look;
    if (look.isCut) {
      this.#begin({ last, closed, runS, isAtOrBefore: !this.#isBegun });
      return [];
    }
    const now = { last, closed, runS, isAtOrBefore: false };
    for (const test of this.#tests) test.look(look, now, this.#clockS, this.#rules);
    return this.#update();
  }

  /** The next messages say no physics, or that of another configuration. */
  suspend(why: string): AlarmEvent[] {
    for (const test of this.#tests) test.suspend(why);
    return this.#update();
  }

  /** The reference that was waited for. */
  learned(reference: QualityReference, { last, closed, runS }: LookSums): void {
    this.#reference = reference;
    const since = { last, closed, runS, isAtOrBefore: false };
    this.#list(reference, false).forEach(({ statistic }, index) => {
      if (typeof statistic !== 'string' && !statistic.hasReference) return;
      this.#tests[index].use(statistic, since);
    });
  }

  /** Those that are no part of another one, the worst first. */
  get alarms(): Alarm[] {
    return this.#standing.alarms;
  }

  /** Those that are parts of others. */
  get parts(): Alarm[] {
    return this.#standing.parts;
  }

  /** The same list as long as no state changes. */
  get states(): readonly TestState[] {
    const said = this.#states;
    if (said.length !== this.#tests.length || this.#tests.some(({ testState }, index) => testState !== said[index]))
      this.#states = this.#tests.map(({ testState }) => testState);
    return this.#states;
  }

  /** Channels in alarm of a neighbour test: a reference has none of them. */
  get notLearned(): { readonly chamber: number; readonly channel: number }[] {
    return this.#standingTests().flatMap(({ test, object: { chamber, channel } }) =>
      isNeighbourTest(test) && chamber !== undefined && channel !== undefined ? [{ chamber, channel }] : [],
    );
  }

  /** What every test says of an object, and why. */
  explain(object: QualityObject): Explanation[] {
    const inParts = new Map(this.alarms.flatMap((alarm) => alarm.parts.map((id) => [id, alarm.id] as const)));
    const tests = this.#byObject.get(objectText(object)) ?? [];
    return tests.map((test) => explanationOf(test, { ...this.#rules, partOf: (id) => inParts.get(id) }));
  }

  #list(reference: QualityReference | undefined, isLearning: boolean): ListedTest[] {
    const { geometry, plan, settings } = this.#options;
    const [masked, comparable] = [this.#masked, this.#comparable];
    return listTests({ geometry, plan, settings, masked, comparable, reference, isLearning });
  }

  #begin(since: Since): void {
    this.#isBegun = true;
    for (const test of this.#tests) test.begin(since);
  }

  #update(): AlarmEvent[] {
    this.#comparable.excludeOnly(this.notLearned);
    const alarms = this.#standingTests().flatMap(({ standing }) => standing ?? []);
    return this.#standing.update(alarms, this.#clockS, this.#rules);
  }

  #standingTests(): ObjectTest[] {
    return this.#tests.filter(({ isStanding }) => isStanding);
  }

  #isOtherBoardAlive(board: number): boolean {
    const { chambers } = this.#options.geometry;
    return this.#tests.some(
      ({ test, state, object: { chamber } }) =>
        test === 'chamber_rate_low' && state === 'OK' && chamber !== undefined && chambers[chamber].fpga !== board,
    );
  }
}

function isNeighbourTest(test: TestName): boolean {
  return test === 'neighbour_low' || test === 'neighbour_high';
}
